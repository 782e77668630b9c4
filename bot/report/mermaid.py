"""The flow and the causal chain for readers of the Markdown: Mermaid, which GitHub draws and people can read raw."""

import re
from collections.abc import Iterable

from bot.report.diagrams import role
from bot.report.escape import Markdown, visible
from bot.report.spread import Spread
from bot.report.team import Flow, Step

UNSAFE = re.compile(r"[^\w .,:()%/+@-]")
"""What could mean something to Mermaid or to a browser: a label is letters, digits and plain punctuation."""
LONGEST = 60


def flow_diagram(flow: Flow) -> Markdown:
    """Return plan → three agents → decide → act → check."""
    agents = [f"agent{n}" for n in range(len(flow.agents))]
    names = ("plan", *agents, "decide", "act", "check")
    boxes = [f'  {name}["{_step(step)}"]' for name, step in zip(names, flow.steps, strict=True)]
    return _fenced((*boxes, f"  plan --> {' & '.join(agents)} --> decide --> act --> check"))


def _step(step: Step) -> str:
    return "<br/>".join(map(_label, (step.name, step.state, step.note)))


def chain_diagram(spread: Spread) -> Markdown:
    """Return the services that matter, trouble travelling from callee to caller; dotted where it didn't."""
    services = [s for column in spread.columns for s in column]
    names = {service: f"s{n}" for n, service in enumerate(services)}
    boxes = [f'  {names[s]}["{_label(s)}<br/>{_label(_told(s, spread))}"]' for s in services]
    ways = [
        f"  {names[callee]} {'==>' if {caller, callee} <= spread.since.keys() else '-.->'} {names[caller]}"
        for caller, callee in spread.calls
    ]
    return _fenced((*boxes, *ways))


def _told(service: str, spread: Spread) -> str:
    since = spread.since.get(service)
    return role(service, spread).lstrip("✗! ") + (f", {since:%H:%M:%S} UTC" if since else "")


def _fenced(lines: Iterable[str]) -> Markdown:
    return Markdown("\n".join(("```mermaid", "flowchart LR", *lines, "```")))


def _label(raw: str) -> str:
    line = UNSAFE.sub("·", visible(raw))
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
