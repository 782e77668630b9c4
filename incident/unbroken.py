"""A call that must not be cut in the middle: a dispatch that is under way when the process has to leave."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

LEAVING = 10.0
"""Seconds that a call may go on after a cancellation: platforms kill what takes half a minute to leave."""

Answer = TypeVar("Answer")


async def unbroken(call: Coroutine[Any, Any, Answer], leaving: float = LEAVING) -> Answer:
    """Return the call's answer. A cancellation counts afterwards, at the next wait, so that the answer isn't lost.

    A call that takes longer to end than ``leaving`` seconds is cut after all, and raises CancelledError.
    """
    task = asyncio.ensure_future(call)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if task.cancelled():
            raise
        await _at_its_end(task, leaving)
        if not task.done():
            task.cancel()
            raise
        if (waiting := asyncio.current_task()) is not None:
            waiting.cancel()
        return task.result()


async def _at_its_end(task: asyncio.Future[Any], leaving: float) -> None:
    """Wait for the end, however often somebody cancels meanwhile."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + leaving
    while not task.done() and (left := deadline - loop.time()) > 0:
        with suppress(asyncio.CancelledError):
            await asyncio.wait({task}, timeout=left)
