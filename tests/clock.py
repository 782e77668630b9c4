"""A clock that stands still until it is set."""

from typing import Generic, TypeVar

Moment = TypeVar("Moment")


class Clock(Generic[Moment]):
    """Whatever kind of time is told: moments, or seconds."""

    def __init__(self, now: Moment) -> None:
        self.now = now

    def __call__(self) -> Moment:
        return self.now
