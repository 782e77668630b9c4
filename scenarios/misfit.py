"""Parts of a scenario that don't fit each other, each with the place where it is written."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

Fitting = TypeVar("Fitting")
Place = tuple[str | int, ...]


class Problem(NamedTuple):
    """What is wrong at a place (keys and positions from the top of the value), and what would be right."""

    place: Place
    message: str


class Misfit(ValueError):
    """Every part is well-formed and together they make no sense."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{'.'.join(map(str, p.place))}: {p.message}" for p in problems))
        self.problems = tuple(problems)

    @classmethod
    def unless_fits(cls, value: Fitting, problems: Sequence[Problem]) -> Fitting:
        """Return the value where there are no problems; raises `Misfit` otherwise."""
        if problems:
            raise cls(problems)
        return value
