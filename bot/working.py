"""Which agent does what right now, and cards that are kept current with it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from incident.facts import Fact, Turn
from incident.model import Incident
from incident.ports import Chat

SOON = timedelta(milliseconds=300).total_seconds()
"""Changes that come closer together are shown as one."""

Doings = dict[str, str]


class Working:
    """Who is busy, for all incidents; ``refresh`` brings an incident's card up to date."""

    def __init__(self) -> None:
        self.refresh: Callable[[str], Awaitable[None]] | None = None
        self._doings: dict[str, Doings] = {}
        self._soon: dict[str, asyncio.Task[None]] = {}
        self._showing: set[asyncio.Task[None]] = set()

    def on(self, incident_id: str) -> Mapping[str, str]:
        """Return what each busy agent does for an incident, by its name."""
        return dict(self._doings.get(incident_id, {}))

    def begins(self, incident_id: str, agent: str, doing: str) -> None:
        """Note it, and show it soon."""
        self._doings.setdefault(incident_id, {})[agent] = doing
        if incident_id not in self._soon:
            task = self._soon[incident_id] = asyncio.create_task(self._show(incident_id))
            self._showing.add(task)
            task.add_done_callback(self._showing.discard)

    def has_spoken(self, incident_id: str, agent: str) -> None:
        """Note that an agent's turn is over."""
        self._doings.get(incident_id, {}).pop(agent, None)

    def forget(self, incident_id: str) -> None:
        """Let go of an incident on which nobody works any more."""
        self._doings.pop(incident_id, None)
        if (soon := self._soon.pop(incident_id, None)) is not None:
            soon.cancel()

    async def show(self, incident_id: str) -> None:
        """Bring an incident's card, and its open question, up to date."""
        if self.refresh is not None:
            await self.refresh(incident_id)

    async def close(self) -> None:
        """Show nothing any more, and wait for what is being shown."""
        for task in self._showing:
            task.cancel()
        await asyncio.gather(*self._showing, return_exceptions=True)

    async def _show(self, incident_id: str) -> None:
        await asyncio.sleep(SOON)
        self._soon.pop(incident_id, None)
        await self.show(incident_id)


class Watch:
    """What a team is given to tell of its work, before its incident has an id."""

    def __init__(self, working: Working) -> None:
        self._working = working
        self.incident_id: str | None = None

    def __call__(self, agent: str, doing: str) -> None:
        """Note that an agent begins something."""
        if self.incident_id is not None:
            self._working.begins(self.incident_id, agent, doing)


class Watched:
    """A `Chat` behind which one knows who has spoken."""

    def __init__(self, chat: Chat, working: Working) -> None:
        self._chat, self._working = chat, working

    async def show(self, incident: Incident, fact: Fact | None, seq: int) -> None:
        """See `Chat`."""
        if isinstance(fact, Turn):
            self._working.has_spoken(incident.id, fact.agent.value)
        await self._chat.show(incident, fact, seq)
