"""Leases of two replicas on a real server, by its clock; and of the one server that an embedded database has."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from incident.facts import Answered, Remark, Stopped
from incident.model import Incident
from incident.status import Status
from storage.database import Database
from storage.leases import LASTS, SURE, Left, SqlLeases
from storage.memory import Origin
from storage.store import SqlStore
from tests.clock import Clock
from tests.incident import made
from tests.incident.made import REACHED

on_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


@pytest.fixture
def elapsed() -> Clock[float]:
    """The seconds that a process believes have passed."""
    return Clock(0.0)


@pytest.fixture
def mine(database: Database, elapsed: Clock[float]) -> SqlLeases:
    return SqlLeases(database, elapsed)


@pytest.fixture
async def theirs(url: str, database: Database) -> AsyncIterator[SqlLeases]:
    del database  # it makes the tables
    async with Database(url) as other:
        yield SqlLeases(other)


async def ages(database: Database, seconds: float) -> None:
    """Let the leases be as old as if the time had passed in the database."""
    async with database.writing() as connection:
        await connection.execute(text("UPDATE leases SET until = until - :seconds"), {"seconds": seconds})


@on_postgresql
async def test_of_many_that_want_one_lease_at_once_one_gets_it(database: Database, url: str) -> None:
    async with Database(url) as other:
        wanting = [SqlLeases(each) for each in (database, other) * 4]
        got = await asyncio.gather(*(each.take("INC-1") for each in wanting))
    assert sorted(got) == [False] * 7 + [True]
    assert [each.holds("INC-1") for each in wanting] == got


@on_postgresql
async def test_what_is_given_back_can_be_taken_at_once(mine: SqlLeases, theirs: SqlLeases) -> None:
    assert await mine.take("INC-1")
    assert not await theirs.take("INC-1")
    await mine.give_back("INC-1")
    assert not mine.holds("INC-1")
    assert await theirs.take("INC-1")
    await mine.give_back("INC-1")
    assert not await mine.take("INC-1")


@on_postgresql
async def test_a_lease_that_is_renewed_stays_and_one_that_is_not_is_taken_over(
    database: Database, mine: SqlLeases, theirs: SqlLeases
) -> None:
    assert await mine.take("INC-1")
    await ages(database, LASTS - 1)
    await mine.renew()
    await ages(database, LASTS - 1)
    assert not await theirs.take("INC-1")
    await ages(database, 2)
    assert await theirs.take("INC-1")


@on_postgresql
async def test_whoever_was_away_for_too_long_learns_that_it_has_lost(
    database: Database, mine: SqlLeases, theirs: SqlLeases
) -> None:
    assert await mine.take("INC-1")
    assert await mine.take("INC-2")
    await ages(database, LASTS + 1)
    assert await theirs.take("INC-1")
    await mine.renew()
    assert (mine.holds("INC-1"), mine.holds("INC-2")) == (False, True)
    assert not await theirs.take("INC-2")


@on_postgresql
async def test_without_the_database_a_holder_stops_before_others_may_begin(
    mine: SqlLeases, elapsed: Clock[float]
) -> None:
    assert SURE < LASTS
    assert await mine.take("INC-1")
    elapsed.now = SURE - 0.1
    assert mine.holds("INC-1")
    elapsed.now = SURE
    assert not mine.holds("INC-1")


@on_postgresql
async def test_a_process_that_ends_gives_all_back(database: Database, theirs: SqlLeases) -> None:
    async with SqlLeases(database) as ending:
        assert await ending.take("INC-1")
    assert await theirs.take("INC-1")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_an_embedded_database_has_one_server_which_gets_all_it_wants(
    mine: SqlLeases, elapsed: Clock[float]
) -> None:
    assert await mine.take("INC-1")
    elapsed.now = 10 * LASTS
    await mine.renew()
    assert mine.holds("INC-1")


async def test_of_two_tasks_of_one_process_the_second_is_refused_until_the_first_gives_back(mine: SqlLeases) -> None:
    assert sorted(await asyncio.gather(mine.take("INC-1"), mine.take("INC-1"))) == [False, True]
    await mine.give_back("INC-1")
    assert not mine.holds("INC-1")
    assert await mine.take("INC-1")


@asynccontextmanager
async def locked(url: str, name: str) -> AsyncIterator[None]:
    """Let whoever would touch a lease wait."""
    async with Database(url) as other, other.writing() as connection:
        await connection.execute(text("SELECT FROM leases WHERE name = :name FOR UPDATE"), {"name": name})
        yield


async def waits(database: Database, many: int) -> None:
    """Return when so many wait for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    found = 0
    while found < many:
        async with database.reading() as connection:
            found = (await connection.execute(text(query))).scalar_one()


@on_postgresql
async def test_what_is_wanted_anew_while_leases_are_renewed_is_not_taken_for_lost(
    database: Database, url: str, mine: SqlLeases, theirs: SqlLeases
) -> None:
    assert [await mine.take("first"), await mine.take("INC-1")] == [True, True]
    async with AsyncExitStack() as later:
        async with locked(url, "first"):
            renewing = asyncio.create_task(mine.renew())
            await waits(database, 1)
            await mine.give_back("INC-1")
            assert await theirs.take("INC-1")
            await later.enter_async_context(locked(url, "INC-1"))
            wanting = asyncio.create_task(mine.take("INC-1"))
            await waits(database, 2)
        await renewing
    assert not await wanting
    assert [mine.holds("first"), mine.holds("INC-1")] == [True, False]


async def test_what_was_cancelled_while_it_was_taking_a_lease_has_not_got_it(
    mine: SqlLeases, database: Database
) -> None:
    taking = asyncio.create_task(mine.take("INC-1"))
    await asyncio.sleep(0)
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert await SqlLeases(database).take("INC-1")
    assert not mine.holds("INC-1")


async def begun(database: Database, name: str, **changed: object) -> Incident:
    alert = made.ALERT.model_copy(update={"service": name})
    incident = made.incident(name=name).model_copy(update={"alert": alert, **changed})
    await SqlStore(database).beginning_at(Origin("C1")).open(incident)
    await SqlStore(database).mark_shown(name, 0)
    return incident


async def test_what_is_unattended_goes_on_by_itself_or_was_not_shown(database: Database, mine: SqlLeases) -> None:
    store = SqlStore(database)
    await begun(database, "INC-OPEN")
    await store.append(await begun(database, "INC-UNSHOWN"), Stopped(at=datetime.now(UTC), by="U1"))
    await store.append(await begun(database, "INC-OVER"), Stopped(at=datetime.now(UTC), by="U1"))
    await store.mark_shown("INC-OVER", 1)
    await store.open(made.incident(name="INC-SHELL"))  # begun at a terminal: it has no thread
    assert set(await mine.unattended()) == {
        Left("INC-OPEN", Status.INVESTIGATING, shown=True),
        Left("INC-UNSHOWN", Status.REPORTED, shown=False),
    }


async def test_what_was_asked_and_not_answered_is_owed(database: Database, mine: SqlLeases) -> None:
    store, now = SqlStore(database), datetime.now(UTC)
    asks = Remark(at=now, by="U1", text='"asks":true', asks=True)
    owing = await store.append(await begun(database, "INC-OWING"), asks)
    told = await store.append(await begun(database, "INC-TOLD"), asks.model_copy(update={"asks": False}))
    assert await mine.owing() == ("INC-OWING",)
    assert told.owed == ()
    await store.append(owing, Answered(at=now, to=1, text="so", by="offline"))
    assert await mine.owing() == ()


@on_postgresql
async def test_what_somebody_works_on_is_attended_while_they_live(database: Database, theirs: SqlLeases) -> None:
    await begun(database, "INC-1")
    await theirs.take("INC-1")
    assert await SqlLeases(database).unattended() == ()
    await ages(database, LASTS + 1)
    assert await SqlLeases(database).unattended() == (Left("INC-1", Status.INVESTIGATING, shown=True),)


async def test_what_has_ended_is_told_with_whether_it_was_called_off(database: Database, mine: SqlLeases) -> None:
    store = SqlStore(database)
    await begun(database, "INC-OPEN")
    over = await begun(database, "INC-OVER")
    for fact in REACHED["reported"][1]:
        over = await store.append(over, fact)
    await store.append(await begun(database, "INC-STOPPED"), made.STOPPED)
    asked = ["INC-OPEN", "INC-OVER", "INC-STOPPED", "INC-NONE"]
    assert await mine.ended(asked) == {"INC-OVER": False, "INC-STOPPED": True}
    assert await mine.ended([]) == {}
