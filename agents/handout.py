"""Hands each agent what it is given for a turn, as soon as code has computed it and people have been listened to."""

import asyncio
from collections.abc import Callable

from autogen_agentchat.messages import BaseChatMessage

from agents.case import Case
from agents.errands import Errands
from agents.messages import SPECIALISTS
from agents.papers import Papers, asked_of
from agents.remarks import told
from incident.facts import Agent
from incident.ports import Heard

OTHERS = 0.4
"""The share of the time at which changes are weighed on what the others' tools have answered until then."""


class Handout:
    """``may_ask`` tells whether the commander may send somebody out once more."""

    def __init__(self, papers: Papers, errands: Errands, case: Case, heard: Heard, may_ask: Callable[[], bool]) -> None:
        self._papers, self._errands, self._case = papers, errands, case
        self._heard, self._told, self._may_ask = heard, 0, may_ask

    def begin(self) -> None:
        """Let those who have yet to report in the first round have their tools asked, while the plan is made."""
        heard = {turn.agent for turn in self._case.turns}
        self._errands.begin(agent for agent in SPECIALISTS if agent not in heard and self._case.decisions == 0)

    async def to(self, agent: Agent) -> list[BaseChatMessage]:
        """Return what an agent is given now."""
        if agent is not Agent.COMMANDER:
            return await self._sent_out(agent)
        said = await self._heard()
        self._case.remarks.extend(told(said[self._told :]))
        self._told = len(said)
        if not self._case.planned:
            return self._papers.plan()
        may_ask = self._case.decisions == 0 and self._may_ask()
        return await asyncio.to_thread(self._papers.decision, may_ask=may_ask)

    async def close(self) -> None:
        """Leave nothing running that can be stopped."""
        await self._errands.close()

    async def _sent_out(self, agent: Agent) -> list[BaseChatMessage]:
        first = self._case.decisions == 0
        question = "" if first else asked_of(agent, self._case.turns)
        self._case.answers[agent] = await self._errands.answers(agent, question)
        if agent is Agent.DEPLOY and first:
            others = [asyncio.ensure_future(self._errands.answers(each)) for each in SPECIALISTS]
            await asyncio.wait(others, timeout=self._case.deadline.until(OTHERS))
        return await asyncio.to_thread(self._papers.errand, agent)
