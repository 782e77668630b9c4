"""Draws the pictures and reports that the outbox names, beside everything else: a text never waits for a picture."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from bot.slack.plainer import apology
from bot.slack.wrapping import seq_of
from storage.outbox import SqlOutbox
from storage.parcel import Waiting

logger = logging.getLogger(__name__)

Paint = Callable[[str, int, str], Awaitable[bytes]]
"""From an incident's id, a fact's seq and a file's name to the file."""
LOOK = 5.0
"""Seconds after which to look for work that nobody told of."""


class Painter:
    """Draws one file after another until it is left (``async with``). Left or killed, the next one draws it anew.

    What can't be drawn is said in the file's place.
    """

    def __init__(self, outbox: SqlOutbox, paint: Paint) -> None:
        self._outbox = outbox
        self._paint = paint

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._outbox.sketches.clear()
            try:
                while (file := await self._outbox.first_undrawn()) is not None:
                    await self._draw(file)
            except Exception:  # whatever keeps the rows from being read: they stay, and are looked for again
                logger.exception("the outbox can't be read")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._outbox.sketches.wait(), LOOK)

    async def _draw(self, file: Waiting) -> None:
        try:
            content = await self._paint(file.incident_id, seq_of(file), file.body["filename"])
        except Exception as why:  # a library's trouble with one incident costs that incident's picture only
            logger.exception("%s can't be drawn", file.key)
            told = str(why) or type(why).__name__
            await self._outbox.failed(file.key, told, apology(file, told))
        else:
            await self._outbox.drawn(file.key, content)
