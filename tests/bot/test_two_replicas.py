"""Two runners that share a real PostgreSQL: each incident is worked on by one of them."""

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
from sqlalchemy import text

from bot.config import Settings
from bot.kept import Storage, open_storage
from bot.runner import Runner
from incident.facts import Remark, Turn
from incident.model import Incident
from incident.status import Status
from storage.database import Database
from storage.leases import LASTS
from tests.bot.slow import HERE, Seen, place, slow_crew
from tests.postgres import Server


class Replica(NamedTuple):
    runner: Runner
    seen: Seen
    storage: Storage


@pytest.fixture
def url(postgresql: Server) -> str:
    return postgresql.database()


async def replica(url: str) -> AsyncIterator[Replica]:
    async with open_storage(Settings(database_url=url)) as storage:
        seen = Seen()
        runner = Runner(slow_crew(storage, seen))
        await runner.resume()
        yield Replica(runner, seen, storage)
        await runner.close()


@pytest.fixture
async def one(url: str) -> AsyncIterator[Replica]:
    async for each in replica(url):
        yield each


@pytest.fixture
async def other(url: str, one: Replica) -> AsyncIterator[Replica]:
    del one
    async for each in replica(url):
        yield each


async def begun(at: Replica) -> Incident:
    incident = await at.runner.investigate(place(), HERE)
    await at.seen.until("turn")
    return incident


async def rested(*replicas: Replica) -> None:
    for each in replicas:
        await each.runner.at_rest()


async def test_a_stop_at_one_replica_ends_the_team_at_the_other(one: Replica, other: Replica) -> None:
    incident = await begun(one)
    stopped = await other.runner.stop(incident.id, "U0ADA")
    assert stopped.status is Status.REPORTED
    await rested(one, other)
    assert one.runner.running == 0
    assert [fact.kind for fact in (await other.storage.store.load(incident.id)).facts] == ["turn", "stopped"]


async def test_what_one_works_on_the_other_leaves_alone_and_adds_to(one: Replica, other: Replica) -> None:
    incident = await begun(one)
    joined = await other.runner.investigate(place(), HERE)
    assert joined.id == incident.id
    await other.runner.note(incident.id, lambda now: Remark(at=now, by="U0BEN", text="it began at noon"))
    await other.runner.at_rest()
    assert (one.runner.running, other.runner.running) == (1, 0)
    stored = await one.storage.store.load(incident.id)
    assert [fact.kind for fact in stored.facts] == ["turn", "alert_seen", "remark"]


async def test_what_one_has_let_go_of_goes_on_at_the_other(one: Replica, other: Replica) -> None:
    incident = await begun(one)
    await one.runner.close()
    while not other.runner.running:  # noqa: ASYNC110 - it looks by itself
        await asyncio.sleep(0.05)
    assert len((await other.storage.store.load(incident.id)).every(Turn)) == 1


async def test_a_replica_that_was_away_for_too_long_stops_when_another_has_taken_over(
    one: Replica, other: Replica, url: str
) -> None:
    incident = await begun(one)
    async with Database(url) as database, database.writing() as connection:
        await connection.execute(text("UPDATE leases SET until = until - :seconds"), {"seconds": LASTS + 1})
    assert await other.storage.leases.take(incident.id)
    await one.storage.leases.renew()
    await one.runner.at_rest()
    assert (await one.storage.store.load(incident.id)).status is Status.INVESTIGATING
