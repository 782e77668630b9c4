"""One deadline for a whole investigation, and what of it is kept back for the decision."""

import time
from collections.abc import Callable
from datetime import timedelta

KEPT_BACK = 0.25
"""The share of the time that specialists don't get: the commander has to decide on what they found."""


class Deadline:
    """Counts from when it is made, on a clock that never goes back."""

    def __init__(self, length: timedelta, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._length = max(0.0, length.total_seconds())
        self._end = clock() + self._length

    def left(self) -> float:
        """Return how many seconds are left, 0 at least."""
        return max(0.0, self._end - self._clock())

    def until(self, share: float) -> float:
        """Return how many seconds are left until a share of the whole time has gone, 0 at least."""
        return max(0.0, self.left() - (1 - share) * self._length)

    def for_specialists(self) -> float:
        """Return how many seconds are left to those who only prepare the decision."""
        return self.until(1 - KEPT_BACK)
