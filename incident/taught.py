"""What people said of earlier diagnoses moves the confidence from which anything is done without asking: only up."""

import math
from collections.abc import Sequence
from typing import NamedTuple

PROVEN = 0.9
"""The share of right answers that must be certain where any was not right."""
CERTAINTY = 1.96
"""Standard errors of a two-sided interval of 95 %."""
STEP = 0.01
"""How far above a wrong answer's confidence it takes to be surer than that."""


class Judged(NamedTuple):
    """One diagnosis that people spoke about: how sure it was, and how right they say it was, 0 to 1."""

    confidence: float
    right: float


class Taught(NamedTuple):
    """From which confidence something may be done without asking, and in a sentence why from there."""

    least: float
    because: str = ""


def taught(said: Sequence[Judged], configured: float) -> Taught:
    """Return the lowest confidence, never below ``configured``, from which people were content.

    They were where nobody found a diagnosis wrong that was as sure or surer, or where so many were right that at
    least `PROVEN` of them are with 95 % certainty. Without a word from anybody it is what is configured.
    """
    spoilt = sorted({one.confidence for one in said if one.right < 1 and one.confidence >= configured})
    steps = (configured, *(min(1.0, math.floor(sure / STEP + 1e-9) * STEP + STEP) for sure in spoilt))
    least = next((round(step, 2) if step != configured else step for step in steps if _content(said, step)), 1.0)
    if least <= configured:
        return Taught(configured)
    heard = [one for one in said if one.confidence >= configured]
    wrong = sum(one.right < 1 for one in heard)
    return Taught(
        least,
        f"People said of {wrong} of {len(heard)} diagnoses at {configured:.2f} or surer that they weren't right: "
        f"nothing is done without asking below {least:.2f}.",
    )


def _content(said: Sequence[Judged], least: float) -> bool:
    heard = [one.right for one in said if one.confidence >= least]
    return all(right == 1 for right in heard) or at_least(sum(heard), len(heard)) >= PROVEN


def at_least(right: float, of: int) -> float:
    """Return the lower end of the interval in which the share of right ones lies (Wilson 1927)."""
    share, z = right / of, CERTAINTY**2 / of
    return (share + z / 2 - math.sqrt(z * share * (1 - share) + z * z / 4)) / (1 + z)
