"""Operations that are cancelled in the middle."""

import asyncio

import pytest

from storage.database import Database, UnusableDatabase
from storage.memory import SqlMemory
from storage.whole import whole


async def test_an_operation_ends_before_its_cancellation_counts() -> None:
    said: list[str] = []
    may_end = asyncio.Event()

    @whole
    async def operation() -> None:
        said.append("begun")
        await may_end.wait()
        said.append("ended")

    waiting = asyncio.create_task(operation())
    await asyncio.sleep(0)
    for _ in range(3):
        waiting.cancel()
        await asyncio.sleep(0)
    assert said == ["begun"]
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert said == ["begun", "ended"]


async def test_what_was_cancelled_while_writing_is_written(database: Database) -> None:
    memory = SqlMemory(database)
    writing = [asyncio.create_task(memory.first_time(f"event {number}")) for number in range(20)]
    await asyncio.sleep(0)
    for task in writing:
        task.cancel()
    await asyncio.wait(writing)
    assert all(task.cancelled() for task in writing)
    assert [await memory.first_time(f"event {number}") for number in range(20)].count(True) == 0


async def test_closing_waits_for_what_is_under_way_and_lends_nothing_more(url: str) -> None:
    database = Database(url)
    lent, may_end = asyncio.Event(), asyncio.Event()

    async def look_up() -> None:
        async with database.reading():
            lent.set()
            await may_end.wait()

    looking = asyncio.create_task(look_up())
    await lent.wait()
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0.05)
    assert not closing.done()
    with pytest.raises(UnusableDatabase, match="closed"):
        async with database.reading():
            pass
    may_end.set()
    await asyncio.gather(closing, looking)
