"""Draws the pictures and reports that the outbox names, beside everything else: a text never waits for a picture."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.slack.plainer import apology
from bot.slack.rounds import look
from bot.slack.wrapping import seq_of
from storage.outbox import SqlOutbox
from storage.parcel import Waiting

logger = logging.getLogger(__name__)

Paint = Callable[[str, int, str], Awaitable[bytes]]
"""From an incident's id, a fact's seq and a file's name to the file."""
LONGEST = 5.0
"""Seconds after which to look for work that nobody told of."""


@asynccontextmanager
async def painting(outbox: SqlOutbox, paint: Paint) -> AsyncIterator[None]:
    """Draw one file after another until this is left. Left or killed, the next one draws that file anew.

    What can't be drawn is said in the file's place.
    """
    running = asyncio.create_task(_paint_on(outbox, paint))
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _paint_on(outbox: SqlOutbox, paint: Paint) -> None:
    async def all_that_waits() -> None:
        while (file := await outbox.first_undrawn()) is not None:
            await _draw(outbox, paint, file)

    while True:
        await look(outbox.sketches, all_that_waits, LONGEST)


async def _draw(outbox: SqlOutbox, paint: Paint, file: Waiting) -> None:
    try:
        content = await paint(file.incident_id, seq_of(file), file.body["filename"])
    except Exception as why:  # a library's trouble with one incident costs that incident's picture only
        logger.exception("%s can't be drawn", file.key)
        told = str(why) or type(why).__name__
        await outbox.failed(file.key, told, apology(file, told))
    else:
        await outbox.drawn(file.key, content)
