"""The team's flow and the causal chain as pictures. States are told by mark, word and outline, not by colour alone."""

from typing import TYPE_CHECKING, NamedTuple

from bot.report.drawing import BACKGROUNDS, BLUE, GREEN, INK, MUTED, ORANGE, VERMILION, Picture, draw, fitted
from bot.report.spread import Spread
from bot.report.team import Flow, State, Step

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 7.1


class Box(NamedTuple):
    """A box in inches from the lower left, with up to three lines of text and its look."""

    x: float
    y: float
    w: float
    h: float
    lines: tuple[str, ...]
    colour: str
    dashed: bool = False
    thick: bool = False


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
    arrows = [*((plan, a) for a in agents), *((a, decide) for a in agents), (decide, act), (act, check)]

    def paint(figure: "Figure") -> None:
        _paint(figure, [plan, *agents, decide, act, check], arrows, (WIDTH, height))

    told = "; ".join(f"{s.name}: {s.state} ({s.note})" for s in flow.steps)
    return draw((WIDTH, height), f"The team's flow. {told}.", paint)


def _step(step: Step, x: float, y: float, wide: float) -> Box:
    mark, colour, dashed = LOOKS[step.state]
    return Box(x, y, wide, 0.56, (step.name, mark, fitted(step.note, 24)), colour, dashed=dashed)


def chain_picture(spread: Spread) -> Picture:
    """Return the services that matter: the culprit at the left, trouble travelling to the right along the calls."""
    columns = spread.columns
    rows = max(len(c) for c in columns)
    height = max(0.75, rows * 0.56 + 0.1)
    step = WIDTH / len(columns)
    wide = min(1.75, step - (0.4 if len(columns) > 1 else 0))
    boxes = {
        service: _service(service, spread, (i * step + (step - wide) / 2, _row(j, len(column), height)), wide)
        for i, column in enumerate(columns)
        for j, service in enumerate(column)
    }
    arrows = [(boxes[callee], boxes[caller]) for caller, callee in spread.calls if boxes[callee].x < boxes[caller].x]

    def paint(figure: "Figure") -> None:
        _paint(figure, list(boxes.values()), arrows, (WIDTH, height))

    told = " → ".join(", ".join(column) for column in columns)
    return draw((WIDTH, height), f"How the trouble travelled, from the culprit to its callers: {told}.", paint)


def _row(index: int, count: int, height: float) -> float:
    return height - (index + 1) * height / count + (height / count - 0.42) / 2


def _service(service: str, spread: Spread, corner: tuple[float, float], wide: float) -> Box:
    roles = [
        word for word, is_it in (("culprit", service == spread.culprit), ("paged", service == spread.alerting)) if is_it
    ]
    colour = VERMILION if "culprit" in roles else BLUE if roles else MUTED
    label = " and ".join(roles) or "affected"
    mark = "✗ " if "culprit" in roles else "! " if roles else ""
    return Box(*corner, wide, 0.42, (fitted(service, int(wide * 13)), mark + label), colour, thick=bool(roles))


def _paint(figure: "Figure", boxes: list[Box], arrows: list[tuple[Box, Box]], size: tuple[float, float]) -> None:
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, size[0])
    axes.set_ylim(0, size[1])
    axes.set_axis_off()
    for a, b in arrows:
        ends = ((a.x + a.w, a.y + a.h / 2), (b.x, b.y + b.h / 2))
        axes.add_patch(
            FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=8, color=MUTED, linewidth=0.9, shrinkA=2, shrinkB=2)
        )
    for box in boxes:
        outline = "--" if box.dashed else "-"
        axes.add_patch(
            FancyBboxPatch(
                (box.x + 0.04, box.y + 0.04), box.w - 0.08, box.h - 0.08, boxstyle="round,pad=0.03,rounding_size=0.05",
                facecolor=BACKGROUNDS[box.colour], edgecolor=box.colour, linewidth=1.6 if box.thick else 1.0,
                linestyle=outline,
            )
        )  # fmt: skip
        _write(axes, box)


def _write(axes: "Axes", box: Box) -> None:
    for i, line in enumerate(box.lines):
        y = box.y + box.h - (i + 0.5) * (box.h - 0.08) / len(box.lines) - 0.04
        axes.text(
            box.x + box.w / 2, y, line, ha="center", va="center", size=8 if i == 0 else 6.8,
            weight="bold" if i == 0 else "normal", color=INK if i != 1 else box.colour,
        )  # fmt: skip
