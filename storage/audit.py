"""The audit trail: who decided what and when, and what was refused. Append-only; each entry seals all before it."""

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from pydantic import Field
from sqlalchemy import Row, Select, desc, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from incident.values import Instant, Json, Name, Value
from storage.database import Database
from storage.postgresql import take_turn
from storage.tables import audit
from storage.whole import whole

BEGINNING = "0" * 64
"""What the first entry has for the hash of the one before."""

PAGE = 500


class Entry(Value):
    """One thing that somebody (``by``: a person's id, or what acted by itself) did or was refused."""

    at: Instant
    kind: Annotated[Name, Field(max_length=40)]
    by: Name
    incident_id: Name | None = None
    what: dict[str, Json] = Field(default_factory=dict)


class Kept(NamedTuple):
    """An entry in its place. ``hash`` covers the entry, its place and the hash before it."""

    seq: int
    entry: Entry
    previous_hash: str
    hash: str

    @property
    def document(self) -> dict[str, Json]:
        """Return it as interface.md's JSON line."""
        said = self.entry.model_dump(mode="json")
        return {"seq": self.seq, **said, "previous_hash": self.previous_hash, "hash": self.hash}


def sealed(seq: int, entry: Entry, previous_hash: str) -> Kept:
    """Return the entry in its place: SHA-256 over its document as JSON, keys sorted, no blanks, without ``hash``."""
    said = {k: v for k, v in Kept(seq, entry, previous_hash, "").document.items() if k != "hash"}
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return Kept(seq, entry, previous_hash, hashlib.sha256(canonical.encode()).hexdigest())


def kept(row: Row[Any]) -> Kept:
    """Return the entry of a row; raises ValueError for one that isn't as it was written."""
    entry = Entry(at=row.at, kind=row.kind, by=row.by, incident_id=row.incident_id, what=json.loads(row.what))
    return Kept(row.seq, entry, row.previous_hash, row.hash)


async def enter_in(connection: AsyncConnection, *entries: Entry) -> None:
    """Append within a transaction that writes, as its last statements: others wait for the chain from here to its end.

    Without waiting PostgreSQL would let two writers take one place, and the second would lose all that it wrote.
    """
    await take_turn(connection, audit.name)
    newest = select(audit.c.seq, audit.c.hash).order_by(desc(audit.c.seq)).limit(1)
    last = (await connection.execute(newest)).first()
    seq, previous = (0, BEGINNING) if last is None else (last.seq, last.hash)
    for entry in entries:
        link = sealed(seq + 1, entry, previous)
        await connection.execute(insert(audit).values(_as_row(link)))
        seq, previous = link.seq, link.hash


class SqlAudit:
    """Keeps it in a `Database` that was upgraded."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @whole
    async def enter(self, *entries: Entry) -> None:
        """Append entries that stand for themselves; those of a change belong into its transaction: `enter_in`."""
        async with self._database.writing() as connection:
            await enter_in(connection, *entries)

    @whole
    async def entries(
        self, after: int = 0, *, incident_id: str | None = None, since: datetime | None = None, limit: int = PAGE
    ) -> tuple[Kept, ...]:
        """Return entries beyond the ``after``-th, oldest first: those of an incident, those since a moment."""
        query = select(audit).where(audit.c.seq > after).order_by(audit.c.seq).limit(limit)
        if incident_id is not None:
            query = query.where(audit.c.incident_id == incident_id)
        if since is not None:
            query = query.where(audit.c.at >= since)
        return await self._read(query)

    async def _read(self, query: Select[Any]) -> tuple[Kept, ...]:
        async with self._database.reading() as connection:
            return tuple(kept(row) for row in await connection.execute(query))


def _as_row(link: Kept) -> dict[str, object]:
    entry = link.entry
    said = json.dumps(entry.what, sort_keys=True, ensure_ascii=False, allow_nan=False)
    place = {"seq": link.seq, "previous_hash": link.previous_hash, "hash": link.hash}
    return {**entry.model_dump(include={"at", "kind", "by", "incident_id"}), "what": said, **place}
