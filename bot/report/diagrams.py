"""The team's flow and the causal chain as pictures. States are told by mark, word and outline, not by colour alone."""

from typing import TYPE_CHECKING, NamedTuple

from bot.report.drawing import BACKGROUNDS, BLUE, GREEN, INK, MUTED, ORANGE, VERMILION, Picture, fitted
from bot.report.spread import Spread
from bot.report.team import Flow, State, Step

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 7.1
"""Inches of a picture."""
LETTERS = 12.5
"""Bold letters of a name to an inch."""


class Box(NamedTuple):
    """A box in inches from the lower left, with up to three lines of text, ``heads`` of them bold, and its look."""

    x: float
    y: float
    w: float
    h: float
    lines: tuple[str, ...]
    colour: str
    dashed: bool = False
    thick: bool = False
    heads: int = 1


class Arrow(NamedTuple):
    """From the right side of a box to the left side of another."""

    start: Box
    end: Box
    colour: str


LOOKS = {
    State.DONE: ("✓ done", GREEN, False),
    State.FAILED: ("✗ failed", VERMILION, False),
    State.SKIPPED: ("→ skipped", MUTED, True),
    State.OPEN: ("… open", ORANGE, True),
}


def flow_picture(flow: Flow) -> Picture:
    """Return plan → three agents → decide → act → check."""
    height, tall, wide = 2.05, 0.56, 1.18
    xs = (0.05, 1.56, 3.07, 4.5, 5.87)
    middle = (height - tall) / 2
    plan, decide, act, check = (
        _step(step, x, middle, wide) for step, x in zip((flow.plan, *flow.steps[-3:]), (xs[0], *xs[2:]), strict=True)
    )
    agents = [_step(step, xs[1], height - tall - 0.06 - i * (tall + 0.13), wide) for i, step in enumerate(flow.agents)]
    ways = [*((plan, a) for a in agents), *((a, decide) for a in agents), (decide, act), (act, check)]

    def paint(figure: "Figure") -> None:
        _paint(figure, [plan, *agents, decide, act, check], [Arrow(a, b, MUTED) for a, b in ways])

    told = "; ".join(f"{s.name}: {s.state} ({s.note})" for s in flow.steps)
    return Picture(f"The team's flow. {told}.", (WIDTH, height), paint)


def _step(step: Step, x: float, y: float, wide: float) -> Box:
    mark, colour, dashed = LOOKS[step.state]
    return Box(x, y, wide, 0.56, (step.name, mark, fitted(step.note, 24)), colour, dashed=dashed)


def chain_picture(spread: Spread) -> Picture:
    """Return the services that matter: trouble travels from the culprit to the right, against the calls."""
    columns = spread.columns
    step = WIDTH / len(columns)
    wide = min(1.75, step - (0.28 if len(columns) > 1 else 0))
    names = {service: _name(service, int(wide * LETTERS)) for column in columns for service in column}
    tall = 0.3 + 0.13 * max(len(lines) for lines in names.values())
    row = tall + 0.1
    height = max(len(c) for c in columns) * row
    boxes = {
        service: _service(
            names[service],
            service,
            spread,
            (i * step + (step - wide) / 2, _row(j, len(column), height, tall), wide, tall),
        )
        for i, column in enumerate(columns)
        for j, service in enumerate(column)
    }
    calls = sorted(spread.calls, key=lambda call: set(call) <= spread.since.keys())
    arrows = [
        Arrow(boxes[callee], boxes[caller], VERMILION if {caller, callee} <= spread.since.keys() else MUTED)
        for caller, callee in calls
        if boxes[callee].x < boxes[caller].x
    ]

    def paint(figure: "Figure") -> None:
        _paint(figure, list(boxes.values()), arrows)

    told = " → ".join(", ".join(s for s in column if s in spread.since) for column in columns)
    return Picture(f"How the trouble travelled, from the culprit to its callers: {told}.", (WIDTH, height), paint)


def _row(index: int, count: int, height: float, tall: float) -> float:
    return height - (index + 1) * height / count + (height / count - tall) / 2


def _name(service: str, length: int) -> tuple[str, ...]:
    """Return the name on one line, or on two, cut at a mark between words where it has one."""
    line = fitted(service, 2 * length)
    if len(line) <= length:
        return (line,)
    marks = [n for n in range(len(line) - length, length + 1) if line[n - 1] in "-_.:/ …"]
    at = max(marks, default=length)
    return (line[:at], line[at:])


def _service(name: tuple[str, ...], service: str, spread: Spread, frame: tuple[float, float, float, float]) -> Box:
    label, since = role(service, spread), spread.since.get(service)
    colour = VERMILION if service == spread.culprit else BLUE if service == spread.alerting else MUTED
    told = label + (f", {since:%H:%M}" if since else "")
    return Box(
        *frame, (*name, told), colour, dashed=service not in spread.since,
        thick=service in {spread.culprit, spread.alerting}, heads=len(name),
    )  # fmt: skip


def role(service: str, spread: Spread) -> str:
    """Return what a service has to do with it, in a word or two."""
    if service not in spread.since:
        return "not affected"
    if service == spread.culprit:
        return "✗ culprit, paged" if service == spread.alerting else "✗ culprit"
    return "! paged" if service == spread.alerting else "affected"


def _paint(figure: "Figure", boxes: list[Box], arrows: list[Arrow]) -> None:
    """Draw straight on the figure, in inches: axes would cost more than all that is on them."""
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    inches = figure.dpi_scale_trans
    for a, b, colour in arrows:
        ends = ((a.x + a.w, a.y + a.h / 2), (b.x, b.y + b.h / 2))
        figure.add_artist(
            FancyArrowPatch(
                *ends, arrowstyle="-|>", mutation_scale=8, color=colour, linewidth=0.9, shrinkA=2, shrinkB=2,
                transform=inches,
            )
        )  # fmt: skip
    for box in boxes:
        figure.add_artist(
            FancyBboxPatch(
                (box.x + 0.04, box.y + 0.04), box.w - 0.08, box.h - 0.08, boxstyle="round,pad=0.03,rounding_size=0.05",
                facecolor=BACKGROUNDS[box.colour], edgecolor=box.colour, linewidth=1.6 if box.thick else 1.0,
                linestyle="--" if box.dashed else "-", transform=inches,
            )
        )  # fmt: skip
        _write(figure, box)


def _write(figure: "Figure", box: Box) -> None:
    for i, line in enumerate(box.lines):
        y = box.y + box.h - (i + 0.5) * (box.h - 0.08) / len(box.lines) - 0.04
        bold = i < box.heads
        figure.text(
            box.x + box.w / 2, y, line, ha="center", va="center", size=7.6 if bold else 6.8,
            weight="bold" if bold else "normal", color=box.colour if i == box.heads else INK,
            transform=figure.dpi_scale_trans,
        )  # fmt: skip
