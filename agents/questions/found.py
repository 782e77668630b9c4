"""Answers by search over the evidence: what shows something, what speaks for and against it, what is on file."""

from collections.abc import Collection, Iterator, Sequence

from agents.analysis.observations import OBSERVATION, Calls
from agents.analysis.redact import Redactor
from agents.questions.concluded import NOT_YET, lost
from agents.questions.phrases import cited, listed, short
from agents.questions.record import Record, said
from agents.questions.search import search
from agents.questions.understanding import SOURCES, Question, named
from agents.questions.words import words
from incident.diagnosis import Rival, RuledOut
from incident.evidence import Evidence, Source

SHOWN = 4
CLEAR = 10.0
"""A score that can be seen from the door (`agents.analysis.observations`)."""
BAD = frozenset({"ERROR", "FATAL"})
HALF = 0.5
"""More than this is the share of what was asked for that has to be in a piece of evidence, so that it is about it."""
CAN_ASK = (
    "I can say: why, why not X, since when, who is affected, what was ruled out, what would help, what changed on a "
    "service, errors, logs or metrics of a service before, after or between times, what a piece of evidence is, "
    "catch me up."
)
NAMES = {
    Source.LOGS: "log lines", Source.METRICS: "metrics", Source.SPANS: "calls", Source.CHANGES: "changes",
    Source.COMMITS: "commits", Source.EVENTS: "events", Source.TOPOLOGY: "call graph",
}  # fmt: skip


def matching(record: Record, question: Question) -> tuple[Evidence, ...]:
    """Return the evidence that a question is about, the best first: of what it names, as far as anything is there."""
    kept: Sequence[Evidence] = record.narrowed(question.services, question.sources, question.when)
    if Source.TOPOLOGY not in question.sources:
        kept = [item for item in kept if item.source is not Source.TOPOLOGY]
    if "error" in question.subject and question.sources == {Source.LOGS}:
        kept = [item for item in kept if item.values.get("level") in BAD]
    left = set(question.subject) - _named(question)
    if left:
        hits = [hit.item for hit in search(left, kept, record.rests_on) if hit.share > HALF]
        return tuple(hits) if hits or not _narrow(question) else tuple(kept)
    if not _narrow(question):
        return ()
    return tuple(sorted(kept, key=lambda item: (item.id not in record.rests_on, -_strength(item))))


def why_not(record: Record, question: Question) -> Iterator[str]:
    """Yield whether the team took it for the cause, else why it did not, and what shows it."""
    told = record.diagnosis
    what = _what(question)
    shown = matching(record, question)
    if told is None:
        yield NOT_YET if shown else f"Nothing about {what} has been found so far; the team has not concluded yet."
        yield from (f"- {said(item)}" for item in shown[:SHOWN])
        return
    change = told.culprit_change
    blamed = f"{change.kind} change {change.id} {change.commit}" if change else ""
    subject = set(question.subject)
    there = told.culprit_service in question.services
    left = subject - {word for service in question.services for word in words(service)}
    if (there or (left and not question.services)) and left <= set(words(blamed)):
        yield f"The evidence points to it ({told.confidence:.0%} sure): {short(told.cause)}{cited(told.evidence)}"
        return
    against = _against((*told.ruled_out, *told.rivals), subject, question.services)
    yield from (f"- {lost(each)}." for each in against[:2])
    if not against:
        yield from _unproved(record, question, shown)
    yield from (f"- {said(item)}" for item in shown[: SHOWN - 1])
    if shown or against:
        return
    if question.services:
        yield f"Nothing at {what} left its usual range, failed or changed, as far as the evidence goes."
    else:
        yield from missing(record, question)


def shows(record: Record, question: Question, shown: Sequence[Evidence]) -> Iterator[str]:
    """Yield what is on file of what was asked for."""
    if not shown:
        yield from missing(record, question)
        return
    of = f" of {listed(question.services)}" if question.services else ""
    graph = list(_graph(record, question)) if Source.TOPOLOGY in question.sources else []
    if graph:
        yield from graph
        return
    yield f"In the evidence of {record.incident.id}{of}: {len(shown)} piece{'s' * (len(shown) != 1)}."
    yield from (f"- {said(item)}" for item in shown[:SHOWN])
    if len(shown) > SHOWN:
        yield f"and {len(shown) - SHOWN} more: {', '.join(item.id for item in shown[SHOWN : SHOWN + 12])}"


def told_of(record: Record, question: Question) -> Iterator[str]:
    """Yield what best fits a question of no known kind."""
    shown = matching(record, question)
    if not shown:
        yield from missing(record, question)
        return
    yield "What the evidence shows of that:"
    yield from (f"- {said(item)}" for item in shown[:SHOWN])


def by_id(record: Record, question: Question) -> Iterator[str]:
    """Yield each piece of evidence that was named, and where it comes from."""
    there = record.get(question.ids)
    for item in there[:3]:
        where = f", of {item.service}" if item.service else ""
        used = "" if item.id in record.rests_on else "; the diagnosis does not rest on it"
        yield f"- {said(item)}"
        yield f"  {item.id} is from the {NAMES[item.source]}{where}: {short(item.query)}{used}"
    unknown = [each for each in question.ids if each not in {item.id for item in there}]
    if unknown:
        yield f"There is no evidence {listed(unknown)} in {record.incident.id}: {_on_file(record)}."


def missing(record: Record, question: Question) -> Iterator[str]:
    """Yield what could not be found, where it was looked for, and what can be asked."""
    yield f"Nothing about {_what(question)} is in the evidence of {record.incident.id}: {_on_file(record)}."
    if record.diagnosis is not None and record.diagnosis.gaps:
        yield f"Not seen: {short('; '.join(record.diagnosis.gaps[:2]))}."
    yield CAN_ASK


def _graph(record: Record, question: Question) -> Iterator[str]:
    """Yield who calls whom, of the services that were named."""
    for item in record.narrowed(sources={Source.TOPOLOGY})[:1]:
        calls = OBSERVATION.validate_python(item.values)
        if isinstance(calls, Calls):
            for service in question.services or (record.alert.service,):
                callers = sorted(name for name, needs in calls.depends_on.items() if service in needs)
                yield f"{service} is called by {listed(callers) or 'nobody that is known'} ({item.id})."
                yield f"It calls {listed(calls.depends_on.get(service, ())) or 'nobody that is known'} ({item.id})."


def _unproved(record: Record, question: Question, shown: Sequence[Evidence]) -> Iterator[str]:
    """Yield where it stands in the ranking, and that nothing was concluded from what shows it."""
    told = record.diagnosis
    if told is None or not (shown or question.services):
        return
    for service in [name for name in question.services if name in told.ranking][:2]:
        place = told.ranking.index(service) + 1
        hurt = " It is among those that suffer." if service in told.blast_radius else ""
        yield f"{service} is number {place} of {len(told.ranking)} by how likely it failed first.{hurt}"
    use = [item.id for item in shown if item.id in told.evidence]
    yield (
        f"What shows it is part of what the diagnosis rests on ({', '.join(use[:SHOWN])}), as an effect."
        if use
        else f"Nothing makes it the cause. What was found instead: {short(told.cause)}{cited(told.evidence)}"
    )


def _against(
    others: Collection[RuledOut | Rival], subject: set[str], services: tuple[str, ...]
) -> list[RuledOut | Rival]:
    """Return what was not taken and is about the subject; of a service only what names it."""
    left = subject - {word for service in services for word in words(service)}

    def fits(other: RuledOut | Rival) -> float:
        return bool(named(other.what, services)) + len(left & set(words(other.what))) / max(len(left), 1)

    return [other for other in sorted(others, key=fits, reverse=True) if fits(other) > HALF]


def _strength(item: Evidence) -> float:
    """Return how much a piece of evidence shows: a change as much as a clear sign, a routine line next to nothing."""
    score = item.values.get("score")
    routine = str(item.values.get("level", "")).upper() in {"INFO", "DEBUG"}
    return (float(score) if isinstance(score, int | float) else CLEAR) * (0.01 if routine else 1.0)


def _named(question: Question) -> set[str]:
    """Return the words that only say which service or signal is meant."""
    said = {word for service in question.services for word in words(service)}
    return said | {word for word in question.subject if question.sources and word in _SIGNALS}


def _narrow(question: Question) -> bool:
    return bool(question.services or question.sources or question.when)


def _what(question: Question) -> str:
    return listed(question.services) or f"“{short(Redactor().redact(question.text))[:80]}”"


def _on_file(record: Record) -> str:
    counts = {source: sum(item.source is source for item in record.evidence) for source in Source}
    told = [f"{count} of {NAMES[source]}" for source, count in counts.items() if count]
    return f"on file are {listed(told)}" if told else "nothing is on file yet"


_SIGNALS = frozenset().union(*SOURCES.values()) - {"latency", "cpu", "memory", "traffic", "throughput"}
"""Words that only say which signal is meant."""
