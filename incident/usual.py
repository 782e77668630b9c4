"""What is usual for a signal: its level before the trouble, how far it strays, and how fast a counter grows. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from incident.facts import Reading

MANY = 5
"""Readings below which nobody can say what is usual."""

STRAYS = 0.95
"""The share of usual readings that the usual range holds: what a signal does one time in twenty is noise."""

ROOM = 1 / 3
"""How far from its usual range towards what paged a signal may stay and still be back: noise, another time of day."""

CLEARLY = 3.0
"""So many times as far from its usual level as it usually strays, a signal has left it."""

ENDINGS = ("_total", "_count", "_sum", "_bucket")
"""How names of counters end (Prometheus' conventions)."""

RESTARTED = 0.5
"""A counter that falls below this share of its last reading began anew; one that falls less is none."""


class Usual(NamedTuple):
    """The median, and the edge of the usual range on the bad side; ``low``: where low is bad."""

    level: float
    edge: float
    low: bool

    @property
    def sign(self) -> int:
        """1 where high is bad, -1 where low is."""
        return -1 if self.low else 1

    def is_near(self, value: float, bad: float | None) -> bool:
        """Tell whether a value is no further from what is usual than noise would take it, given one that is bad."""
        edge = self.sign * self.edge
        room = 0.0 if bad is None else max(self.sign * bad - edge, 0.0) * ROOM
        return self.sign * value <= edge + room

    def was_left(self, value: float) -> bool:
        """Tell whether a value lies clearly outside of what is usual, on the bad side."""
        strayed = self.sign * (value - self.level)
        return strayed > 0 and strayed >= CLEARLY * abs(self.edge - self.level)


def usual_of(readings: Sequence[Reading], *, low: bool) -> Usual | None:
    """Return what is usual, None where too little was read."""
    values = sorted((r.value for r in readings), reverse=low)
    if len(values) < MANY:
        return None
    return Usual(median(values), values[min(int(STRAYS * len(values)), len(values) - 1)], low)


def cadence(readings: Sequence[Reading]) -> timedelta | None:
    """Return the time between two readings."""
    gaps = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(readings)]
    return timedelta(seconds=median(gaps)) if gaps else None


def is_counter(metric: str | None, readings: Sequence[Reading]) -> bool:
    """Tell whether the signal only counts up: by its name, and by never falling but to begin anew."""
    values = [r.value for r in readings]
    named = (metric or "").lower().endswith(ENDINGS)
    grows = any(later > earlier for earlier, later in pairwise(values))
    return named and grows and not any(RESTARTED * a < b < a for a, b in pairwise(values))


def growth(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Return how much a counter grew a minute from each reading to the next; nothing where it began anew."""
    steps = ((a, b, (b.at - a.at) / timedelta(minutes=1)) for a, b in pairwise(readings))
    return tuple(Reading(at=b.at, value=(b.value - a.value) / t) for a, b, t in steps if t > 0 and b.value >= a.value)
