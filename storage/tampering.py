"""Looks whether the audit trail is whole, and whether the facts that it tells of are still what they were."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.audit import BEGINNING, Kept, kept, sealed
from storage.audited import TOLD, seal
from storage.database import Database
from storage.tables import audit, facts, incidents
from storage.whole import whole

Place = tuple[str, int]
"""An incident's id and the seq of one of its facts."""


class Flaw(NamedTuple):
    """What is wrong: with the entry at ``seq``, or with a fact that has none (then None)."""

    seq: int | None
    why: str


class Verified(NamedTuple):
    """``newest`` is the hash of the last entry: kept elsewhere, it shows later whether the end was cut off."""

    entries: int
    newest: str
    flaws: tuple[Flaw, ...]


class _Walk:
    """From the first entry to the last; knows which facts were told of."""

    def __init__(self) -> None:
        self.seq, self.newest = 0, BEGINNING
        self.begun: datetime | None = None
        self.first: dict[str, int] = {}
        self.told: dict[Place, tuple[int, str]] = {}

    def step(self, row: Row[Any]) -> Iterator[Flaw]:
        """Look at the next entry."""
        if row.seq != self.seq + 1:
            yield Flaw(row.seq, f"entries {self.seq + 1} to {row.seq - 1} are missing")
        self.begun = self.begun or row.at
        try:
            entry = kept(row)
        except ValueError:
            yield Flaw(row.seq, "the entry can't be read")
        else:
            yield from self._judged(entry)
        self.seq, self.newest = row.seq, row.hash

    def ought_to_tell(self, place: Place, opened: datetime) -> bool:
        """Tell whether a fact was stored since the trail began: with it, or after one of its incident that was told."""
        earlier = self.first.get(place[0], place[1]) < place[1]
        return earlier or (self.begun is not None and opened >= self.begun)

    def _judged(self, entry: Kept) -> Iterator[Flaw]:
        if sealed(entry.seq, entry.entry, entry.previous_hash).hash != entry.hash:
            yield Flaw(entry.seq, "the entry isn't what was entered")
        elif entry.previous_hash != self.newest:
            yield Flaw(entry.seq, "the entry before it isn't the one that was there when it was entered")
        match entry.entry.what.get("fact"):
            case {"seq": int(seq), "sha256": str(seal_)} if entry.entry.incident_id is not None:
                self.told[entry.entry.incident_id, seq] = entry.seq, seal_
                self.first.setdefault(entry.entry.incident_id, seq)


@whole
async def verify(database: Database) -> Verified:
    """Read it all and return every flaw, first the trail's own in order."""
    walk = _Walk()
    async with database.reading() as connection:
        rows = await connection.stream(select(audit).order_by(audit.c.seq))
        flaws = [flaw async for row in rows for flaw in walk.step(row)]
        flaws += [flaw async for flaw in _facts_compared(connection, walk)]
    return Verified(walk.seq, walk.newest, tuple(flaws))


async def _facts_compared(connection: AsyncConnection, walk: _Walk) -> AsyncIterator[Flaw]:
    """Compare facts with their seals. Those of incidents that are older than the trail may have none."""
    columns = select(facts.c.incident_id, facts.c.seq, facts.c.kind, facts.c.body, incidents.c.stored_at)
    query = columns.join(incidents, incidents.c.id == facts.c.incident_id).where(facts.c.kind.in_(TOLD))
    untold = dict(walk.told)
    async for row in await connection.stream(query.order_by(facts.c.incident_id, facts.c.seq)):
        place = (row.incident_id, row.seq)
        seq, told = untold.pop(place, (None, None))
        where = f"fact {row.seq} of {row.incident_id} ({row.kind})"
        if told is None and walk.ought_to_tell(place, row.stored_at):
            yield Flaw(None, f"{where} has no entry")
        elif told is not None and told != seal(row.body):
            yield Flaw(seq, f"{where} isn't what was stored")
    for (incident_id, number), (seq, _) in untold.items():
        yield Flaw(seq, f"fact {number} of {incident_id} is gone")
