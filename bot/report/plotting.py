"""One chart inside its frame: readings, grid, bounds, and the instants that matter as upright lines with words."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.report.drawing import BLUE, DPI, FAINT, GREEN, MUTED, ORANGE, PURPLE, VERMILION
from bot.report.figures import quantity
from bot.report.observed import Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440)
"""Minutes between two ticks of a time axis."""
LETTER = 0.062
"""Inches that a letter of a mark's word takes."""
BESIDE = 90
"""Points from one bound's words to the next one's: bounds may lie close to each other."""
BOUNDS = {"usually": GREEN}
"""Bounds that aren't bad to cross; the others are drawn as a warning."""
COLOURS = {"change": PURPLE, "onset": VERMILION, "alert": ORANGE, "rollback": GREEN, "recovered": GREEN}
STYLES = {"change": (0, (4, 2)), "onset": "-", "alert": (0, (1, 1.5)), "rollback": (0, (4, 2)), "recovered": "-"}


class Mark(NamedTuple):
    """An instant that matters; ``kind`` chooses its line."""

    kind: str
    at: datetime


def plot(axes: "Axes", series: Series, marks: Sequence[Mark]) -> None:
    """Draw the series on empty axes, with the marks that lie within it."""
    axes.set_axis_off()
    start, end = series.readings[0][0], series.readings[-1][0]
    _draw(axes, series)
    _frame(axes, start, end, series.metric)
    _lines(axes, series)
    _mark(axes, [m for m in marks if start <= m.at <= end], start, end)


def _minutes(moment: datetime, start: datetime) -> float:
    return (moment - start) / timedelta(minutes=1)


def _draw(axes: "Axes", series: Series) -> None:
    start = series.readings[0][0]
    xs = [_minutes(at, start) for at, _ in series.readings]
    ys = [value for _, value in series.readings]
    axes.plot(xs, ys, color=BLUE, linewidth=1.4, marker="o" if len(xs) < 30 else "", markersize=2.5)  # noqa: PLR2004
    low, high = min(ys), max(ys)
    bounds = [b for _, b in series.bounds if b <= high + 2 * max(high - low, 1e-9)]
    top = max(high, *bounds) if bounds else high
    bottom = 0.0 if low >= 0 and low < 0.7 * top else min(low, *bounds) if bounds else low
    room = (top - bottom) * 0.1 or abs(top) * 0.1 or 1.0
    axes.set_ylim(bottom - (0 if bottom == 0 else room), top + room)
    axes.set_xlim(0, max(xs[-1], 1e-6))


def _lines(axes: "Axes", series: Series) -> None:
    """The threshold and the limit as lines with their words, where they lie within the picture."""
    low, high = axes.get_ylim()
    for place, (word, value) in enumerate(series.bounds):
        if low <= value <= high:
            colour = BOUNDS.get(word, VERMILION)
            axes.axhline(value, color=colour, linewidth=0.9, linestyle=(0, (6, 3)))
            label = f"{word} {quantity(value, series.metric)}"
            axes.annotate(
                label, (0, value), xytext=(4 + BESIDE * place, 2), textcoords="offset points", size=7, color=colour,
                bbox={"boxstyle": "square,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.8},
            )  # fmt: skip


def _mark(axes: "Axes", marks: Sequence[Mark], start: datetime, end: datetime) -> None:
    """Upright lines with words above the frame, on two levels where they would touch."""
    width = max((end - start) / timedelta(minutes=1), 1e-6)
    across, up = _inches(axes)
    free = [-1.0, -1.0, -1.0, -1.0]
    for mark in sorted(marks, key=lambda m: m.at):
        x = _minutes(mark.at, start)
        axes.axvline(x, color=COLOURS[mark.kind], linewidth=1.2, linestyle=STYLES[mark.kind])
        label = f"{mark.kind} {mark.at.astimezone(UTC):%H:%M}"
        half = LETTER * len(label) / across / 2
        centre = min(max(x / width, half), 1 - half)
        level = next((i for i, taken in enumerate(free) if centre - half > taken), 0)
        free[level] = centre + half
        axes.text(
            centre, 1 + (0.04 + 0.115 * level) / up, label, transform=axes.transAxes, size=6.6,
            color=COLOURS[mark.kind], ha="center", va="bottom", weight="bold",
        )  # fmt: skip


def _inches(axes: "Axes") -> tuple[float, float]:
    """Return how wide and high the frame is."""
    return float(axes.bbox.width / DPI), float(axes.bbox.height / DPI)


def _frame(axes: "Axes", start: datetime, end: datetime, metric: str | None) -> None:
    """Grid and labels drawn as they are needed: matplotlib's own axes take three times as long."""
    from matplotlib.ticker import MaxNLocator

    low, high = axes.get_ylim()
    across = axes.get_xlim()[1]
    wide, tall = _inches(axes)
    left, below = -across * 0.05 / wide, low - (high - low) * 0.06 / tall
    levels = [float(v) for v in MaxNLocator(4).tick_values(low, high) if low <= v <= high]
    axes.hlines([low, *levels], 0, across, colors=FAINT, linewidths=0.5, zorder=0)
    for level in levels:
        axes.text(left, level, quantity(level, metric), size=7, color=MUTED, ha="right", va="center")
    for tick in _ticks(start, end, int(wide / 0.75)):
        label = f"{tick:%H:%M}"
        x = _minutes(tick, start)
        if x < across * 0.2 / wide:  # there stands the zone
            continue
        axes.text(x, below, label, size=7, color=MUTED, ha="center", va="top")
    axes.text(left, below, "UTC", size=7, color=MUTED, ha="right", va="top")


def _ticks(start: datetime, end: datetime, most: int) -> list[datetime]:
    """Return round times within the picture, at most so many."""
    length = (end - start) / timedelta(minutes=1)
    step = next((s for s in STEPS if length / s <= most), -(-length // most))
    midnight = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = -(-_minutes(start, midnight) // step) * step
    ticks = (midnight + timedelta(minutes=first + i * step) for i in range(most + 1))
    return [tick for tick in ticks if tick <= end]
