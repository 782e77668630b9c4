"""The kill switch on real SQLite: shared by processes, and each press is in the audit trail."""

import asyncio
from datetime import UTC, datetime

from incident.facts import RollbackStarted
from incident.policy import Pause
from incident.ports import Paused
from storage.audit import SqlAudit
from storage.database import Database
from storage.pause import SqlSwitch
from storage.store import SqlStore
from storage.tampering import verify
from tests.incident import made

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HELD = Pause(by="SFA_PAUSED", since=NOW)


def clock() -> datetime:
    return NOW


async def told(database: Database) -> list[tuple[str, str]]:
    return [(kept.entry.kind, kept.entry.by) for kept in await SqlAudit(database).entries()]


async def test_a_pause_is_seen_by_other_processes_survives_them_and_ends_for_all(url: str, database: Database) -> None:
    pause = await SqlSwitch(database, now=clock).pause("U0ADA", "maintenance")
    async with Database(url) as other:
        assert await SqlSwitch(other).standing() == pause == Pause(by="U0ADA", since=NOW, reason="maintenance")
        assert await SqlSwitch(other).resume("U0BEN") == pause
    assert await SqlSwitch(database).standing() is None
    assert await told(database) == [("paused", "U0ADA"), ("resumed", "U0BEN")]
    assert (await verify(database)).flaws == ()


async def test_of_two_who_pause_at_once_the_first_one_stands_and_both_are_told_of(url: str, database: Database) -> None:
    async with Database(url) as other:
        said = await asyncio.gather(SqlSwitch(database).pause("U0ADA"), SqlSwitch(other).pause("U0BEN"))
    standing = await SqlSwitch(database).standing()
    assert {*said} == {standing}
    entries = [kept.entry for kept in await SqlAudit(database).entries()]
    assert [entry.what["already"] for entry in entries] == [False, True]
    assert {entry.by for entry in entries} == {"U0ADA", "U0BEN"}


async def test_there_is_nothing_to_resume_where_nobody_has_paused(database: Database) -> None:
    assert await SqlSwitch(database).resume("U0ADA") is None
    assert await told(database) == []


async def test_a_pause_that_a_setting_holds_outlasts_a_resume(database: Database) -> None:
    switch = SqlSwitch(database, HELD)
    assert await switch.pause("U0ADA") == HELD
    ended = await switch.resume("U0BEN")
    assert ended is not None
    assert ended.by == "U0ADA"
    assert await switch.standing() == HELD


async def test_a_process_that_begins_with_the_setting_is_in_the_trail(database: Database) -> None:
    await SqlSwitch(database).begin()
    assert await told(database) == []
    await SqlSwitch(database, HELD).begin()
    assert await told(database) == [("paused", "SFA_PAUSED")]


async def test_a_start_that_meets_a_pause_is_either_before_it_in_the_trail_or_refused(
    url: str, database: Database
) -> None:
    store, one = SqlStore(database), made.incident()
    await store.open(one)
    for fact in made.RUNNING[:-1]:
        one = await store.append(one, fact)
    async with Database(url) as other:
        started, _ = await asyncio.gather(
            store.append(one, made.STARTED), SqlSwitch(other).pause("U0ADA"), return_exceptions=True
        )
    order = [kind for kind, _ in await told(database) if kind in {"rollback_started", "paused"}]
    refused = isinstance(started, Paused)
    assert order == (["paused"] if refused else ["rollback_started", "paused"])
    assert ((await store.load(one.id)).last(RollbackStarted) is None) is refused
