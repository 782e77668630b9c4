"""The gate's checks as a table: the failed first, and one row for all that have the same answer."""

from typing import NamedTuple

from bot.report import words
from incident.facts import Action, CheckResult, GateCheck, Verdict

WORST_FIRST = (CheckResult.FAILED, CheckResult.UNKNOWN, CheckResult.PASSED)
DECISIONS = {
    Action.ROLLBACK: "Roll back without asking first.",
    Action.ASK: "Ask a person before rolling back.",
    Action.REPORT: "Report only: change nothing.",
}


class Row(NamedTuple):
    """The checks that gave one answer for one reason."""

    names: str
    result: str
    reason: str


def rows(verdict: Verdict) -> tuple[Row, ...]:
    """Return the checks, those that stood in the way first."""
    same: dict[tuple[CheckResult, str], list[GateCheck]] = {}
    for check in sorted(verdict.checks, key=lambda c: WORST_FIRST.index(c.result)):
        same.setdefault((check.result, check.reason), []).append(check)
    return tuple(
        Row(", ".join(c.name for c in checks), words.MARKS[result], reason) for (result, reason), checks in same.items()
    )


def score(verdict: Verdict) -> str:
    """Return how the checks went and what that means, in one sentence."""
    results = [check.result for check in verdict.checks]
    told = ", ".join(f"{results.count(r)} {r}" for r in reversed(WORST_FIRST) if r in results)
    return f"Of {len(results)} checks: {told}. One that fails allows a report only, one that is unknown allows asking."
