"""One look at the outbox after another: at each news of it, and now and then without any."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)


async def look(news: asyncio.Event, work: Callable[[], Awaitable[None]], longest: float) -> None:
    """Do what waits, and return when there is news or after so many seconds. Whatever fails is tried the next time."""
    news.clear()
    try:
        await work()
    except Exception:  # whatever keeps the rows from being read: they stay, and are looked for again
        logger.exception("the outbox can't be read")
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(news.wait(), longest)
