"""What a check says."""

from typing import NamedTuple

from incident.facts import CheckResult


class Answer(NamedTuple):
    """What a check found."""

    result: CheckResult
    reason: str


def passed(reason: str) -> Answer:
    """It holds."""
    return Answer(CheckResult.PASSED, reason)


def failed(reason: str) -> Answer:
    """It doesn't hold: report only."""
    return Answer(CheckResult.FAILED, reason)


def unknown(reason: str) -> Answer:
    """It could not be seen whether it holds: a person has to be asked at least."""
    return Answer(CheckResult.UNKNOWN, reason)


TOLD = 3
"""Reasons of one kind that are told."""

NO_CHANGE = unknown("No change is named, so there is nothing to ask this about.")
