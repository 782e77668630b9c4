"""The incident in a few sentences: what paged, what is to blame, how bad it was and how long it lasted."""

from datetime import datetime
from typing import NamedTuple

from bot.report import observed, words
from bot.report.escape import brief
from bot.report.figures import clock, duration, quantity, ranges, share
from incident.diagnosis import Category, Opinion
from incident.facts import Agent, AlertResolved, Check, Diagnosis, Recovery, Turn, TurnStatus
from incident.model import Incident

VICTIMS = 12
SHA = 10
"""Characters of a commit that tell it apart."""


class Span(NamedTuple):
    """How long it lasted: ``end`` is None while it goes on or where nobody knows."""

    start: datetime
    end: datetime | None
    words: str


def span(incident: Incident) -> Span:
    """Return the stretch from the onset (the alert, where no onset is known) to the recovery."""
    diagnosis, check = incident.last(Diagnosis), incident.last(Check)
    onset = diagnosis.onset if diagnosis else None
    start = min(onset, incident.alert.fired_at) if onset else incident.alert.fired_at
    since = "first sign" if onset else "alert"
    resolved = incident.last(AlertResolved)
    if check is not None and check.result is Recovery.RECOVERED:
        return Span(start, check.at, f"{duration(check.at - start)}, from {since} to recovery")
    if resolved is not None and resolved.at >= start:
        return Span(start, resolved.at, f"{duration(resolved.at - start)}, from {since} to the end of the alert")
    if diagnosis is not None and diagnosis.category is Category.NONE:
        return Span(start, None, "over before it was investigated")
    return Span(start, None, "its end was not seen")


def summary(incident: Incident) -> tuple[str, ...]:
    """Return what paged, what is to blame, and what came of it: one sentence each."""
    alert = incident.alert
    paged = f"{alert.service} paged at {clock(alert.fired_at)} UTC: {_sentence(alert.summary or alert.name, 240)}"
    check, metric = incident.last(Check), alert.metric
    told = (paged, blamed(incident.last(Diagnosis)))
    if check is None:
        return told
    figures = f" ({quantity(check.before, metric)} before, {quantity(check.after, metric)} after)"
    return (*told, f"After a rollback {words.RECOVERIES[check.result]}{figures if check.readings else ''}.")


def _sentence(raw: str, limit: int) -> str:
    line = brief(" ".join(raw.split()), limit)
    return line if line.endswith((".", "!", "?", "…")) else f"{line}."


def blamed(diagnosis: Diagnosis | None) -> str:
    """Return what is to blame and how sure that is, in one sentence without the how."""
    if diagnosis is None:
        return "There is no diagnosis yet."
    sure = f"{words.sureness(diagnosis.confidence)}, {share(diagnosis.confidence)}"
    where, change = diagnosis.culprit_service, diagnosis.culprit_change
    if diagnosis.category is Category.NONE:
        return f"Nothing is wrong any more ({sure})."
    if diagnosis.category is Category.UNKNOWN:
        shown = f"; the trouble shows first at {where}" if where else ""
        return f"No cause was established{shown} ({sure})."
    if change is not None:
        name = change.id or f"commit {(change.commit or 'unknown')[:SHA]}"
        did = words.graded(diagnosis.confidence, "did it", "most likely did it", "may have done it")
        at = change.service or where or "an unknown service"
        return f"The {words.CHANGES[change.kind]} {name} of {at} {did} ({sure})."
    lead = words.graded(
        diagnosis.confidence, "No change did it", "Most likely no change did it", "Perhaps no change did it"
    )
    at = f", at {where}" if where else ""
    kind = f"the cause is of the kind “{diagnosis.category}”{at}"
    return f"{kind[:1].upper() + kind[1:] if diagnosis.category is Category.CHANGE else f'{lead}: {kind}'} ({sure})."


def opinions(diagnosis: Diagnosis) -> str:
    """Return whether a model sees what code computed, both sides named where not; empty where no model said."""
    second = diagnosis.second_opinion
    if second is None:
        return ""
    if second.agree:
        return "The model and the computed ranking agree."
    model, computed = _side(second.model), _side(second.computed)
    if second.followed:
        why = "which goes first, as evidence that it cites supports it nearly as well"
        return f"Disputed: the model names {model}, {why}; the computed ranking alone names {computed}."
    return f"Disputed: the computed ranking names {computed}; the model names {model}."


def _side(opinion: Opinion) -> str:
    return brief(opinion.what, 200) + (f" ({ranges(opinion.evidence)})" if opinion.evidence else "")


def impact(incident: Incident) -> tuple[str, ...]:
    """Return how bad it was, for whom, and for how long: one line each, nothing that was not measured."""
    alert, diagnosis = incident.alert, incident.last(Diagnosis)
    lines = [_signal(incident)]
    victims = [s for s in diagnosis.blast_radius if s != alert.service] if diagnosis else []
    if victims:
        more = len(victims) - VICTIMS
        also = f" and {more} more" if more > 0 else ""
        lines.append(f"Also affected: {', '.join(victims[:VICTIMS])}{also}.")
    lasted = span(incident)
    late = f" It paged {duration(alert.fired_at - lasted.start)} after its first sign."
    lines.append(f"Duration: {lasted.words}.{late if lasted.start < alert.fired_at else ''}")
    return tuple(line for line in lines if line)


def _signal(incident: Incident) -> str:
    alert = incident.alert
    seen = next((s for e in incident.evidence if (s := observed.series(e)) and s.kind == "signal"), None)
    name = alert.metric or (seen.metric if seen else None) or "the signal that paged"
    limit = f" (threshold {quantity(alert.threshold, name)})" if alert.threshold is not None else ""
    if seen and seen.before is not None and seen.peak is not None:
        return (
            f"{alert.service}: {name} went from {quantity(seen.before, name)} "
            f"to {quantity(seen.peak, name)} at its worst{limit}."
        )
    if alert.value is not None:
        return f"{alert.service}: {name} was at {quantity(alert.value, name)} when it paged{limit}."
    return ""


def culprit_change(diagnosis: Diagnosis | None) -> str:
    """Return the guilty change in short, or that none is."""
    change = diagnosis.culprit_change if diagnosis else None
    if diagnosis is None or change is None:
        blame = diagnosis is None or diagnosis.category in {Category.UNKNOWN, Category.CHANGE}
        return "none established" if blame else "none: no change did it"
    commit = f"commit {change.commit[:SHA]}" if change.commit else "not known"
    return f"{change.id or commit} ({change.kind})"


def unheard(incident: Incident) -> tuple[str, ...]:
    """Return whose findings are missing or were cut short: what they would have seen was not seen."""
    turns = incident.every(Turn)
    broken = [
        f"The {words.AGENTS[t.agent].lower()} {words.MISHAPS[t.status]}: what it would have found is missing."
        for t in turns
        if t.status is not TurnStatus.DONE
    ]
    spoken = {t.agent for t in turns}
    silent = [f"The {words.AGENTS[a].lower()} never reported." for a in Agent if a not in spoken]
    return (*dict.fromkeys(broken), *silent)
