"""The trouble before a rollback, as what is clearly worse than it is measured against. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from statistics import median
from typing import NamedTuple

from incident.facts import Reading
from incident.usual import Usual, usual_of

RESTARTING = timedelta(minutes=5)
"""How long a spike may be the rollback's own: instances start one by one, caches are cold, and rates are averages of
minutes."""

LASTING = 3
"""Readings that it takes to call a signal lastingly worse: giving up on it isn't taken back."""

NOTABLE = 0.1
"""A change by this share is one, less is noise."""


class Trouble(NamedTuple):
    """The signal from the first sign of trouble until the rollback began: its worst, and what was usual in it."""

    worst: float
    usual: Usual

    def left_by(self, value: float) -> bool:
        """Tell whether a value is clearly worse: beyond the worst, and further off than the trouble itself strayed."""
        return is_worse(value, self.worst, self.usual.sign) and self.usual.was_left(value)

    def returns(self, readings: Sequence[Reading]) -> bool:
        """Tell whether readings that are worse are on their way back, half against half: then it may yet recover."""
        middle = len(readings) // 2
        earlier, later = (
            self.usual.sign * (median(r.value for r in half) - self.worst)
            for half in (readings[:middle], readings[middle:])
        )
        return earlier - later > NOTABLE * earlier


def trouble_of(readings: Sequence[Reading], worst: float | None, *, low: bool) -> Trouble | None:
    """Return the trouble, None where too little was read of it to say how it strayed; ``low``: where low is bad."""
    usual = usual_of(readings, low=low)
    return None if usual is None or worst is None else Trouble(worst, usual)


def is_worse(value: float, worst: float, sign: int) -> bool:
    """Tell whether a value is notably beyond the worst of before; ``sign`` is 1 where high is bad, -1 where low is."""
    return sign * (value - worst) > NOTABLE * abs(worst)
