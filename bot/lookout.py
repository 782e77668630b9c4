"""Looks at what other replicas have left, done or taken: what nobody works on goes on here, what is over ends here."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from typing import NamedTuple

from bot.tasks import Tasks
from incident.status import Status
from storage.database import UnusableDatabase
from storage.leases import SqlLeases

logger = logging.getLogger(__name__)

EVERY = 0.5
"""Seconds between two looks: a Stop that was pressed at another replica ends the team here within a second."""
PATIENCE = 2.0
"""Seconds for which something has to be left alone until it counts as left: it may be just beginning elsewhere."""
PAUSE = 15.0
"""Seconds before something is tried again that has broken off here."""


class Here(NamedTuple):
    """What this process works on, by incident: ``working`` under a lease, ``known`` as something is kept of it."""

    tasks: Tasks
    working: Collection[str]
    known: Callable[[], Collection[str]]


class Lookout:
    """One for the process. ``asked`` hears of each incident that waits for a person, at every look."""

    def __init__(self, leases: SqlLeases, here: Here, asked: Callable[[str], Awaitable[None]]) -> None:
        self._leases = leases
        self._here = here
        self._asked = asked
        self._called_off: set[str] = set()
        self._left_since: dict[str, float] = {}
        self._broken_until: dict[str, float] = {}
        self._looking: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Go on at once with everything that nobody works on, and look again and again until `close`."""
        await self._take_over(0.0)
        self._looking = asyncio.create_task(self._look())

    async def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking})

    def broke(self, incident_id: str) -> None:
        """Note that work broke off here for a reason nobody foresaw: it isn't tried again at once."""
        self._broken_until[incident_id] = time.monotonic() + PAUSE

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self._let_go()
                await self._take_over(PATIENCE)
            except UnusableDatabase as why:
                logger.warning("what other replicas do can't be seen: %s", why)
            except Exception:  # the runner's edge (design.md, habits): the next look is soon
                logger.exception("looking at what other replicas do failed")

    async def _let_go(self) -> None:
        """End the work on what isn't ours any more, or was called off elsewhere; forget what has ended elsewhere."""
        tasks, working = self._here.tasks, set(self._here.working)
        await self._end({each for each in working if not self._leases.holds(each)})
        ended = await self._leases.ended({*working, *self._here.known()})
        off = {each for each in working if ended.get(each)} - self._called_off
        await self._end(off)
        for each in off | (ended.keys() - working):
            tasks.go_on(each)
        self._called_off = (self._called_off | off) & ended.keys()

    async def _end(self, incident_ids: Collection[str]) -> None:
        await asyncio.gather(*(self._here.tasks.end(each) for each in incident_ids))

    async def _take_over(self, patience: float) -> None:
        now = time.monotonic()
        left = [each for each in await self._leases.unattended() if not self._here.tasks.busy(each.incident_id)]
        self._left_since = {each.incident_id: self._left_since.get(each.incident_id, now) for each in left}
        for each in left:
            if self._broken_until.get(each.incident_id, now) > now:
                continue
            if each.status is Status.AWAITING_APPROVAL and each.shown:
                await self._ask(each.incident_id)
            elif now - self._left_since[each.incident_id] >= patience:
                self._here.tasks.go_on(each.incident_id)

    async def _ask(self, incident_id: str) -> None:
        try:
            await self._asked(incident_id)
        except UnusableDatabase as why:  # one incident that can't be read holds up none of the others
            self.broke(incident_id)
            logger.warning("%s can't be looked at: %s", incident_id, why)
