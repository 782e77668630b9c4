"""Incidents in Slack: each fact becomes parcels in the outbox, and that is "shown". Slack itself may be away."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from bot.slack.wrapping import Wrapping
from bot.thread.message import Message
from bot.thread.options import Options
from incident.facts import Fact
from incident.model import Incident
from storage.memory import SqlMemory
from storage.outbox import SqlOutbox
from storage.parcel import Parcel


class Drawing(NamedTuple):
    """How incidents look; `bot.thread`. Called in a thread of its own, since pictures take a while."""

    draw: Callable[[Incident, Fact | None, int, Options], tuple[Message, ...]]
    redrawn: Callable[[Incident, Fact | None, int, Options], tuple[tuple[int, Message], ...]]
    card: Callable[[Incident, Options], Message]
    question: Callable[[Incident, Options], tuple[tuple[int, Message], ...]]
    options: Callable[[], Awaitable[Options]]


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
            options = await self._drawing.options()
            parcels = await asyncio.to_thread(self._parcels, Wrapping(incident, thread), fact, seq, options)
            await self._outbox.put(*parcels)

    async def refresh(self, incident: Incident) -> None:
        """Bring the card, and an open question, up to date where no fact has changed them."""
        thread = await self._memory.thread(incident.id)
        if thread is not None:
            parcels = await asyncio.to_thread(self._fresh, Wrapping(incident, thread), await self._drawing.options())
            await self._outbox.put(*parcels)

    def _fresh(self, wrapping: Wrapping, options: Options) -> list[Parcel]:
        asked = self._drawing.question(wrapping.incident, options)
        card = wrapping.card(self._drawing.card(wrapping.incident, options))
        return [card, *(wrapping.again(message, seq) for seq, message in asked)]

    def _parcels(self, wrapping: Wrapping, fact: Fact | None, seq: int, options: Options) -> list[Parcel]:
        """The card comes first: the thread hangs from it."""
        incident = wrapping.incident
        changed = self._drawing.redrawn(incident, fact, seq, options)
        return [
            wrapping.card(self._drawing.card(incident, options)),
            *wrapping.reactions(seq),
            *wrapping.session(seq),
            *wrapping.told(self._drawing.draw(incident, fact, seq, options), seq, options.incident_channel),
            *(wrapping.again(message, earlier) for earlier, message in changed),
        ]
