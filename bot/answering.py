"""Answers what people ask in an incident's thread, each question once: what a process that died owes, another one pays.

The answer is a fact like any other: stored, shown by the outbox, in the report.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.mistakes import Mistake
from incident.model import Incident, OutOfOrder

if TYPE_CHECKING:
    from agents.questions.answering import Answerer
    from bot.app import Place
    from bot.kept import Storage
    from bot.places import Places
    from bot.runner import Runner

logger = logging.getLogger(__name__)

AT_ONCE = 2
"""Questions that are answered at the same time: they read telemetry, and compute."""


class Answering:
    """One for the process."""

    def __init__(self, runner: Runner, storage: Storage, places: Places, answerer: Answerer) -> None:
        self._runner, self._store, self._leases = runner, storage.store, storage.leases
        self._places, self._answerer = places, answerer
        self._room = asyncio.Semaphore(AT_ONCE)

    async def answer(self, incident_id: str, seq: int) -> None:
        """Answer the question that is an incident's ``seq``-th fact, unless somebody does already."""
        lease = f"{incident_id}:{seq}"
        if not await self._leases.take(lease):
            return
        try:
            async with self._room:
                await self._answer(await self._store.load(incident_id), seq)
        finally:
            await self._leases.give_back(lease)

    async def pay(self) -> None:
        """Answer what was asked and never answered: a process died in between."""
        for incident_id in await self._leases.owing():
            for seq in (await self._store.load(incident_id)).owed:
                try:
                    await self.answer(incident_id, seq)
                except Exception:  # the process's edge: one question that can't be answered holds up none of the others
                    logger.exception("%s: the question %d could not be answered", incident_id, seq)

    async def _answer(self, incident: Incident, seq: int) -> None:
        if seq not in incident.owed:
            return
        place = await self._place(incident)
        now = max(place.clock.now() if place else datetime.now(UTC), *(fact.at for fact in incident.facts))
        answer = await self._answerer.answer(incident, seq, now, place.telemetry if place else None)
        with suppress(OutOfOrder):  # the lease was lost, and somebody else has answered it
            await self._runner.note(incident.id, lambda at: answer.model_copy(update={"at": at}))

    async def _place(self, incident: Incident) -> Place | None:
        """Return where it happened, as it is now; None where that can't be found again."""
        try:
            return await self._places.again(incident)
        except Mistake as gone:
            logger.info("%s: its telemetry can't be read again: %s", incident.id, gone.message)
            return None
