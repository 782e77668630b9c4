"""Which services a picture of the causal chain has to show, and where they stand."""

from itertools import pairwise
from typing import NamedTuple

from bot.report import observed
from incident.facts import Diagnosis
from incident.model import Incident

MOST = 12


class Spread(NamedTuple):
    """``columns``: services by their distance from the culprit, the culprit first. ``calls``: caller, callee."""

    columns: tuple[tuple[str, ...], ...]
    calls: tuple[tuple[str, str], ...]
    culprit: str | None
    alerting: str
    declared: bool


def spread(incident: Incident, diagnosis: Diagnosis) -> Spread:
    """Return the culprit, the path to whoever paged and the nearest victims, at most twelve services."""
    graph = observed.topology(incident.evidence)
    culprit, paged = diagnosis.culprit_service, incident.alert.service
    path = tuple(reversed(graph.path(paged, culprit))) if culprit else ()
    chain = tuple(link.service for link in diagnosis.causal_chain)
    named = dict.fromkeys((*((culprit,) if culprit else ()), *path, *chain, paged, *diagnosis.blast_radius))
    services = tuple(named)[:MOST]
    calls = [(a, b) for a, needs in graph.depends_on.items() for b in needs if a in services and b in services]
    if not calls:
        calls = [(b, a) for a, b in pairwise(dict.fromkeys(s for s in chain if s in services))]
    depth = _depths(services, calls, culprit or paged)
    columns = tuple(tuple(s for s in services if depth[s] == d) for d in sorted(set(depth.values())))
    return Spread(columns, tuple(calls), culprit, paged, bool(graph.depends_on) and not graph.inferred)


def _depths(services: tuple[str, ...], calls: list[tuple[str, str]], start: str) -> dict[str, int]:
    """Distance from the start against the direction of calls: trouble travels from callee to caller."""
    depth = {start: 0}
    frontier = [start]
    for service in frontier:  # grows while it is read: breadth first
        for caller, callee in calls:
            if callee == service and caller not in depth:
                depth[caller] = depth[service] + 1
                frontier.append(caller)
    farthest = max(depth.values()) + 1
    return {s: depth.get(s, farthest) for s in services}
