"""Charts of the deciding metrics: readings with onset, change, alert and threshold marked by line and word."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from bot.report.drawing import INK, Picture, fitted
from bot.report.figures import clock, quantity
from bot.report.observed import Series
from bot.report.plotting import Mark, plot

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, TALL, SMALL = 7.1, 1.65, 1.8
"""Inches: of a picture, of a chart that fills it, of one of two beside each other."""
FEWEST = 8
"""Readings below which a chart shows all that there are."""


class Place(NamedTuple):
    """Where in a picture one chart lies: inches from the lower left, the frame's own words included."""

    x: float
    y: float
    w: float
    h: float


def chart(series: Series, marks: Sequence[Mark], title: str | None = None) -> Picture:
    """Return a line chart; ``series`` needs two readings at least. Times are UTC."""
    return charts([series], marks, title)


def charts(many: Sequence[Series], marks: Sequence[Mark], title: str | None = None) -> Picture:
    """Return line charts, two in a row, the last alone where it has no neighbour. Times are UTC."""
    places = _places(len(many))
    size = (WIDTH, sum(p.h for p in places if p.x == 0))
    focused = [focus(series, marks) for series in many]

    def paint(figure: "Figure") -> None:
        for series, place in zip(focused, places, strict=True):
            _chart(figure, series, marks, place, title or series.name)

    return Picture(" ".join(alternative(series, marks) for series in focused), size, paint)


def _places(count: int) -> list[Place]:
    """Places from the top: pairs of small ones, then a wide one where one is left."""
    wide = count % 2
    rows = [*([SMALL] * (count // 2)), *([TALL] * wide)]
    places = []
    for i, height in enumerate(rows):
        y = sum(rows[i + 1 :])
        columns = 1 if wide and i == len(rows) - 1 else 2
        places += [Place(c * WIDTH / 2, y, WIDTH / columns, height) for c in range(columns)]
    return places


def focus(series: Series, marks: Sequence[Mark]) -> Series:
    """Return the stretch that tells the story: as long before the first mark as after it, an hour at least."""
    end = series.readings[-1][0]
    inside = [m.at for m in marks if series.readings[0][0] <= m.at <= end]
    if not inside:
        return series
    first = min(inside)
    start = min(first - max(end - first, timedelta(minutes=15)), end - timedelta(hours=1))
    kept = tuple(r for r in series.readings if r[0] >= start)
    return series.model_copy(update={"readings": kept}) if len(kept) >= FEWEST else series


def _chart(figure: "Figure", series: Series, marks: Sequence[Mark], place: Place, title: str) -> None:
    width, height = figure.get_size_inches()
    left, right, below, above = 0.62, 0.2, 0.27, 0.5 if place.w > WIDTH / 2 else 0.62
    axes = figure.add_axes((
        (place.x + left) / width, (place.y + below) / height,
        (place.w - left - right) / width, (place.h - below - above) / height,
    ))  # fmt: skip
    plot(axes, series, marks)
    top = (place.y + place.h - 0.1) / height
    name = fitted(title, int(place.w * 12.5))
    figure.text((place.x + 0.05) / width, top, name, weight="bold", size=8, color=INK, va="center")


def alternative(series: Series, marks: Sequence[Mark]) -> str:
    """Return what the chart shows, for readers who don't see it."""
    values = [value for _, value in series.readings]
    inside = [m for m in marks if series.readings[0][0] <= m.at <= series.readings[-1][0]]
    told = ", ".join(f"{m.kind} at {clock(m.at)} UTC" for m in inside)
    extent = f"from {quantity(min(values), series.metric)} to {quantity(max(values), series.metric)}"
    bounds = "".join(f", {word} {quantity(value, series.metric)}" for word, value in series.bounds)
    return f"Chart of {series.name}, {extent}{bounds}{'; ' + told if told else ''}."
