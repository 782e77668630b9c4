"""What is known of services from their incidents: how they are, whose they are, what last changed. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.report.figures import clock
from bot.report.words import STATUSES
from bot.thread.home import Health
from incident.catalog import Catalog
from incident.evidence import Evidence, Source
from incident.facts import AlertResolved, Diagnosis, Outcome, RollbackEnded, RollbackStarted
from incident.model import Incident
from incident.status import Status, World

MADE_UP = " (made up)"
TOLD = 2
"""Open incidents that are named for one service."""


class LastChange(NamedTuple):
    """The newest thing that was done to a service, as far as anybody saw."""

    at: datetime
    what: str


def known(incidents: Sequence[Incident], catalog: Catalog) -> list[Health]:
    """Return every service that the incidents (newest first) or the catalog speak of, those with open ones first.

    The catalog is of real services. A made-up one is another one than the real one of that name.
    """
    ours: dict[str, list[Incident]] = {service: [] for service in catalog.services}
    seen: dict[str, list[LastChange]] = {}

    def name(incident: Incident, service: str) -> str:
        return catalog.find(service) or service if incident.world is World.REAL else f"{service}{MADE_UP}"

    for incident in incidents:
        for service in {name(incident, each) for each in _concerned(incident)}:
            ours.setdefault(service, []).append(incident)
        for service in _mentioned(incident):
            ours.setdefault(name(incident, service), [])
        for service, change in _changes(incident):
            seen.setdefault(name(incident, service), []).append(change)
    owners = {service: entry.on_call or "" for service, entry in catalog.services.items()}
    rows = (Health(each, _health(ours[each]), owners.get(each, ""), _last(seen.get(each, []))) for each in ours)
    return sorted(rows, key=lambda row: (_rank(ours[row.service]), row.service))


def _concerned(incident: Incident) -> set[str]:
    """Return what paged, and what was found to be the cause."""
    diagnosis = incident.last(Diagnosis)
    culprit = diagnosis.culprit_service if diagnosis else None
    return {incident.alert.service, *((culprit,) if culprit else ())}


def _mentioned(incident: Incident) -> Iterator[str]:
    """Yield what else runs there, as changes and the call graph say."""
    for item in incident.evidence:
        if item.source is Source.CHANGES and item.service:
            yield item.service
        graph = item.values.get("depends_on") if item.source is Source.TOPOLOGY else None
        for caller, called in graph.items() if isinstance(graph, Mapping) else ():
            yield caller
            yield from map(str, called) if isinstance(called, list | tuple) else ()


def _changes(incident: Incident) -> Iterator[tuple[str, LastChange]]:
    for item in incident.evidence:
        if item.source is Source.CHANGES and item.service and (change := _seen(item)) is not None:
            yield item.service, change
    started, ended = incident.last(RollbackStarted), incident.last(RollbackEnded)
    if started and ended and ended.outcome is Outcome.SUCCEEDED:
        plan = started.plan
        yield plan.service, LastChange(ended.at, f"rolled back to {plan.to_version} by {incident.id}")


def _seen(item: Evidence) -> LastChange | None:
    try:
        at = datetime.fromisoformat(str(item.values.get("at")))
    except ValueError:
        return None
    title, version = item.values.get("title"), item.values.get("version")
    return LastChange(at, str(title or version or item.values.get("id"))) if at.tzinfo else None


def _last(changes: Iterable[LastChange]) -> str:
    newest = max(changes, default=None)
    return f"{clock(newest.at)} UTC, {newest.what}" if newest else ""


def _rank(ours: Sequence[Incident]) -> int:
    """What needs people comes first, what nothing is known of last."""
    if not ours:
        return 3
    if any(not incident.status.ended for incident in ours):
        return 0
    return 1 if ours[0].status is Status.HANDED_OVER else 2


def _health(ours: Sequence[Incident]) -> str:
    """Return how it is; without an open incident that is only what its last one came to."""
    going_on = [incident for incident in ours if not incident.status.ended]
    if going_on:
        more = f"; and {len(going_on) - TOLD} more" if len(going_on) > TOLD else ""
        return "; ".join(f"{each.id} is {STATUSES[each.status]}" for each in going_on[:TOLD]) + more
    if not ours:
        return "no incident known"
    last = ours[0]
    if last.status is Status.HANDED_OVER and last.last(AlertResolved) is None:
        return f"{last.id} was handed over to a person; how it is now is not known"
    return f"no open incident; the last, {last.id}, is {STATUSES[last.status]}"
