"""The way from the outbox to Slack: a lane for each channel, in order, and one for edits."""

import asyncio
import contextlib
import logging
from types import TracebackType
from typing import Self

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.carrier import Carrier
from bot.slack.pace import Lane, Pace
from bot.slack.rounds import look
from storage.outbox import SqlOutbox
from storage.parcel import Kind

logger = logging.getLogger(__name__)

EDITS = None
"""The lane of edits, which belong to no channel's order: the newest state of a message is all that counts."""


UNCOUNTED = {Kind.REACT, Kind.UNREACT, Kind.SESSION}
"""What says nothing in the channel takes nobody's turn."""


class Delivery:
    """Sends what waits until it is left (``async with``). Killed or left, the next one goes on from the rows.

    The client must not retry by itself: a call whose answer was lost would be made twice.
    """

    def __init__(self, outbox: SqlOutbox, client: AsyncWebClient, pace: Pace | None = None) -> None:
        if client.retry_handlers:
            message = "the client of a Delivery has to be made with retry_handlers=[]"
            raise ValueError(message)
        self._outbox = outbox
        self._pace = pace or Pace()
        self._carrier = Carrier(outbox, client, self._pace)
        self._lanes: dict[str | None, Lane] = {}
        self._going: dict[str | None, asyncio.Task[None]] = {}
        self._again: set[str | None] = set()
        self._ending = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ending.set()
        self._outbox.news.set()
        await self._running
        if self._going:
            _, late = await asyncio.wait(self._going.values(), timeout=self._pace.goodbye)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _run(self) -> None:
        while not self._ending.is_set():
            await look(self._outbox.news, self._go_everywhere, self._pace.look)

    async def _go_everywhere(self) -> None:
        """Keep a lane going wherever something waits."""
        for channel in (EDITS, *await self._outbox.channels()):
            self._go(channel)

    def _go(self, channel: str | None) -> None:
        if channel in self._going:
            self._again.add(channel)
            return
        task = self._going[channel] = asyncio.create_task(self._lane(channel))
        task.add_done_callback(lambda _: self._gone(channel, task))

    def _gone(self, channel: str | None, task: asyncio.Task[None]) -> None:
        """Begin once more where news came while the lane was about to end."""
        del self._going[channel]
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("delivery to %s stumbled and is tried again soon", channel or "edits", exc_info=error)
        elif channel in self._again and not self._ending.is_set():
            self._again.discard(channel)
            self._go(channel)

    async def _lane(self, channel: str | None) -> None:
        """Send what waits there, unless another replica does."""
        if await self._outbox.claim(channel):
            try:
                await self._send_all(channel)
            finally:
                await self._outbox.let_go(channel)

    async def _send_all(self, channel: str | None) -> None:
        """Send what waits, first things first, looking anew after every pause: something urgent may have come."""
        lane = self._lanes.setdefault(channel, self._new_lane(channel))
        while not self._ending.is_set() and self._outbox.claimed(channel):
            parcel = await (self._outbox.first_edit() if channel is EDITS else self._outbox.first(channel))
            if parcel is None:
                return
            if pause := lane.take(counted=parcel.kind not in UNCOUNTED):
                await self._rest(pause)
            else:
                await self._carrier.deliver(lane, parcel)

    def _new_lane(self, channel: str | None) -> Lane:
        pace = self._pace
        return Lane(pace, pace.edit_every, 1) if channel is EDITS else Lane(pace, pace.post_every, pace.burst)

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ending.wait(), seconds)
