"""Who is on the team: AutoGen assistants with their own prompts and tools, each guarded."""

from typing import TYPE_CHECKING

from autogen_agentchat.agents import AssistantAgent
from autogen_core.tools import FunctionTool

from agents.analysis.redact import Redactor
from agents.deploy_tools import DeployTools
from agents.desk import Desk
from agents.guarded import Guarded, Protocol, SafeTools
from agents.ledger import Ledger
from agents.log_tools import LogTools
from agents.messages import SPECIALISTS
from agents.metric_tools import MetricTools
from agents.prompts import prompt
from agents.tools import Bench
from agents.windows import stamp
from incident.alert import Alert
from incident.facts import Agent
from incident.status import WORLD_LABEL

if TYPE_CHECKING:
    from agents.session import Session

ITERATIONS = 5
"""How often a specialist may go back to its tools within one turn."""
TOOL_SECONDS = 30.0
ROLES = {
    Agent.COMMANDER: "plans, sends specialists out, and decides",
    Agent.METRICS: "reads metrics, spans and the call graph",
    Agent.LOGS: "reads logs",
    Agent.DEPLOY: "reads changes, commits and status events",
}


def benches(desk: Desk, ledger: Ledger) -> dict[Agent, Bench]:
    """Return every specialist's tools."""
    return {kind.agent: kind(desk, ledger) for kind in (MetricTools, LogTools, DeployTools)}


def members(session: "Session") -> list[Guarded]:
    """Return a fresh team, the commander first."""
    return [_member(session, agent) for agent in (Agent.COMMANDER, *SPECIALISTS)]


def briefing(alert: Alert) -> str:
    """Return the page in words, redacted: what an investigation starts from."""
    clean = Redactor().redact
    lines = [
        f"Alert: {clean(alert.name)} on {alert.service}, {alert.severity}, fired at {stamp(alert.fired_at)}",
        clean(alert.summary),
    ]
    if alert.metric:
        value = f" is {alert.value:g}" if alert.value is not None else ""
        threshold = f" (threshold {alert.threshold:g})" if alert.threshold is not None else ""
        lines.append(f"Signal: {alert.metric}{value}{threshold}")
    labels = ", ".join(f"{name}={clean(text)[:80]}" for name, text in _labels(alert)[:12])
    lines.append(f"Labels: {labels}" if labels else "")
    return "\n".join(line for line in lines if line)


def _labels(alert: Alert) -> list[tuple[str, str]]:
    """Return the page's own labels: the mark of a made-up or recorded world says nothing."""
    return sorted((name, text) for name, text in alert.labels.items() if name != WORLD_LABEL)


def _member(session: "Session", agent: Agent) -> Guarded:
    commanding = agent is Agent.COMMANDER
    seconds = session.deadline.left if commanding else session.deadline.for_specialists
    assistant = AssistantAgent(
        agent.value,
        model_client=session.client,
        description=ROLES[agent],
        system_message=prompt(agent),
        workbench=None if commanding else session.tools[agent],
        max_tool_iterations=ITERATIONS,
        reflect_on_tool_use=True,
    )
    protocol = Protocol(
        hear=lambda: session.handout.to(agent),
        seconds=seconds,
        begin=lambda: session.begin(agent),
        end=lambda ending: session.end(agent, ending),
    )
    return Guarded(assistant, protocol)


def tools(session: "Session") -> dict[Agent, SafeTools]:
    """Return every specialist's tools, as far as it may use them."""
    seconds = session.deadline.for_specialists
    return {agent: SafeTools(_given(session, agent), lambda: min(TOOL_SECONDS, seconds())) for agent in SPECIALISTS}


def _given(session: "Session", agent: Agent) -> list[FunctionTool]:
    given = session.benches[agent].tools()
    return [
        FunctionTool(tool, description=tool.__doc__ or "") for tool in given if session.may_use(agent, tool.__name__)
    ]
