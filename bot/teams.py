"""Few teams at a time, each begun when people have been answered: computing makes everything else late."""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from incident.facts import Diagnosis, Turn
from incident.model import Incident
from incident.ports import Heard, Investigator, Telemetry
from storage.outbox import SqlOutbox

AT_ONCE = max(1, (os.cpu_count() or 1) - 1)
"""Teams compute: with more of them than there are processors all are late, and one processor is for answering."""
AT_MOST = 1.0
"""Seconds to wait for what is still to be said; Slack being down holds up no investigation."""
LOOK_EVERY = 0.02


class Teams:
    """What the teams of a process share."""

    def __init__(self, outbox: SqlOutbox, at_once: int = AT_ONCE) -> None:
        self.room = asyncio.Semaphore(at_once)
        self._outbox = outbox

    async def answered(self) -> None:
        """Wait until nothing new is to be said anywhere, such as that other alerts are being looked into."""
        with suppress(TimeoutError):
            async with asyncio.timeout(AT_MOST):
                while await self._outbox.channels():  # noqa: ASYNC110 - rows tell nobody that they are gone
                    await asyncio.sleep(LOOK_EVERY)


class Queued:
    """An `Investigator` that begins when it is its turn among the teams."""

    def __init__(self, investigator: Investigator, teams: Teams) -> None:
        self._investigator, self._teams = investigator, teams

    async def investigate(
        self, incident: Incident, telemetry: Telemetry, heard: Heard
    ) -> AsyncGenerator[Turn | Diagnosis, None]:
        """See `Investigator`."""
        async with self._teams.room:
            await self._teams.answered()
            async with aclosing(self._investigator.investigate(incident, telemetry, heard)) as facts:
                async for fact in facts:
                    yield fact
