"""A dispatch that is under way is not cut in the middle."""

import asyncio

import pytest

from incident.unbroken import unbroken


class Call:
    """One that says when it began, and ends when it is let."""

    def __init__(self) -> None:
        self.begun, self.let, self.cut = asyncio.Event(), asyncio.Event(), False

    async def make(self) -> str:
        self.begun.set()
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.cut = True
            raise
        return "answered"


async def test_a_cancellation_counts_once_the_call_was_answered_and_the_answer_was_kept() -> None:
    call, kept = Call(), []

    async def work() -> None:
        kept.append(await unbroken(call.make()))
        await asyncio.sleep(0)
        kept.append("went on")

    working = asyncio.create_task(work())
    await call.begun.wait()
    for _ in range(5):
        working.cancel()
        await asyncio.sleep(0)
    call.let.set()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert (kept, call.cut) == (["answered"], False)


async def test_a_call_that_fails_fails() -> None:
    async def refused() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await unbroken(refused())


async def test_a_call_that_cancels_itself_is_cancelled() -> None:
    async def given_up() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await unbroken(given_up())


async def test_nobody_waits_for_ever() -> None:
    call = Call()
    working = asyncio.create_task(unbroken(call.make(), leaving=0.01))
    await call.begun.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    await asyncio.sleep(0)
    assert call.cut
