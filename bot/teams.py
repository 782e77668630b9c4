"""Few teams at a time: of many alerts at once each is answered first, and looked into when a team is free."""

import asyncio
from collections.abc import AsyncIterator

from incident.facts import Diagnosis, Turn
from incident.model import Incident
from incident.ports import Investigator, Telemetry

AT_ONCE = 2
"""Teams compute: more of them than there are processors makes all of them late, and the answers with them."""


class Queued:
    """An `Investigator` that begins when there is room among those of its process."""

    def __init__(self, investigator: Investigator, room: asyncio.Semaphore) -> None:
        self._investigator, self._room = investigator, room

    async def investigate(self, incident: Incident, telemetry: Telemetry) -> AsyncIterator[Turn | Diagnosis]:
        """See `Investigator`."""
        async with self._room:
            async for fact in self._investigator.investigate(incident, telemetry):
                yield fact
