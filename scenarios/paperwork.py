"""What is on record about a made-up world beside its signals: changes, commits, and what others said."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from incident.change import Change, Commit, Event
from scenarios.releases import Release, versions
from scenarios.schema import Patch, PlannedChange, Scenario
from scenarios.seeds import digest

REVIEW = 660.0
"""Seconds between a commit and the change that ships it, where a file doesn't say."""


def changes(
    scenario: Scenario, seed: int, fired_at: datetime, shipped: Mapping[str, tuple[Release, ...]]
) -> tuple[Change, ...]:
    """Return all planned changes as a delivery system would have recorded them."""
    ran = versions(shipped)
    return tuple(
        Change(
            id=change.id,
            at=fired_at + timedelta(seconds=change.at),
            service=change.service,
            kind=change.kind,
            title=change.title,
            version=ran.get(change.id, (None, None))[0],
            previous_version=ran.get(change.id, (None, None))[1],
            commit=_sha(change.commit, seed) if change.commit else None,
            author=change.author or (change.commit.author if change.commit else None),
            reversible=change.reversible,
            attributes=change.attributes,
        )
        for change in scenario.changes
    )


def commits(scenario: Scenario, seed: int, fired_at: datetime) -> tuple[Commit, ...]:
    """Return all commits, oldest first: those that changes shipped, and the others."""
    made = sorted(_patches(scenario), key=lambda pair: pair[0])
    return tuple(
        Commit(
            sha=_sha(patch, seed),
            at=fired_at + timedelta(seconds=at),
            author=patch.author,
            message=patch.message,
            files=patch.files,
            diff=patch.diff,
        )
        for at, patch in made
    )


def events(scenario: Scenario, fired_at: datetime) -> tuple[Event, ...]:
    """Return what a file says that others said."""
    return tuple(
        Event(
            at=fired_at + timedelta(seconds=e.at),
            source=e.source,
            service=e.service,
            status=e.status,
            message=e.message,
        )
        for e in scenario.events
    )


def _patches(scenario: Scenario) -> Iterator[tuple[float, Patch]]:
    for change in scenario.changes:
        if change.commit is not None:
            yield _committed(change.commit, change), change.commit
    for patch in scenario.commits:
        yield patch.at if patch.at is not None else -REVIEW, patch


def _committed(patch: Patch, change: PlannedChange) -> float:
    return patch.at if patch.at is not None else change.at - REVIEW


def _sha(patch: Patch, seed: int) -> str:
    return patch.sha or digest(seed, "commit", patch.message, patch.diff or "", *patch.files)[:40]
