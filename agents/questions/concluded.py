"""Answers from what was concluded and done: how it stands, why, since when, for whom, what else it could have been."""

from collections.abc import Iterator, Sequence

from agents.questions.phrases import HELPS, STANDS, at, cited, listed, short
from agents.questions.record import Record, said
from agents.questions.understanding import Question
from agents.questions.words import words
from agents.units import quantity
from incident.diagnosis import Category, Link, Rival, RuledOut
from incident.facts import (
    AlertResolved,
    Approval,
    Check,
    Diagnosis,
    RollbackEnded,
    RollbackStarted,
    Turn,
    Verdict,
)

SHOWN = 4
NOT_YET = "The team has not concluded yet: this is what has been found so far."


def caught_up(record: Record) -> Iterator[str]:
    """Yield how it stands, what did it, what was done and what is open."""
    alert, incident = record.alert, record.incident
    paged = f"{alert.name} on {alert.service} paged at {at(record, alert.fired_at)}"
    yield f"{incident.id}: {paged}; {STANDS[incident.status]}."
    told = record.diagnosis
    if told is None:
        yield from so_far(record)
    else:
        yield f"{_sure(told)}: {short(told.cause)}{cited(told.evidence)}"
        if told.blast_radius:
            yield f"Also affected: {listed(told.blast_radius)}."
    yield from acted(record)
    if told is not None and told.gaps:
        yield f"Not seen: {short('; '.join(told.gaps[:2]))}."


def so_far(record: Record) -> Iterator[str]:
    """Yield what the newest turns say, while there is no diagnosis."""
    turns = [turn for turn in record.incident.every(Turn) if turn.cites][-2:]
    yield NOT_YET if turns else "The team has not found anything yet: it has just begun."
    yield from (f"- {turn.agent}: {short(' '.join(turn.text.split()))}" for turn in turns)


def acted(record: Record) -> Iterator[str]:
    """Yield what was proposed, decided, done and what came of it, in a sentence each."""
    incident, metric = record.incident, record.alert.metric
    verdict, approval = incident.last(Verdict), incident.last(Approval)
    started, ended, check = incident.last(RollbackStarted), incident.last(RollbackEnded), incident.last(Check)
    if started is not None:
        plan, how = started.plan, f", which {_came_to(ended)}" if ended else ""
        yield f"Rollback of {plan.service} from {plan.from_version} to {plan.to_version}{how}."
    elif verdict is not None and verdict.plan is not None:
        plan = verdict.plan
        became = f"; that was {approval.decision}" if approval else ""
        yield f"Proposed: roll {plan.service} back from {plan.from_version} to {plan.to_version}{became}."
    elif verdict is not None:
        yield f"Nothing is rolled back: {short(' '.join(verdict.reasons[:1]) or 'no reason was given')}"
    if check is not None:
        figures = ""
        if check.before is not None and check.after is not None:
            figures = f" ({quantity(metric, check.before)} → {quantity(metric, check.after)})"
        yield f"After it the signal that paged was {check.result.replace('-', ' ')}{figures}."
    if incident.resolved_at_source and (healed := incident.last(AlertResolved)):
        yield f"Whoever paged says that it is over, since {at(record, healed.at)}."


def why(record: Record) -> Iterator[str]:
    """Yield the cause, what makes it likely, and what it rests on."""
    told = record.diagnosis
    if told is None:
        yield from so_far(record)
        return
    yield f"{_sure(told)}: {short(told.cause)}{cited(told.evidence)}"
    because = told.confidence_because[:3]
    if because:
        yield f"Because {'; '.join(because)}."
    yield from (f"- {said(item)}" for item in record.get(told.evidence)[:3])


def since_when(record: Record, question: Question) -> Iterator[str]:
    """Yield when it began, and how it went on; of the services that were named, when each showed it."""
    told, fired = record.diagnosis, record.alert.fired_at
    chain = [link for link in (told.causal_chain if told else ()) if link.at]
    if question.services:
        yield from _began(record, question, [link for link in chain if link.service in question.services])
        return
    if told is not None and told.onset is not None:
        early = f", {_minutes((fired - told.onset).total_seconds())} before it paged" if told.onset < fired else ""
        yield f"Since {at(record, told.onset)}{early}; it paged at {at(record, fired)}."
    else:
        yield f"The onset isn't known{'' if told else ' yet'}; it paged at {at(record, fired)}."
    yield from (
        f"- {at(record, link.at)} {link.service}: {short(link.what)}{cited(link.evidence)}"
        for link in chain[:SHOWN]
        if link.at
    )


def _began(record: Record, question: Question, chain: Sequence[Link]) -> Iterator[str]:
    """Yield when something began at services: as the question's signal shows it, else as it went on there."""
    moved = [i for i in record.narrowed(question.services, question.sources) if i.values.get("onset")]
    first = min((moment for link in chain if (moment := link.at)), default=None)
    if first is not None:
        yield f"{listed(question.services)}: first at {at(record, first)}."
    elif moved:
        yield f"{listed(question.services)} is in no step of how it went{'' if record.diagnosis else ' so far'}."
    else:
        yield f"When anything began at {listed(question.services)} can't be told: nothing there left its usual range."
    yield from (f"- {said(item)}" for item in sorted(moved, key=lambda i: str(i.values["onset"]))[:SHOWN])


def affected(record: Record) -> Iterator[str]:
    """Yield whose requests suffer, and what shows it."""
    told, alert = record.diagnosis, record.alert
    if told is None:
        yield f"{alert.service} paged. Who else is affected isn't established yet."
    elif told.blast_radius:
        others = [name for name in told.blast_radius if name != alert.service]
        yield f"{alert.service} paged" + (f"; affected with it: {listed(others)}." if others else ", and nobody else.")
    else:
        yield f"{alert.service} paged; no other service was seen to suffer."
    hurt = (alert.service, *(told.blast_radius if told else ()))
    shown = [item for item in record.get(record.rests_on) if item.service in hurt]
    felt = [item for item in record.narrowed(hurt) if item.values.get("signal") in {"errors", "latency"}]
    by_service = {item.service: item for item in (*reversed(shown), *reversed(felt))}
    yield from (f"- {said(by_service[name])}" for name in dict.fromkeys(hurt) if name in by_service)


def ruled_out(record: Record, question: Question) -> Iterator[str]:
    """Yield what was ruled out and what lost, each with its reason: first what the question names."""
    told = record.diagnosis
    if told is None:
        yield "Nothing is ruled out yet: the team has not concluded."
        return
    subject = set(question.subject)
    every: list[RuledOut | Rival] = [*told.ruled_out, *told.rivals]
    others = sorted(every, key=lambda each: -len(subject & set(words(each.what))))
    if not others:
        yield "Nothing else was weighed: the evidence left no other explanation worth naming."
    yield from (f"- {lost(each)}" for each in others[: SHOWN + 1])
    if len(others) > SHOWN + 1:
        yield f"and {len(others) - SHOWN - 1} more in the report."


def remedy(record: Record) -> Iterator[str]:
    """Yield what would help, what is proposed, and what is asked of people."""
    told = record.diagnosis
    if told is None:
        yield "That can't be said yet: the team has not concluded."
    elif told.remediation in HELPS:
        yield f"What would help: {HELPS[told.remediation]}{cited(told.evidence)}."
    else:
        yield "What would help isn't known: no cause is established that says so."
    yield from acted(record)
    yield f"Now {STANDS[record.incident.status]}."


def lost(other: RuledOut | Rival) -> str:
    """Return an explanation that was not taken, and why."""
    if isinstance(other, RuledOut):
        return f"{short(other.what)}: ruled out, as {short(other.why)}{cited(other.evidence)}"
    return f"{short(other.what)}: weighed at {other.confidence:.0%}, and less likely, as {short(other.why_less_likely)}"


def _sure(told: Diagnosis) -> str:
    match told.category:
        case Category.NONE:
            return f"Nothing is wrong any more ({told.confidence:.0%} sure)"
        case Category.UNKNOWN:
            return "No cause is established"
        case _:
            return f"The cause ({told.confidence:.0%} sure)"


def _came_to(ended: RollbackEnded) -> str:
    return {"succeeded": "succeeded", "failed": "failed"}.get(ended.outcome, "has no known outcome")


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"  # noqa: PLR2004 - as one says it
