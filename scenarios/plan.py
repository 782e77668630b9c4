"""What happens when, on the grid of steps: which change is guilty, which releases run, how much each fault is felt."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.faults import Fault
from scenarios.schema import Scenario
from scenarios.seeds import pick

STEP = 30.0
"""Seconds between two scrapes, and between two looks of the model at itself."""
Array = NDArray[np.float64]


ROLLOUT = 40.0
"""Seconds until a change, or its undoing, has reached production and is felt."""


class Grid(NamedTuple):
    """The steps: ``times`` are seconds after the alert that ``fired_at`` says when."""

    fired_at: datetime
    times: Array

    @classmethod
    def between(cls, fired_at: datetime, start: float, end: float) -> "Grid":
        """Return steps from start to end (seconds after the alert), both included."""
        return cls(fired_at, np.arange(np.floor(start / STEP), np.floor(end / STEP) + 1) * STEP)


class Undone(NamedTuple):
    """From ``since`` (seconds after the alert) on, exactly these changes are out of production."""

    since: float
    changes: frozenset[str]


def guilty(fault: Fault, seed: int) -> str | None:
    """Return the change whose rollback heals the fault: of several named, the seed's choice."""
    return pick(sorted(fault.caused_by), seed, "guilty", fault.service) if fault.caused_by else None


def onset(fault: Fault, scenario: Scenario) -> float:
    """Return when the fault sets in, seconds after the alert."""
    if fault.at is not None:
        return fault.at
    return next(change.at for change in scenario.changes if change.id in fault.caused_by) + ROLLOUT


def felt(fault: Fault, scenario: Scenario, seed: int, times: Array, undone: Sequence[Undone]) -> Array:
    """Return how much the fault is felt at each of the times, 0 to 1: up over ``ramp``, down over ``heals_in``."""
    start, cause = onset(fault, scenario), guilty(fault, seed)
    end = fault.until if fault.until is not None else np.inf
    wanted = (times >= start) & (times < end)
    for since, until, changes in zip(
        [u.since for u in undone], [*(u.since for u in undone[1:]), np.inf], [u.changes for u in undone], strict=False
    ):
        if cause in changes:
            wanted &= ~((times >= since) & (times < until))
    return _paced(wanted, STEP / max(fault.ramp, STEP), STEP / max(fault.heals_in, STEP))


def _paced(wanted: NDArray[np.bool_], rise: float, fall: float) -> Array:
    levels, level = np.empty(len(wanted)), 0.0
    for i, up in enumerate(wanted.tolist()):
        level = min(1.0, level + rise) if up else max(0.0, level - fall)
        levels[i] = level
    return levels
