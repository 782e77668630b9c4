"""Reads what people and platforms did around an incident: changes, commits, events."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import orjson

from incident.change import Change, ChangeKind, Commit, Event
from incident.values import Json
from scenarios.reading import Damage, Limits, batches
from scenarios.shapes import EARLIEST, LATEST, NAME
from scenarios.textual import objects

LIMITS = Limits(size=256 << 20, rows=100_000, line=64 << 20)
"""Years of a company's changes, and a commit of a whole vendored library still has its author and message."""
DIFF = 64 << 10
"""Characters of a diff that are kept: beyond it is generated code or a vendored library."""
FILES = 1_000
Row = dict[str, Json]
Happening = TypeVar("Happening", Change, Commit, Event)


def happenings(path: Path, make: Callable[[Row], Happening | None], damage: Damage) -> tuple[Happening, ...]:
    """Return what a file of JSON lines tells, oldest first and each once."""
    found: dict[Happening | str, Happening] = {}
    for row in _rows(path, damage):
        made = make(row)
        if made is None:
            damage.lose("without a readable time")
        else:
            found[made.model_dump_json()] = made
        if len(found) >= LIMITS.rows:
            damage.note(f"only its first {LIMITS.rows:,} entries were read")
            break
    return tuple(sorted(found.values(), key=lambda happening: happening.at))


def _rows(path: Path, damage: Damage) -> Iterator[Row]:
    for lines in batches(path, LIMITS, damage):
        yield from objects(lines, damage)


def change(row: Row) -> Change | None:
    """Return a change; an unknown kind becomes ``other`` and stays readable in the attributes."""
    if (at := instant(row.pop("timestamp", None))) is None:
        return None
    texts = _texts(row, ("service", "version", "previous_version", "commit", "author"))
    kind, reversible = row.pop("kind", None), row.pop("reversible", None)
    known = str(kind).lower() in set(ChangeKind)
    return Change(
        id=told(row.pop("id", None), NAME) or _identity("change", at, row, texts),
        at=at,
        kind=ChangeKind(str(kind).lower()) if known else ChangeKind.OTHER,
        title=told(row.pop("title", None), 2_000) or "",
        reversible=reversible if isinstance(reversible, bool) else None,
        attributes=_attributes(row if known or kind is None else {**row, "kind": kind}),
        **texts,
    )


def commit(row: Row) -> Commit | None:
    """Return a commit with a bounded diff."""
    if (at := instant(row.pop("timestamp", None))) is None:
        return None
    files = row.pop("files", None)
    texts = _texts(row, ("author",))
    return Commit(
        sha=told(row.pop("sha", None), NAME) or _identity("commit", at, row, texts),
        at=at,
        message=told(row.pop("message", None), 10_000) or "",
        files=tuple(str(name)[:500] for name in files[:FILES]) if isinstance(files, list) else (),
        diff=told(row.pop("diff", None), DIFF),
        attributes=_attributes(row),
        **texts,
    )


def event(row: Row) -> Event | None:
    """Return an event of whoever said it."""
    if (at := instant(row.pop("timestamp", None))) is None:
        return None
    return Event(
        at=at,
        source=told(row.pop("source", None), NAME) or "unknown",
        service=told(row.pop("service", None), NAME),
        status=told(row.pop("status", None), NAME) or "",
        message=told(row.pop("message", None), 10_000) or "",
        attributes=_attributes(row),
    )


def instant(value: Json) -> datetime | None:
    """Return an RFC 3339 time as aware UTC, None where it isn't one or is absurd; without an offset it is UTC."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip().replace(":60", ":59"))
        aware = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return aware if EARLIEST <= aware <= LATEST else None


def _texts(row: Row, names: tuple[str, ...]) -> dict[str, str | None]:
    return {name: told(row.pop(name, None), NAME) for name in names}


def told(value: Json, most: int) -> str | None:
    """Return a value as text of at most ``most`` characters; None where it says nothing."""
    if value is None:
        return None
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text.replace("\0", "").strip()[:most] or None


def _attributes(row: Row) -> Row:
    attributes = row.pop("attributes", None)
    named = attributes if isinstance(attributes, dict) else {"attributes": attributes} if attributes else {}
    rest = {**named, **row}
    return rest if len(orjson.dumps(rest)) <= LIMITS.text else {}


def _identity(what: str, at: datetime, row: Row, texts: Mapping[str, str | None]) -> str:
    """Return an id that the same entry gets in every process."""
    content = orjson.dumps([at.isoformat(), row, dict(texts)], option=orjson.OPT_SORT_KEYS)
    return f"{what}-{hashlib.sha256(content).hexdigest()[:12]}"
