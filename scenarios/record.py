"""Writes a finished incident as a recorded one: everybody's next test case. Answer keys are written by people."""

import tempfile
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

import polars as pl

from incident.change import Change, Commit, Event, Topology
from incident.model import Incident
from incident.ports import NotRecorded, Table, Telemetry, Unreadable
from incident.values import Json, Window
from scenarios.writing import Redact, scrubbed, write_document, write_lines, write_rows

REACH = timedelta(days=3)
"""Changes are recorded from this long before the window's end: guilt can be older than the symptoms."""
Part = TypeVar("Part")


class CannotRecord(Exception):
    """Nothing was written: the message says what stands in the way and what would help."""


class Parts(NamedTuple):
    """What a telemetry shows; None where it has no such signal, so that no file pretends that nothing happened."""

    metrics: Table | None
    logs: Table | None
    spans: Table | None
    changes: tuple[Change, ...] | None = None
    commits: tuple[Commit, ...] | None = None
    events: tuple[Event, ...] | None = None
    topology: Topology | None = None


async def record(incident: Incident, telemetry: Telemetry, window: Window, folder: Path, redact: Redact) -> None:
    """Write the incident to ``folder`` and its healthy period to ``folder`` with ``-healthy`` beside it.

    Every text passes through ``redact`` first. Raises `CannotRecord`; a folder appears whole or not at all.
    """
    healthy = folder.with_name(f"{folder.name}-healthy")
    refuse(incident, (folder, healthy))
    parts = await _all(telemetry, window)
    baseline = await _baseline(telemetry)
    if parts.metrics is None and parts.logs is None and parts.spans is None:
        message = f"{incident.id} has no metrics, logs or spans any more: there is nothing to record"
        raise CannotRecord(message)
    papers: dict[str, Json] = {"alert": incident.alert.model_dump(mode="json", exclude_none=True)}
    try:
        with _drafts(folder.parent) as drafts:
            if baseline is not None:
                papers["baseline"] = {"folder": f"../{healthy.name}"}
                _write(drafts / healthy.name, baseline, {}, redact)
            _write(drafts / folder.name, parts, papers, redact)
            for place in (healthy, folder) if baseline is not None else (folder,):
                _put(drafts / place.name, place)
    except OSError as error:
        message = f"{folder} can't be written: {error.strerror or error}"
        raise CannotRecord(message) from error


def refuse(incident: Incident, folders: tuple[Path, ...]) -> None:
    """Raise `CannotRecord` where the incident is still open or a folder holds something."""
    if not incident.status.ended:
        message = f"{incident.id} is {incident.status}: only a finished incident can be recorded"
        raise CannotRecord(message)
    for folder in folders:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            message = f"{folder} exists and is not an empty folder: name a new one"
            raise CannotRecord(message)


async def _all(telemetry: Telemetry, window: Window) -> Parts:
    long = Window(min(window.start, window.end - REACH), window.end)
    return (await _signals(telemetry, window))._replace(
        changes=await _seen(telemetry.changes(long)),
        commits=await _seen(telemetry.commits(long)),
        events=await _seen(telemetry.events(long)),
        topology=await _seen(telemetry.topology()),
    )


async def _signals(telemetry: Telemetry, window: Window) -> Parts:
    return Parts(
        await _seen(telemetry.metrics(window)),
        await _seen(telemetry.logs(window)),
        await _seen(telemetry.spans(window)),
    )


async def _baseline(telemetry: Telemetry) -> Parts | None:
    healthy = await _seen(telemetry.baseline())
    window = await _seen(healthy.extent()) if healthy else None
    return await _signals(healthy, window) if healthy and window else None


async def _seen(part: Awaitable[Part]) -> Part | None:
    try:
        return await part
    except (NotRecorded, Unreadable):
        return None


@contextmanager
def _drafts(beside: Path) -> Iterator[Path]:
    """Lend a place on the same disk, so that a full disk or Ctrl-C leaves no half recording behind."""
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".recording-", dir=beside) as drafts:
        yield Path(drafts)


def _put(draft: Path, place: Path) -> None:
    if place.exists():
        place.rmdir()  # it is empty, and not every system renames onto an empty folder
    draft.rename(place)


def _write(folder: Path, parts: Parts, papers: dict[str, Json], redact: Redact) -> None:
    folder.mkdir()
    if parts.topology is not None:
        services: Json = {name: {"depends_on": list(needs)} for name, needs in parts.topology.depends_on.items()}
        papers = {**papers, "topology": {"services": services}}
    for name, content in papers.items():
        write_document(folder / f"{name}.json", scrubbed(content, redact))
    for name, table in (("metrics", parts.metrics), ("logs", parts.logs), ("spans", parts.spans)):
        if table is not None:
            write_rows(folder, name, pl.DataFrame(table), redact)
    for name, happenings in (("changes", parts.changes), ("commits", parts.commits), ("events", parts.events)):
        if happenings is not None:
            write_lines(folder / f"{name}.ndjson", (_line(happening) for happening in happenings), redact)


def _line(happening: Change | Commit | Event) -> dict[str, Json]:
    content = happening.model_dump(mode="json", exclude_none=True)
    return {"timestamp": content.pop("at"), **{name: value for name, value in content.items() if value not in ({}, [])}}
