"""What is looked at again by itself: open questions as they want it, and what is done every so often."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from storage.store import SqlStore

PRECEDENCE = timedelta(seconds=2)
"""Whoever asked a question looks first; other replicas come after."""


class Timers:
    """One for the process; every moment is read from the store. ``look`` goes on with an incident."""

    def __init__(self, store: SqlStore, look: Callable[[str], None]) -> None:
        self._store = store
        self._go_on = look
        self._timers = AsyncIOScheduler(timezone=UTC)
        self._under_way: set[asyncio.Future[object]] = set()

    def begin(self) -> None:
        """Begin, with all that is done every so often."""
        self._timers.start()

    def every(self, length: timedelta, work: Callable[[], Awaitable[object]], *, at_once: bool = True) -> None:
        """Do something every so often, at the beginning as well unless ``at_once`` is false."""
        begin = datetime.now(UTC) + (timedelta(0) if at_once else length)
        kept = {"seconds": length.total_seconds(), "next_run_time": begin, "misfire_grace_time": None}
        self._timers.add_job(self._do, "interval", args=[work], **kept)

    async def close(self) -> None:
        """Look at nothing any more, and end what is under way."""
        if self._timers.running:
            self._timers.shutdown(wait=False)
        if self._under_way:
            await asyncio.wait(self._under_way)

    def at(self, incident_id: str, moment: datetime) -> None:
        """Look at an incident then; the latest word counts."""
        kept = {"id": incident_id, "replace_existing": True, "misfire_grace_time": None}
        self._timers.add_job(self._look, "date", args=[incident_id], run_date=moment, **kept)

    async def asked(self, incident_id: str) -> None:
        """See to it that a question which another replica asked is looked at here as well when it is due."""
        if self._timers.get_job(incident_id) is None:
            due = (await self._store.load(incident_id)).due
            if due is not None:
                self.at(incident_id, max(due, datetime.now(UTC)) + PRECEDENCE)

    async def _do(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do it, and end quietly where we end: APScheduler logs a cancellation as if something had gone wrong."""
        task = asyncio.ensure_future(work())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        with suppress(asyncio.CancelledError):
            await task

    async def _look(self, incident_id: str) -> None:
        self._go_on(incident_id)
