"""Which services a picture of the causal chain has to show, and where they stand."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from bot.report import observed
from incident.change import Topology
from incident.facts import Diagnosis
from incident.model import Incident

MOST = 12


class Spread(NamedTuple):
    """``columns``: services by their distance from the culprit, what it calls left of it. ``calls``: caller, callee.

    ``since`` holds the affected services, with the time of their first symptom where one is known; all others of the
    picture are neighbours of the culprit that were not affected. ``left_out`` counts services of the graph.
    """

    columns: tuple[tuple[str, ...], ...]
    calls: tuple[tuple[str, str], ...]
    culprit: str | None
    alerting: str
    since: dict[str, datetime | None]
    declared: bool
    left_out: int


def spread(incident: Incident, diagnosis: Diagnosis) -> Spread:
    """Return the culprit, the path to whoever paged, the victims and the neighbours, at most twelve services."""
    graph = observed.topology(incident.evidence)
    culprit, paged = diagnosis.culprit_service, incident.alert.service
    path = tuple(reversed(graph.path(paged, culprit))) if culprit else ()
    chain = tuple(link.service for link in diagnosis.causal_chain)
    hit = dict.fromkeys((*((culprit,) if culprit else ()), *path, *chain, paged, *diagnosis.blast_radius))
    near = _neighbours(graph, culprit or paged)
    services = tuple(dict.fromkeys((*hit, *near)))[:MOST]
    calls = [
        (caller, callee)
        for caller, needs in graph.depends_on.items()
        for callee in needs
        if {caller, callee} <= set(services)
        and ({caller, callee} <= hit.keys() or (culprit or paged) in {caller, callee})
    ]
    if not calls:
        calls = [(b, a) for a, b in pairwise(dict.fromkeys(s for s in chain if s in services))]
    depth = _depths(services, calls, culprit or paged)
    columns = tuple(tuple(s for s in services if depth[s] == d) for d in sorted(set(depth.values())))
    known = {*graph.depends_on, *(s for needs in graph.depends_on.values() for s in needs), *hit}
    return Spread(
        columns, tuple(calls), culprit, paged, _since(diagnosis, (s for s in hit if s in services)),
        bool(graph.depends_on) and not graph.inferred, len(known - set(services)),
    )  # fmt: skip


def _neighbours(graph: Topology, service: str) -> tuple[str, ...]:
    callers = tuple(caller for caller, needs in graph.depends_on.items() if service in needs)
    return (*graph.depends_on.get(service, ()), *callers)


def _since(diagnosis: Diagnosis, hit: Iterable[str]) -> dict[str, datetime | None]:
    """The first symptom of each, which the change itself is not."""
    change = diagnosis.culprit_change
    first: dict[str, datetime | None] = dict.fromkeys(hit)
    for link in diagnosis.causal_chain:
        symptom = link.at and not (change and link.at == change.at)
        if symptom and link.service in first and first[link.service] is None:
            first[link.service] = link.at
    return first


def _depths(services: tuple[str, ...], calls: list[tuple[str, str]], start: str) -> dict[str, int]:
    """Distance from the start against the direction of calls: trouble travels from callee to caller."""
    depth = {start: 0}
    frontier = [start]
    for service in frontier:  # grows while it is read: breadth first
        for caller, callee in calls:
            if callee == service and caller not in depth:
                depth[caller] = depth[service] + 1
                frontier.append(caller)
    below = {callee for caller, callee in calls if caller == start}
    farthest = max(depth.values()) + 1
    return {s: depth.get(s, -1 if s in below else farthest) for s in services}
