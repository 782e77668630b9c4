"""The audit trail for people and for programs."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

import click

from bot.config import Settings
from bot.kept import open_database
from bot.report.escape import brief, visible
from incident.values import Json
from storage.audit import Kept, SqlAudit
from storage.tampering import Verified, verify

LONGEST = 300
"""Characters of what one entry says that a line shows; --json has all."""


class Asked(NamedTuple):
    """Which entries somebody wants."""

    after: int = 0
    incident_id: str | None = None
    since: datetime | None = None


async def printed(settings: Settings, asked: Asked, *, as_json: bool) -> int:
    """Print the entries as they are read and return how many there were."""
    count = 0
    async with open_database(settings) as database:
        async for kept in all_of(SqlAudit(database), asked):
            count += 1
            click.echo(json.dumps(kept.document, ensure_ascii=False) if as_json else as_line(kept))
    return count


async def all_of(trail: SqlAudit, asked: Asked) -> AsyncIterator[Kept]:
    """Yield entries, oldest first, a page at a time."""
    after = asked.after
    while page := await trail.entries(after, incident_id=asked.incident_id, since=asked.since):
        for kept in page:
            yield kept
        after = page[-1].seq


async def verified(settings: Settings) -> Verified:
    """Look whether it is whole."""
    async with open_database(settings) as database:
        return await verify(database)


def as_line(kept: Kept) -> str:
    """Return one line for a person."""
    entry = kept.entry
    head = f"{kept.seq:>6} {entry.at:%Y-%m-%d %H:%M:%S}Z {entry.kind:<16} {visible(entry.by):<16}"
    return f"{head} {visible(entry.incident_id or '-'):<10} {brief(visible(_said(entry.what)), LONGEST)}".rstrip()


def _said(what: dict[str, Json]) -> str:
    told = {name: value for name, value in what.items() if name not in {"at", "fact"} and value not in (None, "", [])}
    return ", ".join(f"{name} {_word(value)}" for name, value in told.items())


def _word(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def as_words(seen: Verified) -> str:
    """Say what a verification found: what is wrong, or what to keep."""
    if not seen.flaws:
        return (
            f"whole: {seen.entries} entries, and every fact they tell of is as it was stored. The newest has the hash "
            f"{seen.newest}: kept elsewhere, it shows later whether the end was cut off."
        )
    told = (f"{'entry ' + str(flaw.seq) if flaw.seq else 'no entry'}: {flaw.why}" for flaw in seen.flaws)
    return "\n".join(("NOT WHOLE", *(visible(line) for line in told)))


def as_json(seen: Verified) -> str:
    """Return the same for programs."""
    flaws = [flaw._asdict() for flaw in seen.flaws]
    return json.dumps({"whole": not flaws, **seen._asdict(), "flaws": flaws})
