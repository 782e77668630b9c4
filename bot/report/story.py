"""The incident in two or three sentences, its impact and its measure of time."""

from datetime import datetime
from typing import NamedTuple

from bot.report import observed, words
from bot.report.escape import brief
from bot.report.figures import clock, duration, quantity, share
from incident.diagnosis import Category
from incident.facts import Agent, AlertResolved, Check, Diagnosis, Recovery, Turn, TurnStatus
from incident.model import Incident
from incident.status import Status

VICTIMS = 12
MISHAPS = {TurnStatus.DONE: "was done", TurnStatus.FAILED: "failed", TurnStatus.LATE: "was too late"}


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
    since = "onset" if onset else "alert"
    resolved = incident.last(AlertResolved)
    if check is not None and check.result is Recovery.RECOVERED:
        return Span(start, check.at, f"{duration(check.at - start)}, from {since} to recovery")
    if resolved is not None and resolved.at >= start:
        return Span(start, resolved.at, f"{duration(resolved.at - start)}, from {since} to the end of the alert")
    if diagnosis is not None and diagnosis.category is Category.NONE:
        return Span(start, None, "over before it was investigated")
    if onset and onset < incident.alert.fired_at:
        return Span(start, None, f"paged {duration(incident.alert.fired_at - onset)} after the onset; end not seen")
    return Span(start, None, "end not seen")


def summary(incident: Incident) -> tuple[str, ...]:
    """Return what paged, why, and how it ended: one sentence each."""
    alert = incident.alert
    paged = f"{alert.service} paged at {clock(alert.fired_at)} UTC: {_sentence(alert.summary or alert.name, 240)}"
    return (paged, _why(incident.last(Diagnosis)), _ending(incident))


def _sentence(raw: str, limit: int) -> str:
    line = brief(" ".join(raw.split()), limit)
    return line if line.endswith((".", "!", "?", ")", "…")) else f"{line}."


def _why(diagnosis: Diagnosis | None) -> str:
    if diagnosis is None:
        return "There is no diagnosis yet."
    cause = _sentence(diagnosis.cause, 500)
    if diagnosis.category is Category.UNKNOWN:
        return f"No cause was established: {cause}"
    return f"{cause} ({words.sureness(diagnosis.confidence).capitalize()}, {share(diagnosis.confidence)}.)"


def _ending(incident: Incident) -> str:
    check, metric = incident.last(Check), incident.alert.metric
    match incident.status:
        case Status.RESOLVED if check is not None:
            return (
                f"The change was rolled back and {words.RECOVERIES[check.result]}: "
                f"{quantity(check.before, metric)} before, {quantity(check.after, metric)} after."
            )
        case Status.RESOLVED:
            return "It is resolved."
        case Status.REPORTED | Status.CLOSED:
            return "Nothing was changed: this report is all that was done." if check is None else "It is closed."
        case Status.HANDED_OVER:
            return "It was handed over: a person has to go on."
        case (
            Status.INVESTIGATING | Status.AWAITING_APPROVAL | Status.AWAITING_VETO
            | Status.ROLLING_BACK | Status.VERIFYING
        ):  # fmt: skip
            return f"The incident is {words.STATUSES[incident.status]}."


def impact(incident: Incident) -> tuple[str, ...]:
    """Return how bad it was, for whom, and for how long: one line each, nothing that was not measured."""
    alert, diagnosis = incident.alert, incident.last(Diagnosis)
    lines = [_signal(incident), f"Severity as paged: {alert.severity}. Duration: {span(incident).words}."]
    if diagnosis and diagnosis.blast_radius:
        more = len(diagnosis.blast_radius) - VICTIMS
        also = f" and {more} more" if more > 0 else ""
        lines.append(f"Also affected: {', '.join(diagnosis.blast_radius[:VICTIMS])}{also}.")
    return tuple(line for line in lines if line)


def _signal(incident: Incident) -> str:
    alert = incident.alert
    seen = next((s for e in incident.evidence if (s := observed.series(e)) and s.kind == "signal"), None)
    name = alert.metric or "the signal that paged"
    limit = f" (threshold {quantity(alert.threshold, alert.metric)})" if alert.threshold is not None else ""
    if seen and seen.before is not None and seen.peak is not None:
        return (
            f"{alert.service}: {name} went from {quantity(seen.before, alert.metric)} "
            f"to {quantity(seen.peak, alert.metric)} at its worst{limit}."
        )
    if alert.value is not None:
        return f"{alert.service}: {name} was at {quantity(alert.value, alert.metric)} when it paged{limit}."
    return ""


def culprit_change(diagnosis: Diagnosis | None) -> str:
    """Return the guilty change with what identifies it, or that none is."""
    change = diagnosis.culprit_change if diagnosis else None
    if diagnosis is None or change is None:
        blame = diagnosis is None or diagnosis.category in {Category.UNKNOWN, Category.CHANGE}
        return "none established" if blame else "none: no change did it"
    parts = (
        change.id or "deployment not known", f"{change.kind} of {change.service or 'an unknown service'}",
        f"version {change.version}" if change.version else "", f"commit {change.commit}" if change.commit else "",
    )  # fmt: skip
    return f"{', '.join(p for p in parts if p)}, at {clock(change.at)} UTC"


def unheard(incident: Incident) -> tuple[str, ...]:
    """Return whose findings are missing or were cut short: what they would have seen was not seen."""
    turns = incident.every(Turn)
    broken = [
        f"The {words.AGENTS[t.agent].lower()} {MISHAPS[t.status]}: what it would have found is missing."
        for t in turns
        if t.status is not TurnStatus.DONE
    ]
    spoken = {t.agent for t in turns}
    silent = [f"The {words.AGENTS[a].lower()} never reported." for a in Agent if a not in spoken]
    return (*dict.fromkeys(broken), *silent)
