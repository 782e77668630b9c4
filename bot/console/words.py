"""Pure: a fact -> what is said about it on a terminal."""

import unicodedata
from typing import NamedTuple

from incident.facts import (
    Action,
    AlertResolved,
    AlertSeen,
    Approval,
    Check,
    CheckResult,
    Closed,
    Diagnosis,
    Fact,
    Fault,
    Owned,
    Remark,
    RollbackEnded,
    RollbackStarted,
    Stopped,
    Turn,
    Verdict,
)  # fmt: skip
from incident.model import Incident

ACTIONS = {
    Action.ROLLBACK: "roll back",
    Action.ASK: "ask a person before rolling back",
    Action.REPORT: "report only",
}


class Said(NamedTuple):
    """Who or what it is about, one line a thought, and how it stands: good, bad, waiting or plain."""

    title: str
    lines: tuple[str, ...]
    tone: str = "plain"


def printable(text: str) -> str:
    """Return the text without anything that could drive a terminal or turn it around; line breaks stay."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c)[0] != "C").strip()


def say_opening(incident: Incident) -> Said:
    """Say what paged."""
    alert = incident.alert
    measured = f"{alert.metric} = {alert.value:g}" if alert.metric and alert.value is not None else alert.metric or ""
    limit = f" (threshold {alert.threshold:g})" if alert.threshold is not None else ""
    return Said(
        f"{incident.id} · {printable(alert.name)} on {printable(alert.service)}",
        tuple(
            printable(line)
            for line in (
                f"{alert.severity} in {incident.environment}, fired {alert.fired_at:%Y-%m-%d %H:%M:%SZ}",
                alert.summary,
                measured + limit if measured else "",
            )
            if line
        ),
    )


def say(fact: Fact) -> Said:
    """Say what happened."""
    match fact:
        case Turn():
            return Said(fact.agent, _turn(fact), "plain" if fact.status == "done" else "bad")
        case Diagnosis():
            return Said("root cause", _diagnosis(fact))
        case Verdict():
            return _verdict(fact)
        case Approval():
            by = f" by {printable(fact.by)}" if fact.by else ""
            return Said(
                "approval",
                (f"{fact.decision}{by}", printable(fact.reason)) if fact.reason else (f"{fact.decision}{by}",),
            )
        case RollbackStarted():
            return Said("rollback", (f"{fact.plan.service}: {fact.plan.from_version} → {fact.plan.to_version} …",))
        case RollbackEnded():
            told = tuple(printable(t) for t in (fact.outcome, fact.reason, fact.url or "") if t)
            return Said("rollback", (" · ".join(told),), "good" if fact.outcome == "succeeded" else "bad")
        case Check():
            return _check(fact)
        case AlertSeen():
            return Said("alert", ("the same problem paged again",))
        case AlertResolved():
            return Said("alert", ("whoever paged says that it is over",), "good")
        case Owned():
            return Said("owner", (f"{printable(fact.by)} took it",))
        case Remark():
            return Said(printable(fact.by), (printable(fact.text),))
        case Stopped():
            return Said("stopped", (f"by {printable(fact.by)}; what was found is kept",), "bad")
        case Fault():
            return Said("fault", (printable(fact.reason), f"error {fact.error_id} in the log, step {fact.step}"), "bad")
        case Closed():
            return Said("closed", (printable(fact.reason),))


def _turn(turn: Turn) -> tuple[str, ...]:
    notes = tuple(f"(checked: {printable(note)})" for note in turn.notes)
    return (*printable(turn.text).splitlines(), *notes)


def _diagnosis(diagnosis: Diagnosis) -> tuple[str, ...]:
    service = f" · first to fail: {diagnosis.culprit_service}" if diagnosis.culprit_service else ""
    return (
        printable(diagnosis.cause),
        f"{diagnosis.category}{printable(service)} · confidence {diagnosis.confidence:.0%} · {diagnosis.remediation}",
        *(
            f"instead? {printable(r.what)} ({r.confidence:.0%}): {printable(r.why_less_likely)}"
            for r in diagnosis.rivals[:3]
        ),
        *(f"not seen: {printable(gap)}" for gap in diagnosis.gaps),
    )


def _verdict(verdict: Verdict) -> Said:
    would = "would " if verdict.rehearsed else ""
    open_questions = (c for c in verdict.checks if c.result is not CheckResult.PASSED)
    lines = (
        would + ACTIONS[verdict.action],
        *(printable(reason) for reason in verdict.reasons),
        *(f"{c.result}: {c.name}: {printable(c.reason)}" for c in open_questions),
    )
    tone = {Action.ROLLBACK: "good", Action.ASK: "waiting", Action.REPORT: "plain"}[verdict.action]
    return Said("verdict", lines, tone)


def _check(check: Check) -> Said:
    figures = f"{check.before:g} → {check.after:g}" if check.before is not None and check.after is not None else ""
    limit = f"threshold {check.threshold:g}" if check.threshold is not None else ""
    told = " · ".join(t for t in (check.result.replace("-", " "), figures, limit, printable(check.reason)) if t)
    return Said("check", (told,), "good" if check.result == "recovered" else "bad")
