"""One investigation: a fresh team works through one incident, and its stream becomes turns and a diagnosis."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime

from autogen_agentchat.base import TaskResult
from autogen_agentchat.messages import BaseAgentEvent, BaseChatMessage, TextMessage, ToolCallRequestEvent
from autogen_core import CancellationToken

from agents.analysis.conclusion import conclude
from agents.attempts import in_case
from agents.case import Case
from agents.clients.terms import Taken
from agents.deadline import Deadline
from agents.desk import Desk
from agents.errands import Errands
from agents.guarded import Ending
from agents.handout import Handout
from agents.investigator import TeamInvestigator
from agents.ledger import Ledger
from agents.members import benches, briefing, members, tools
from agents.messages import SPECIALISTS
from agents.meter import Meter
from agents.orders import written
from agents.papers import Papers
from agents.scribe import Scribe, Spoken, unseen
from agents.team import FirstResponders
from agents.tools import Bench
from agents.verdict import decided
from incident.diagnosis import Usage
from incident.facts import Agent, Diagnosis, Turn, TurnStatus
from incident.model import Incident
from incident.ports import Heard, Telemetry

GRACE = 2.0
"""Seconds after the deadline in which the team has to be gone."""


class Session:
    """Serves one incident once."""

    def __init__(self, team: TeamInvestigator, incident: Incident, telemetry: Telemetry, heard: Heard) -> None:
        self._team = team
        self.alert = incident.alert
        self.ledger = Ledger(incident.alert, team.scope(), incident.evidence)
        self.desk = Desk(incident.alert, telemetry, team.scope())
        self.scribe = Scribe(self.ledger, incident.every(Turn), team.now, team.crew.model)
        self.deadline = Deadline(team.deadline)
        self.benches: dict[Agent, Bench] = benches(self.desk, self.ledger)
        self.tools = tools(self)
        self.case = Case(self.ledger, self.deadline, incident.id, incident.alert.severity, self.scribe.turns)
        self.client = team.crew.think(self.case)
        errands, papers = Errands(self.tools, self._tell), Papers(self.case, briefing(self.alert))
        self.handout = Handout(papers, errands, self.case, heard, self.client.may_ask)
        self.scribe.remarks = self.case.remarks
        self._said: dict[str, Turn] = {}
        self._began: dict[Agent, datetime] = {}
        self._meter = Meter(team.crew.model)
        self._start = time.monotonic()
        self._broken: list[str] = []

    async def run(self) -> AsyncGenerator[Turn | Diagnosis, None]:
        """Yield turns as they happen, then the diagnosis."""
        async with aclosing(self._turns()) as turns:
            async for turn in turns:
                yield turn
        diagnosis = await asyncio.to_thread(self._diagnosis)
        usage = await self.client.usage(self._meter.usage(round(time.monotonic() - self._start, 3)))
        yield diagnosis.model_copy(update={"usage": usage})

    def may_use(self, agent: Agent, tool: str) -> bool:
        """Tell whether an agent is given a tool."""
        return self._team.crew.may_use(agent, tool)

    def begin(self, agent: Agent) -> None:
        """Note that an agent's turn begins."""
        self._began[agent] = self._team.now()
        planned = any(turn.agent is Agent.COMMANDER for turn in self.scribe.turns)
        self._tell(agent, "looks" if agent is not Agent.COMMANDER else "decides" if planned else "plans")

    async def end(self, agent: Agent, ending: Ending) -> BaseChatMessage:
        """Make a turn of how an agent's turn ended; return what the others hear of it."""
        text = ending.said.content if ending.said else None
        taken = self.client.taken.get(agent, Taken())
        spoken = Spoken(agent, ending.status, text, ending.why, self._began[agent], *taken)
        turn = await asyncio.to_thread(self.scribe.write, spoken, self.desk.unseen_by(agent))
        message = TextMessage(
            content=turn.text,
            source=agent.value,
            metadata={"status": turn.status.value},
            models_usage=ending.said.models_usage if ending.said else None,
        )
        self._said[message.id] = turn
        return message

    async def _turns(self) -> AsyncGenerator[Turn, None]:
        """Run the team on what was said before; a team that breaks ends the stream, never the investigation."""
        thread = [TextMessage(content=briefing(self.alert), source="user")]
        thread += [TextMessage(content=turn.text, source=turn.agent.value) for turn in self.scribe.turns]
        self.handout.begin()
        await self.client.begin()
        stop = CancellationToken()
        watchdog = asyncio.get_running_loop().call_later(self.deadline.left() + GRACE, stop.cancel)
        team = FirstResponders(members(self))
        stream = team.run_stream(task=thread, cancellation_token=stop, output_task_messages=False)
        try:
            async with aclosing(stream):
                async for item in stream:
                    if (turn := self._heard(item)) is not None:
                        yield turn
        except RuntimeError as broken:
            self._broken.append(f"the team broke off ({str(broken).splitlines()[0][:80]})")
        except asyncio.CancelledError:
            if not stop.is_cancelled():
                raise
            self._broken.append("the team was stopped at the deadline")
        finally:
            watchdog.cancel()
            await self.handout.close()
            await self.client.close()

    def _heard(self, item: BaseAgentEvent | BaseChatMessage | TaskResult) -> Turn | None:
        if isinstance(item, TaskResult):
            return None
        self._meter.count(item)
        if isinstance(item, ToolCallRequestEvent):
            for call in item.content:
                self._tell(Agent(item.source), written(call.name, call.arguments))
        return self._said.get(item.id) if isinstance(item, BaseChatMessage) else None

    def _diagnosis(self) -> Diagnosis:
        evidence = self.scribe.filed()
        judged = decided(self.scribe.turns, self.ledger.scales.weigh(evidence), evidence, next(iter(self._broken), ""))
        judged = judged.no_surer(self.scribe.ceiling(judged.chosen))
        written = conclude(self.alert, evidence, judged.among, judged.chosen, (*judged.gaps, *self._gaps()))
        known = {"second_opinion": judged.second_opinion, "attempts": in_case(self.alert, evidence)}
        return Diagnosis(
            **(dict(written) | known),
            at=self._team.now(),
            usage=Usage(model=self._team.crew.model),
            redactions=self.ledger.redactions,
        )

    def _gaps(self) -> list[str]:
        """Return everything that was not seen, each once: who was missing, what turns say, what the desk knows."""
        told = [sentence for turn in self.scribe.findings() for sentence in unseen(turn)]
        missing = [why for agent in SPECIALISTS if (why := self._missing(agent))]
        return list(dict.fromkeys((*missing, *sorted(told), *self.desk.gaps(), *self._broken)))

    def _missing(self, agent: Agent) -> str | None:
        turns = [turn for turn in self.scribe.findings() if turn.agent is agent]
        if not turns:
            return f"the {agent} agent was never heard: what its signals show is missing"
        if any(turn.status is TurnStatus.DONE for turn in turns):
            toolless = not any(turn.found or unseen(turn) for turn in turns) and not self.benches[agent].answered
            return (
                f"the {agent} agent had no tool that answered: what its signals show is missing" if toolless else None
            )
        late = turns[-1].status is TurnStatus.LATE
        return f"the {agent} agent {'ran out of time' if late else 'failed'}: what it would have found is missing"

    def _tell(self, agent: Agent, doing: str) -> None:
        self._team.tell(agent, doing)
