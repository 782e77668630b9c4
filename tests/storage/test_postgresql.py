"""What only a server can do: go away and come back, be asked by many at once, be named otherwise."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from storage.database import Database, UnusableDatabase
from storage.feedback import Rating, SqlFeedback
from storage.memory import SqlMemory
from storage.outbox import SqlOutbox
from storage.parcel import Kind, Parcel
from storage.store import SqlStore
from tests.incident import made
from tests.postgres import Server


@pytest.fixture
def engine() -> str:
    return "postgresql"


async def test_connections_that_the_server_has_cut_are_replaced(database: Database, url: str) -> None:
    async with Database(url) as other, other.reading() as connection:
        mine = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> "
        await connection.execute(text(mine + "pg_backend_pid()"))
    assert await SqlMemory(database).first_time("Ev1")


async def test_many_may_migrate_at_once(url: str) -> None:
    databases = [Database(url) for _ in range(5)]
    assert sorted(await asyncio.gather(*(each.upgrade() for each in databases))) == [False] * 4 + [True]
    await asyncio.gather(*(each.close() for each in databases))


async def test_what_two_replicas_say_at_once_has_one_order(database: Database, url: str) -> None:
    async with Database(url) as other:
        boxes = [SqlOutbox(database), SqlOutbox(other)]
        await asyncio.gather(*(
            boxes[n % 2].put(Parcel(f"{n:02}", "C1", Kind.POST, {"text": "x"}), Parcel(f"{n:02}+", "C1", Kind.POST, {}))
            for n in range(20)
        ))  # fmt: skip
        said: list[str] = []
        while parcel := await boxes[0].first("C1"):
            said.append(parcel.key)
            await boxes[1].take(parcel.key)
            await boxes[1].sent(parcel.key, "1.1")
    assert len(said) == 40
    assert all(second == first + "+" for first, second in zip(said[::2], said[1::2], strict=True))


async def test_one_key_put_by_two_replicas_at_once_is_taken_in_once(database: Database, url: str) -> None:
    async with Database(url) as other:
        card = Parcel("card", "C1", Kind.POST, {"text": "x"}, version=1)
        await asyncio.gather(*(SqlOutbox(each).put(card) for each in (database, other) * 5))
    assert (await SqlOutbox(database).take("card")).version == 1


async def test_one_person_who_rates_on_two_replicas_at_once_has_one_word(database: Database, url: str) -> None:
    await SqlStore(database).open(made.incident())
    async with Database(url) as other:
        rating = (SqlFeedback(each).rate("INC-1", "U1", word) for each in (database, other) for word in Rating)
        await asyncio.gather(*rating)
    assert len(await SqlFeedback(database).since(datetime(2000, 1, 1, tzinfo=UTC))) == 1


async def test_a_server_that_is_not_there_is_told_in_one_sentence_without_the_password(postgresql: Server) -> None:
    address = postgresql.database().replace("@", ":secret@").replace("/postgres?", "/nowhere?")
    async with Database(address) as database:
        with pytest.raises(UnusableDatabase, match='database "nowhere" does not exist') as told:
            await database.upgrade()
    assert "secret" not in str(told.value)


async def test_sslmode_is_understood_as_everywhere_else(postgresql: Server) -> None:
    async with Database(postgresql.database() + "&sslmode=disable") as database:
        assert await database.upgrade()
