"""What really happened, in the order of its real times."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from bot.report import observed, words
from bot.report.escape import brief
from bot.report.figures import duration, quantity
from bot.report.story import blamed
from incident.facts import (
    Agent,
    AlertResolved,
    AlertSeen,
    Answered,
    Approval,
    Check,
    Closed,
    Diagnosis,
    Fact,
    Fault,
    Owned,
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

CHANGES_SHOWN = 8
SYMPTOMS_SHOWN = 12


class Moment(NamedTuple):
    """One row: ``mark`` is its kind in one word, ``evidence`` what shows it."""

    at: datetime
    mark: str
    what: str
    evidence: tuple[str, ...] = ()


def moments(incident: Incident) -> tuple[Moment, ...]:
    """Return changes, symptoms, alert and every fact, oldest first; the turns of one round are one row."""
    alert = incident.alert
    paged = Moment(alert.fired_at, "Alert", f"{alert.service} paged: {brief(alert.summary or alert.name, 300)}")
    rows = [*_changes(incident), *_symptoms(incident), paged, *_told_facts(incident)]
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
    blame = " The diagnosis blames this change." if change.id == culprit else ""
    title = brief(change.title, 200) or "no title"
    return f"{change.service or 'unknown service'}: {title} ({change.id}{versions}).{blame}"


def _symptoms(incident: Incident) -> list[Moment]:
    """The steps of the causal chain that have a time; the first that isn't the change itself is the onset."""
    diagnosis = incident.last(Diagnosis)
    if diagnosis is None:
        return []
    change = diagnosis.culprit_change
    links = [k for k in diagnosis.causal_chain if not (change and k.at == change.at)][:SYMPTOMS_SHOWN]
    rows = [
        Moment(k.at, "Symptom", f"{k.service}: {brief(k.what.rstrip('.'), 300)}.", k.evidence) for k in links if k.at
    ]
    first = next((n for n, row in enumerate(rows) if row.at == diagnosis.onset), None)
    if first is not None:
        return [row._replace(mark="Onset") if n == first else row for n, row in enumerate(rows)]
    service = diagnosis.culprit_service or incident.alert.service
    told = f"The first sign of trouble, at {service}."
    return [*([Moment(diagnosis.onset, "Onset", told)] if diagnosis.onset else []), *rows]


def _told_facts(incident: Incident) -> Iterable[Moment]:
    for spoken, facts in groupby(incident.facts, key=lambda fact: isinstance(fact, Turn)):
        if spoken:
            yield _investigated([fact for fact in facts if isinstance(fact, Turn)])
        else:
            yield from (Moment(fact.at, *_told(fact, incident.alert.metric)) for fact in facts)


def _investigated(turns: list[Turn]) -> Moment:
    """One round of the team's work; what each said is in the appendix."""
    start, end = min(t.started_at for t in turns), max(t.at for t in turns)
    who = ", ".join(words.AGENTS[a].lower() for a in Agent if a in {t.agent for t in turns})
    lost = [
        f" The {words.AGENTS[t.agent].lower()} {words.MISHAPS[t.status]}."
        for t in turns
        if t.status is not TurnStatus.DONE
    ]
    return Moment(start, "Team", f"Investigated for {duration(end - start)} by {who}.{''.join(dict.fromkeys(lost))}")


def _told(fact: Fact, metric: str | None) -> tuple[str, str]:
    """Every kind of fact in one line."""
    match fact:
        case Turn():
            return words.AGENTS[fact.agent], brief(fact.text, 220)
        case Diagnosis():
            return "Diagnosis", blamed(fact)
        case Verdict():
            return "Decision", f"{words.verdict(fact).capitalize()}."
        case Approval():
            by = f" by {fact.by}" if fact.by else ""
            because = f": {brief(fact.reason, 200)}" if fact.reason else "."
            return "Approval", f"The rollback was {words.DECISIONS[fact.decision]}{by}{because}"
        case RollbackStarted():
            return "Rollback", f"Started: {fact.plan.service} from {fact.plan.from_version} to {fact.plan.to_version}."
        case RollbackSent():
            return "Rollback", "It was sent to be done, once."
        case RollbackSeen():
            return "Rollback", f"Its run {words.PROGRESS[fact.progress]}."
        case RollbackEnded():
            because = f": {brief(fact.reason, 200)}" if fact.reason else "."
            return "Rollback", f"The rollback {words.OUTCOMES[fact.outcome]}{because}"
        case Check():
            figures = f" ({quantity(fact.before, metric)} → {quantity(fact.after, metric)})"
            return "Check", f"After the rollback {words.RECOVERIES[fact.result]}{figures if fact.readings else ''}."
        case _:
            return _aside(fact)


def _aside(
    fact: AlertSeen | AlertResolved | Owned | Remark | Answered | Reminded | Stopped | Fault | Closed,
) -> tuple[str, str]:
    """What people and pagers said beside the work."""
    match fact:
        case AlertSeen():
            return "Alert", f"The same problem paged again: {brief(fact.summary, 200) or 'no summary'}"
        case AlertResolved():
            return "Alert", "The alert was resolved at its source."
        case Owned():
            return "Owner", f"{fact.by} took the incident."
        case Remark():
            return "Question" if fact.asks else "Remark", f"{fact.by}: {brief(fact.text, 300)}"
        case Answered():
            return "Answer", brief(" ".join(fact.text.split()), 300)
        case Reminded():
            return "Approval", "Half the time to answer had gone, and people were reminded."
        case Stopped():
            return "Stop", f"{fact.by} stopped it."
        case Fault():
            return "Fault", f"{fact.step} failed: {brief(fact.reason, 200)} (error {fact.error_id})"
        case Closed():
            return "Closed", f"{'By ' + fact.by + ': ' if fact.by else ''}{brief(fact.reason, 200)}"
