"""What became of a log template: new, bursting, vanished or steady, and how surely."""

from datetime import datetime, timedelta
from math import log, sqrt
from typing import NamedTuple

from agents.analysis.levels import WARN, WEIGHTS
from agents.analysis.observations import Trend
from agents.analysis.split import Split

LEAD = timedelta(minutes=10)
"""How long before the alert the failing part begins as long as nobody knows better."""
MOST = 30.0
"""Where scores end: beyond that more lines say no more."""
UNEVEN = 0.05
"""Logs come in bursts: the variance of a count of n is taken as n + UNEVEN * n^2."""
MISSED = 3.0
"""Expected lines without one that count as quiet: the Poisson chance of none is 5 %."""


class Cover(NamedTuple):
    """How many seconds of logs there are: of a healthy day, before the failing part, and in it."""

    baseline: float
    early: float
    late: float
    begins: datetime
    ends: datetime


class Count(NamedTuple):
    """One template's lines in each stretch of `Cover`, and when the first and last of the incident's came."""

    baseline: int
    early: int
    late: int
    first_at: datetime | None
    last_at: datetime | None


class Movement(NamedTuple):
    """What became of a template. ``before`` and ``after`` are lines in its healthy and its failing part."""

    trend: Trend
    before: int
    after: int
    score: float


def failing_from(split: Split) -> datetime:
    """Return from when on things count as failing by default."""
    return max(split.start, split.fired_at - LEAD)


def movement(count: Count, cover: Cover, severity: int) -> Movement:
    """Judge one template; the failing part begins with its own first line where it was plainly quiet before."""
    quiet = _quiet(count, cover)
    if quiet is not None:
        before, after = 0, count.early + count.late
        healthy, failing = quiet, max(1.0, (cover.ends - cover.begins).total_seconds() - quiet)
    else:
        before, after = count.baseline + count.early, count.late
        healthy, failing = cover.baseline + cover.early, cover.late
    if healthy <= 0 or failing <= 0:
        return Movement(Trend.STEADY, before, after, _unmeasured(before + after, severity))
    expected = max(0.1, (before + 0.5) * failing / healthy)
    score = min(MOST, surprise(after, expected) * WEIGHTS[severity])
    return Movement(_trend(before, after, expected, score), before, after, round(score, 2))


def surprise(seen: int, expected: float) -> float:
    """Return the root of the Poisson deviance, damped for uneven logs: about the number of standard errors."""
    deviance = 2 * ((seen * log(seen / expected) if seen else 0.0) - (seen - expected))
    return sqrt(max(0.0, deviance) / (1 + UNEVEN * expected))


def _quiet(count: Count, cover: Cover) -> float | None:
    """Return the seconds before a template's first line, if at its later pace lines were plainly missing there."""
    if count.baseline or not count.early or count.first_at is None:
        return None
    silence = (count.first_at - cover.begins).total_seconds()
    lasting = max(1.0, (cover.ends - count.first_at).total_seconds())
    missed = (count.early + count.late - 1) / lasting * silence
    return silence + cover.baseline if missed >= MISSED and silence >= lasting / 4 else None


def _trend(before: int, after: int, expected: float, score: float) -> Trend:
    if not before and after:
        return Trend.NEW
    if after >= 2 * expected and score >= 2:  # noqa: PLR2004 - twice as many, and two standard errors
        return Trend.BURSTING
    if after <= expected / 4 and score >= 1:
        return Trend.VANISHED
    return Trend.STEADY


def _unmeasured(lines: int, severity: int) -> float:
    """Score what has nothing to be compared with: bad lines are worth a look, others are not."""
    return round(min(3.0, log(1 + lines)), 2) if severity > WARN else 0.0
