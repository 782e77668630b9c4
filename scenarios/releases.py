"""Which version of what runs when, and which changes each version carries."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from incident.change import ChangeKind
from incident.ports import Deployed
from scenarios.plan import Undone
from scenarios.schema import PlannedChange, Scenario

LONG_AGO = timedelta(days=9)
SHIPPED = frozenset({ChangeKind.DEPLOY, ChangeKind.CONFIG})
"""Kinds that make a new version even where a file names none."""


class Release(NamedTuple):
    """One version that ran, with all changes of the scenario that were in it."""

    deployed: Deployed
    carries: frozenset[str]


def shipped(scenario: Scenario, fired_at: datetime) -> Mapping[str, tuple[Release, ...]]:
    """Return what is deployed over the whole scenario by service, oldest first."""
    releases: dict[str, tuple[Release, ...]] = {}
    for name, service in scenario.system.services.items():
        mine = sorted((c for c in scenario.changes if c.service == name and _ships(c)), key=lambda c: c.at)
        first = mine[0].previous_version if mine and mine[0].previous_version else service.version
        start = Release(Deployed(name, first, None, None, fired_at - LONG_AGO), frozenset())
        releases[name] = tuple(_chain(start, mine, fired_at))
    return releases


def versions(releases: Mapping[str, tuple[Release, ...]]) -> dict[str, tuple[str, str | None]]:
    """Return version and previous version by change."""
    of = (release.deployed for chain in releases.values() for release in chain)
    return {d.change: (d.version, d.previous_version) for d in of if d.change is not None}


def undone(
    rollbacks: Iterable[Release], releases: Mapping[str, tuple[Release, ...]], fired_at: datetime
) -> tuple[Undone, ...]:
    """Return what the rollbacks, oldest first, took out of production; earlier ones of other services stay in force."""
    out: dict[str, frozenset[str]] = {}
    steps = []
    for back in rollbacks:
        service = back.deployed.service
        out[service] = frozenset().union(*(r.carries for r in releases[service])) - back.carries
        since = (back.deployed.at - fired_at).total_seconds()
        steps.append(Undone(since, frozenset().union(*out.values())))
    return tuple(steps)


def _ships(change: PlannedChange) -> bool:
    return change.kind in SHIPPED or change.version is not None


def _chain(last: Release, changes: Iterable[PlannedChange], fired_at: datetime) -> Iterator[Release]:
    yield last
    for change in changes:
        before = change.previous_version or last.deployed.version
        version = change.version or _next(last.deployed.version, change.kind)
        at = fired_at + timedelta(seconds=change.at)
        actor = change.author or (change.commit.author if change.commit else None)
        last = Release(Deployed(change.service, version, before, change.id, at, actor), last.carries | {change.id})
        yield last


def _next(version: str, kind: ChangeKind) -> str:
    base, _, config = version.partition("+cfg.")
    if kind is ChangeKind.CONFIG:
        return f"{base}+cfg.{int(config) + 1 if config.isdecimal() else 1}"
    head, dot, patch = base.rpartition(".")
    return f"{head}{dot}{int(patch) + 1}" if patch.isdecimal() else f"{base}.1"
