"""Incidents in Slack: each fact becomes parcels in the outbox, and that is "shown". Slack itself may be away."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from bot.slack.wrapping import Wrapping
from bot.thread.message import Message
from incident.facts import Fact
from incident.model import Incident
from storage.memory import SqlMemory
from storage.outbox import SqlOutbox
from storage.parcel import Parcel


class Drawing(NamedTuple):
    """How incidents look; `bot.thread`. Called in a thread of its own, since pictures take a while."""

    draw: Callable[[Incident, Fact | None, int], tuple[Message, ...]]
    redrawn: Callable[[Incident, Fact | None, int], tuple[tuple[int, Message], ...]]
    card: Callable[[Incident], Message]


class SlackChat:
    """Shows incidents in the threads that memory knows, and the others nowhere."""

    def __init__(self, outbox: SqlOutbox, memory: SqlMemory, drawing: Drawing) -> None:
        self._outbox = outbox
        self._memory = memory
        self._drawing = drawing

    async def show(self, incident: Incident, fact: Fact | None, seq: int) -> None:
        """Put what the fact adds and changes into the outbox; may be repeated."""
        thread = await self._memory.thread(incident.id)
        if thread is not None:
            parcels = await asyncio.to_thread(self._parcels, Wrapping(incident, thread), fact, seq)
            await self._outbox.put(*parcels)

    async def refresh(self, incident: Incident) -> None:
        """Bring the card up to date where no fact has changed it."""
        thread = await self._memory.thread(incident.id)
        if thread is not None:
            card = await asyncio.to_thread(self._drawing.card, incident)
            await self._outbox.put(Wrapping(incident, thread).card(card))

    def _parcels(self, wrapping: Wrapping, fact: Fact | None, seq: int) -> list[Parcel]:
        """The card comes first: the thread hangs from it."""
        incident = wrapping.incident
        return [
            wrapping.card(self._drawing.card(incident)),
            *wrapping.reactions(seq),
            *wrapping.session(seq),
            *wrapping.told(self._drawing.draw(incident, fact, seq), seq),
            *(wrapping.again(message, earlier) for earlier, message in self._drawing.redrawn(incident, fact, seq)),
        ]
