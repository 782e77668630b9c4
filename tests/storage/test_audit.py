"""The audit trail on real SQLite files."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from incident.ports import LostRace
from storage.audit import BEGINNING, Entry, SqlAudit, enter_in, sealed
from storage.database import Database, UnusableDatabase

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def entry(kind: str = "paused", **rest: object) -> Entry:
    return Entry.model_validate({"at": NOW, "kind": kind, "by": "U0ADA", **rest})


async def test_what_was_entered_comes_back_in_order_and_chained(database: Database) -> None:
    trail = SqlAudit(database)
    await trail.enter(entry("paused", what={"reason": "é\x00 ☃", "n": 0.1}))
    await trail.enter(entry("resumed"), entry("refused", incident_id="INC-1"))
    first, second, third = await trail.entries()
    assert [each.entry.kind for each in (first, second, third)] == ["paused", "resumed", "refused"]
    assert (first.previous_hash, second.previous_hash, third.previous_hash) == (BEGINNING, first.hash, second.hash)
    assert first == sealed(1, entry("paused", what={"reason": "é\x00 ☃", "n": 0.1}), BEGINNING)


async def test_the_chain_holds_under_many_writers_of_two_processes(url: str, database: Database) -> None:
    async with Database(url) as second:
        trails = (SqlAudit(database), SqlAudit(second))
        await asyncio.gather(*(trails[n % 2].enter(entry(what={"n": n})) for n in range(30)))
    kept = await SqlAudit(database).entries()
    assert [each.seq for each in kept] == list(range(1, 31))
    assert all(later.previous_hash == earlier.hash for earlier, later in pairwise(kept))
    assert sorted(str(each.entry.what["n"]) for each in kept) == sorted(map(str, range(30)))


async def test_an_entry_is_kept_with_the_change_that_it_tells_of_or_not_at_all(database: Database) -> None:
    async def changed() -> None:
        async with database.writing() as connection:
            await enter_in(connection, entry())
            raise LostRace

    with pytest.raises(LostRace):
        await changed()
    assert await SqlAudit(database).entries() == ()


@pytest.mark.parametrize("deed", ["UPDATE audit SET by = 'U0EVE'", "DELETE FROM audit"])
async def test_the_database_itself_refuses_to_change_what_was_entered(database: Database, deed: str) -> None:
    await SqlAudit(database).enter(entry())
    with pytest.raises((IntegrityError, UnusableDatabase), match="append-only"):
        async with database.writing() as connection:
            await connection.execute(text(deed))
    assert len(await SqlAudit(database).entries()) == 1


async def test_entries_are_found_by_incident_and_by_time(database: Database) -> None:
    trail = SqlAudit(database)
    later = NOW + timedelta(hours=1)
    await trail.enter(entry("one", incident_id="INC-1"), entry("two"), entry("three", at=later))
    assert [each.entry.kind for each in await trail.entries(incident_id="INC-1")] == ["one"]
    assert [each.entry.kind for each in await trail.entries(since=later)] == ["three"]
    assert [each.entry.kind for each in await trail.entries(1, limit=1)] == ["two"]
