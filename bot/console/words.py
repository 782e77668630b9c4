"""Pure: a fact of an incident -> what is said about it on a terminal."""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.console.said import MARKS, Said, Tone, flat, said
from bot.report.asking import who_answers
from bot.report.figures import clock, quantity, share
from bot.report.handover import NO_MORE, next_hypothesis
from bot.report.story import opinions
from bot.report.words import ACTIONS, PROGRESS, WORLDS, drill
from incident.facts import (
    Action,
    AlertResolved,
    AlertSeen,
    Answered,
    Approval,
    Check,
    CheckResult,
    Closed,
    Decision,
    Diagnosis,
    Fact,
    Fault,
    GateCheck,
    Outcome,
    Owned,
    Plan,
    Recovery,
    Remark,
    Reminded,
    RollbackEnded,
    RollbackSeen,
    RollbackSent,
    RollbackStarted,
    Stopped,
    Turn,
    TurnStatus,
    Verdict,
)  # fmt: skip
from incident.model import Incident

TONES: dict[Action, Tone] = {Action.ROLLBACK: "good", Action.ASK: "waiting", Action.REPORT: "plain"}
OPEN_CHECKS: dict[CheckResult, Tone] = {CheckResult.FAILED: "bad", CheckResult.UNKNOWN: "waiting"}
BARS = "▁▂▃▄▅▆▇█"
WIDTH = 40
"""Readings of a check that are drawn."""


def say_opening(incident: Incident) -> Said:
    """Say what paged."""
    alert = incident.alert
    facts = (incident.id, alert.severity, incident.environment, WORLDS[incident.world], f"{clock(alert.fired_at)} UTC")
    head = f"{drill(incident)}{alert.name} on {alert.service}"
    return said("alert", head, (alert.summary or alert.metric or "", " · ".join(facts)))


def say(incident: Incident, fact: Fact) -> Said:
    """Say what happened."""
    match fact:
        case Turn():
            return _turn(fact)
        case Diagnosis():
            return said("root cause", fact.cause, _diagnosis(fact))
        case Verdict():
            return _verdict(incident, fact)
        case Approval():
            return _approval(fact)
        case RollbackStarted():
            return said("rollback", step(fact.plan))
        case RollbackSent():
            return said("rollback")
        case RollbackSeen():
            return said("rollback", " · ".join(t for t in (f"its run {PROGRESS[fact.progress]}", fact.url) if t))
        case RollbackEnded():
            told = " · ".join(t for t in (fact.outcome, fact.reason, fact.url) if t)
            return said("rollback", told, tone="good" if fact.outcome is Outcome.SUCCEEDED else "bad")
        case Check():
            return _check(incident, fact)
        case AlertSeen():
            return said("alert", "the same problem paged again", (fact.summary,))
        case AlertResolved():
            return said("alert", "whoever paged says that it is over", tone="good")
        case Owned():
            return said("owner", f"{fact.by} took it")
        case Remark():
            return said(fact.by, "", (fact.text,))
        case Answered():
            return said("answer", "", tuple(fact.text.splitlines()))
        case Reminded():
            return said("question", "half the time to answer has gone", tone="waiting")
        case Stopped():
            return said("stopped", f"by {fact.by}; what was found is kept", tone="bad")
        case Fault():
            return said("fault", f"{fact.step} failed (error {fact.error_id})", (fact.reason,), "bad")
        case Closed():
            return said("closed", fact.reason)


def step(plan: Plan) -> str:
    """Say what a rollback does."""
    return f"{plan.service} {plan.from_version} → {plan.to_version}, which undoes {plan.change}"


def not_passed(checks: Sequence[GateCheck]) -> Iterator[str]:
    """Yield the gate's open questions, failed before unknown, those with one answer together."""
    opened = sorted((c for c in checks if c.result in OPEN_CHECKS), key=lambda c: (c.result, c.reason))
    for (result, reason), same in groupby(opened, lambda c: (c.result, c.reason)):
        yield f"{MARKS[OPEN_CHECKS[result]]}{', '.join(c.name for c in same)}: {reason}"


def _turn(turn: Turn) -> Said:
    unfinished = "" if turn.status is TurnStatus.DONE else f"{turn.status}: what it would have found is missing"
    notes = (f"checked: {note}" for note in turn.notes)
    return said(turn.agent, unfinished, (turn.text, *notes), "bad" if unfinished else "plain")


def _diagnosis(diagnosis: Diagnosis) -> Iterator[str]:
    first = f"{diagnosis.culprit_service} failed first" if diagnosis.culprit_service else ""
    facts = (f"confidence {share(diagnosis.confidence)}", diagnosis.category, first, diagnosis.remediation)
    yield " · ".join(f for f in facts if f)
    yield opinions(diagnosis)
    yield from _list("because", diagnosis.confidence_because)
    rivals = [f"{r.what} ({share(r.confidence)}): {r.why_less_likely}" for r in diagnosis.rivals]
    yield from _list("other explanations", rivals)
    yield from _list("not seen", diagnosis.gaps)
    yield from _list("texts that try to steer this", diagnosis.attempts)


def _list(name: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f"{name}:"
        yield from (f"  {flat(item)}" for item in items)


def _verdict(incident: Incident, verdict: Verdict) -> Said:
    passed = sum(check.result is CheckResult.PASSED for check in verdict.checks)
    answers = {check.reason for check in verdict.checks}
    reasons = [reason for reason in verdict.reasons if reason not in answers]
    asked = [f"{passed} of {len(verdict.checks)} checks passed."] if verdict.checks else []
    follows = verdict.action is Action.ROLLBACK and not verdict.rehearsed
    plan = step(verdict.plan) if verdict.plan and verdict.action is not Action.REPORT and not follows else ""
    who = who_answers(incident, verdict)
    lines = (plan, " ".join((*reasons, *asked)), *not_passed(verdict.checks), who)
    head = ("would " if verdict.rehearsed else "") + ACTIONS[verdict.action]
    return said("verdict", head, lines, TONES[verdict.action])


def _approval(approval: Approval) -> Said:
    by = f" by {approval.by}" if approval.by else ""
    tone: Tone = "good" if approval.decision is Decision.APPROVED else "plain"
    return said("approval", f"{approval.decision}{by}", (approval.reason,), tone)


def _check(incident: Incident, check: Check) -> Said:
    metric = incident.alert.metric
    recovered = check.result is Recovery.RECOVERED
    measured = check.before is not None and check.after is not None
    figures = f"{quantity(check.before, metric)} → {quantity(check.after, metric)}" if measured else ""
    limit = f"threshold {quantity(check.threshold, metric)}" if check.threshold is not None else ""
    usual = f"usually {quantity(check.usual, metric)}" if check.usual is not None else ""
    told = ", ".join(t for t in (figures, limit, usual) if t)
    head = check.result.replace("-", " ") + (f": {told}" if told else "")
    following = next_hypothesis(incident)
    lines = (
        "" if recovered else check.reason,
        following and f"{following} {NO_MORE}",
        _drawn([reading.value for reading in check.readings]),
    )
    return said("check", head, lines, "good" if recovered else "bad")


def _drawn(values: Sequence[float]) -> str:
    """Return the readings as bars, oldest first; nothing where there is nothing to see."""
    shown = values[:: max(math.ceil(len(values) / WIDTH), 1)]
    low, high = min(shown, default=0.0), max(shown, default=0.0)
    if high <= low:
        return ""
    return "".join(BARS[round((value - low) / (high - low) * (len(BARS) - 1))] for value in shown)
