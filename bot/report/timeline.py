"""What really happened, in the order of its real times."""

from datetime import datetime
from typing import NamedTuple

from bot.report import observed, words
from bot.report.escape import brief
from bot.report.figures import quantity
from incident.facts import (
    AlertResolved,
    AlertSeen,
    Approval,
    Check,
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
    TurnStatus,
    Verdict,
)  # fmt: skip
from incident.model import Incident

CHANGES_SHOWN = 8


class Moment(NamedTuple):
    """One row: ``mark`` is its kind in one word, ``evidence`` what shows it."""

    at: datetime
    mark: str
    what: str
    evidence: tuple[str, ...] = ()


def moments(incident: Incident) -> tuple[Moment, ...]:
    """Return changes, onset, alert and every fact, oldest first; facts of one instant keep their order."""
    alert = incident.alert
    paged = Moment(alert.fired_at, "Alert", f"{alert.service} paged: {brief(alert.summary or alert.name, 300)}")
    rows = [*_changes(incident), *_onset(incident), paged, *(_moment(fact, incident) for fact in incident.facts)]
    return tuple(sorted(rows, key=lambda row: row.at))


def _changes(incident: Incident) -> list[Moment]:
    """The culprit, what was cited, and the changes nearest to the alert."""
    diagnosis = incident.last(Diagnosis)
    culprit = diagnosis.culprit_change if diagnosis else None
    cited = set(diagnosis.evidence) if diagnosis else set()
    seen = {found.id: (item.id, found) for item in incident.evidence if (found := observed.change(item))}
    nearest = sorted(
        seen.values(),
        key=lambda pair: (
            pair[1].id != (culprit.id if culprit else None), pair[0] not in cited,
            abs(pair[1].at - incident.alert.fired_at),
        ),
    )  # fmt: skip
    return [
        Moment(change.at, change.change_kind.capitalize(), _changed(change, culprit.id if culprit else None), (item,))
        for item, change in nearest[:CHANGES_SHOWN]
    ]


def _changed(change: observed.ChangeSeen, culprit: str | None) -> str:
    versions = f", {change.previous_version or 'unknown'} → {change.version}" if change.version else ""
    blamed = " This is the change that did it." if change.id == culprit else ""
    return f"{change.service or 'unknown service'}: {brief(change.title, 200)} ({change.id}{versions}).{blamed}"


def _onset(incident: Incident) -> list[Moment]:
    diagnosis = incident.last(Diagnosis)
    if diagnosis is None or diagnosis.onset is None:
        return []
    service = diagnosis.culprit_service or incident.alert.service
    return [Moment(diagnosis.onset, "Onset", f"The first sign of trouble, at {service}.")]


def _moment(fact: Fact, incident: Incident) -> Moment:
    mark, what = _told(fact, incident.alert.metric)
    evidence = tuple(fact.cites[:6]) if isinstance(fact, Turn) else ()
    return Moment(fact.at, mark, what, evidence)


def _told(fact: Fact, metric: str | None) -> tuple[str, str]:
    """Every kind of fact in one line."""
    match fact:
        case Turn():
            first = next((line for line in fact.text.splitlines() if line.strip()), "")
            return words.AGENTS[fact.agent], f"{_ended(fact)}{brief(first, 220)}"
        case Diagnosis():
            return "Diagnosis", brief(fact.cause, 300)
        case Verdict():
            return "Verdict", f"The gate says: {words.verdict(fact)}."
        case Approval():
            by = f" by {fact.by}" if fact.by else ""
            because = f": {brief(fact.reason, 200)}" if fact.reason else "."
            return "Approval", f"The rollback was {words.DECISIONS[fact.decision]}{by}{because}"
        case RollbackStarted():
            return "Rollback", f"Started: {fact.plan.service} from {fact.plan.from_version} to {fact.plan.to_version}."
        case RollbackEnded():
            because = f": {brief(fact.reason, 200)}" if fact.reason else "."
            return "Rollback", f"It {words.OUTCOMES[fact.outcome]}{because}"
        case Check():
            figures = f" ({quantity(fact.before, metric)} → {quantity(fact.after, metric)})"
            return "Check", f"After the rollback {words.RECOVERIES[fact.result]}{figures if fact.readings else ''}."
        case _:
            return _aside(fact)


def _ended(turn: Turn) -> str:
    return "" if turn.status is TurnStatus.DONE else f"{words.TURNS[turn.status].capitalize()}: "


def _aside(fact: AlertSeen | AlertResolved | Owned | Remark | Stopped | Fault | Closed) -> tuple[str, str]:
    """What people and pagers said beside the work."""
    match fact:
        case AlertSeen():
            return "Alert", f"The same problem paged again: {brief(fact.summary, 200) or 'no summary'}"
        case AlertResolved():
            return "Alert", "The alert was resolved at its source."
        case Owned():
            return "Owner", f"{fact.by} took the incident."
        case Remark():
            return "Remark", f"{fact.by}: {brief(fact.text, 300)}"
        case Stopped():
            return "Stop", f"{fact.by} stopped it."
        case Fault():
            return "Fault", f"{fact.step} failed: {brief(fact.reason, 200)} (error {fact.error_id})"
        case Closed():
            return "Closed", f"{'By ' + fact.by + ': ' if fact.by else ''}{brief(fact.reason, 200)}"
