"""One investigation: a fresh team works through one incident, and its stream becomes turns and a diagnosis."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime

from autogen_agentchat.base import TaskResult
from autogen_agentchat.messages import BaseAgentEvent, BaseChatMessage, TextMessage, ToolCallRequestEvent
from autogen_core import CancellationToken, FunctionCall

from agents.analysis.conclusion import conclude
from agents.attempts import in_case
from agents.case import Case
from agents.deadline import Deadline
from agents.desk import Desk
from agents.errands import Errands
from agents.guarded import Ending
from agents.investigator import TeamInvestigator
from agents.ledger import Ledger
from agents.members import benches, briefing, members, tools
from agents.messages import SPECIALISTS
from agents.papers import Papers, asked_of
from agents.remarks import told
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
        self._remarks, self._told = heard, 0
        self.alert = incident.alert
        self.ledger = Ledger(incident.alert, team.scope(), incident.evidence)
        self.desk = Desk(incident.alert, telemetry, team.scope())
        self.scribe = Scribe(self.ledger, incident.every(Turn), team.now, team.crew.model)
        self.deadline = Deadline(team.deadline)
        self.benches: dict[Agent, Bench] = benches(self.desk, self.ledger)
        self.tools = tools(self)
        self.case = Case(self.ledger, self.deadline, incident.id, incident.alert.severity, self.scribe.turns)
        self.client = team.crew.think(self.case)
        self._papers = Papers(self.case, briefing(self.alert))
        self._errands = Errands(self.tools, self._tell)
        self._said: dict[str, Turn] = {}
        self._began: dict[Agent, datetime] = {}
        self._usage = Usage(model=team.crew.model)
        self._start = time.monotonic()
        self._broken: list[str] = []

    async def run(self) -> AsyncGenerator[Turn | Diagnosis, None]:
        """Yield turns as they happen, then the diagnosis."""
        async with aclosing(self._turns()) as turns:
            async for turn in turns:
                yield turn
        yield await asyncio.to_thread(self._diagnosis)

    def may_use(self, agent: Agent, tool: str) -> bool:
        """Tell whether an agent is given a tool."""
        return self._team.crew.may_use(agent, tool)

    def begin(self, agent: Agent) -> None:
        """Note that an agent's turn begins."""
        self._began[agent] = self._team.now()
        planned = any(turn.agent is Agent.COMMANDER for turn in self.scribe.turns)
        self._tell(agent, "looks" if agent is not Agent.COMMANDER else "decides" if planned else "plans")

    async def hear(self, agent: Agent) -> list[BaseChatMessage]:
        """Return what an agent is given for its turn, as soon as code has computed it."""
        if agent is not Agent.COMMANDER:
            return await self._sent_out(agent)
        remarks = await self._remarks()
        self.scribe.remarks += told(remarks[self._told :])
        self._told = len(remarks)
        if not self.case.planned:
            return self._papers.plan(self.scribe.remarks)
        may_ask = self.case.decisions == 0
        return await asyncio.to_thread(self._papers.decision, self.scribe.remarks, may_ask=may_ask)

    async def _sent_out(self, agent: Agent) -> list[BaseChatMessage]:
        first = self.case.decisions == 0
        question = "" if first else asked_of(agent, self.scribe.turns)
        self.case.answers[agent] = await self._errands.answers(agent, question)
        if agent is Agent.DEPLOY and first:  # changes are weighed on what everybody sees
            await asyncio.gather(*(self._errands.answers(each) for each in SPECIALISTS))
        return await asyncio.to_thread(self._papers.errand, agent)

    async def end(self, agent: Agent, ending: Ending) -> BaseChatMessage:
        """Make a turn of how an agent's turn ended; return what the others hear of it."""
        text = ending.said.content if ending.said else None
        spoken = Spoken(agent, ending.status, text, ending.why, self._began[agent])
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
        self._begin_errands()
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
            await self._errands.close()
            await self.client.close()

    def _begin_errands(self) -> None:
        """Let those who have yet to report in the first round have their tools asked, while the plan is made."""
        heard = {turn.agent for turn in self.scribe.turns}
        self._errands.begin(agent for agent in SPECIALISTS if agent not in heard and self.case.decisions == 0)

    def _heard(self, item: BaseAgentEvent | BaseChatMessage | TaskResult) -> Turn | None:
        if isinstance(item, TaskResult):
            return None
        if item.models_usage is not None:
            self._count(item.models_usage.prompt_tokens, item.models_usage.completion_tokens)
        if isinstance(item, ToolCallRequestEvent):
            for call in item.content:
                self._tell(Agent(item.source), _written(call))
        return self._said.get(item.id) if isinstance(item, BaseChatMessage) else None

    def _count(self, prompt: int, completion: int) -> None:
        used = self._usage
        counted = {
            "model_calls": used.model_calls + 1,
            "prompt_tokens": used.prompt_tokens + prompt,
            "completion_tokens": used.completion_tokens + completion,
        }
        self._usage = used.model_copy(update=counted)

    def _diagnosis(self) -> Diagnosis:
        evidence = self.scribe.filed()
        judged = decided(self.scribe.turns, self.ledger.scales.weigh(evidence), evidence, next(iter(self._broken), ""))
        judged = judged.no_surer(self.scribe.ceiling(judged.chosen))
        written = conclude(self.alert, evidence, judged.among, judged.chosen, (*judged.gaps, *self._gaps()))
        known = {"second_opinion": judged.second_opinion, "attempts": in_case(self.alert, evidence)}
        return Diagnosis(
            **(dict(written) | known),
            at=self._team.now(),
            usage=self._usage.model_copy(update={"seconds": round(time.monotonic() - self._start, 3)}),
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


def _written(call: FunctionCall) -> str:
    return f"{call.name}({call.arguments.strip('{}')[:120]})"
