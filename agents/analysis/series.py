"""Which series left their healthy level around an alert, when, by how much; and what the alerting signal itself did."""

from collections import Counter
from datetime import UTC, datetime

import numpy as np
import polars as pl

from agents.analysis.metric_kinds import bad_direction, is_capacity, limit_of, signal_of
from agents.analysis.observations import MetricShift, Point, Signal
from agents.analysis.quantiles import Floats
from agents.analysis.readings import Levels, Rows, clean, measure, rows, score_of
from agents.analysis.split import Split

NOTABLE = 3.0
MOST = 400
SHOWN = 120
SINGLE = 0.3
"""A reading belongs to the shift while it is this part of the way from the healthy to the failing level."""
SLOW = 0.3


def shifts(metrics: pl.DataFrame, split: Split, baseline: pl.DataFrame | None) -> list[MetricShift]:
    """Return all notable shifts, strongest first; ``metrics`` has ``timestamp, service, metric, value`` in any order.

    The healthy level is the median of the window's early part; ``baseline`` (another day) tells how much
    a series moves when nothing is wrong, and the level where the window has no past.
    """
    if metrics.is_empty():
        return []
    row = rows(clean(metrics), split)
    if not row.names:
        return []
    found = measure(row, split, baseline)
    strong = np.argsort(-np.abs(found.effect), kind="stable")[:MOST]
    limits, asked = _capacities(row), _asked(row, found)
    told = [_shift(row, found, int(i), limits) for i in strong if abs(found.effect[i]) >= NOTABLE]
    told = [shift.model_copy(update={"asked": asked.get(shift.service)}) for shift in told]
    return sorted(told, key=lambda shift: (-shift.score, shift.service, shift.metric))


def _capacities(row: Rows) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for (service, metric), values in zip(row.names, row.values, strict=True):
        known = values[np.isfinite(values)]
        if known.size and is_capacity(metric):
            found.setdefault(service, {})[metric] = float(known[-1])
    return found


def _asked(row: Rows, found: Levels) -> dict[str, float]:
    """Return how often each service was asked around the alert, by the one traffic metric that most services have."""
    traffic = [i for i, (_, metric) in enumerate(row.names) if signal_of(metric) is Signal.TRAFFIC]
    having = Counter(row.names[i][1] for i in traffic)
    most = max(having, key=lambda metric: (having[metric], metric), default=None)
    often = {
        row.names[i][0]: float(np.fmax(found.center[i], found.level[i])) for i in traffic if row.names[i][1] == most
    }
    return {service: times for service, times in often.items() if np.isfinite(times) and times >= 0}


def _shift(row: Rows, found: Levels, i: int, limits: dict[str, dict[str, float]]) -> MetricShift:
    service, metric = row.names[i]
    known = np.isfinite(row.values[i])
    t, x = row.seconds[i][known], row.values[i][known]
    sign = 1.0 if found.effect[i] >= 0 else -1.0
    center = float(found.center[i])
    began, gradual = onset(t, x, (center, sign * abs(float(found.level[i]) - center), float(found.end[i])))
    late = x[t >= min(t[began], found.begin[i])]
    peak = float(np.max(late) if sign > 0 else np.min(late))
    return MetricShift(
        service=service,
        metric=metric,
        signal=signal_of(metric),
        before=center,
        after=float(found.level[i]),
        peak=peak,
        limit=limit_of(metric, max(peak, center), limits.get(service, {})),
        onset=moment(t[began]),
        gradual=gradual,
        score=round(score_of(abs(float(found.effect[i]))), 3),
        readings=points(t, x),
    )


def onset(t: Floats, x: Floats, change: tuple[float, float, float]) -> tuple[int, bool]:
    """Return the index of the first reading of the run that leads into the failing level, and whether it crept up.

    ``change`` is the healthy level, the signed size, and the end of the failing part.
    One reading that dips back doesn't end a run.
    """
    center, size, end = change
    way = (x - center) / size if size else np.zeros_like(x)
    inside = np.flatnonzero(t <= end)
    last = int(inside[-1]) if inside.size else len(x) - 1
    top = int(max(range(max(0, last - 5), last + 1), key=lambda j: way[j]))
    first = top
    while first > 0 and (way[first - 1] >= SINGLE or (first > 1 and way[first - 2] >= SINGLE)):
        first -= 1
    while first < top and way[first] < SINGLE:
        first += 1
    arrived = next((j for j in range(first, top + 1) if way[j] >= 0.85), top)  # noqa: PLR2004 - nearly all the way
    slow = arrived - first >= 4 and t[arrived] - t[first] >= SLOW * (t[last] - t[first])  # noqa: PLR2004 - five readings make a slope
    return first, bool(slow)


def moment(seconds: float) -> datetime:
    """Return an aware instant."""
    return datetime.fromtimestamp(float(seconds), tz=UTC)


def points(t: Floats, x: Floats) -> tuple[Point, ...]:
    """Return at most 120 readings, evenly picked, the last one always among them."""
    picked = np.unique(np.linspace(0, len(t) - 1, min(SHOWN, len(t))).round().astype(int))
    return tuple((moment(t[j]), float(x[j])) for j in picked)


def worsens(shift: MetricShift) -> bool:
    """Tell whether a shift goes the way that hurts; both ways may for traffic and unknown names."""
    return (shift.after - shift.before) * (bad_direction(shift.metric) or (shift.after - shift.before)) > 0
