"""Owns the work on incidents: begins it, goes on with it after clicks, timers and restarts, ends it."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from bot.app import Place
from bot.beginning import again
from bot.crew import Crew
from bot.lookout import Here, Lookout
from bot.mistakes import Mistake
from bot.tasks import Tasks
from bot.timers import Timers
from bot.working import Watch
from incident.closing import AGE, STAYS, closing, dated
from incident.facts import Approval, Closed, Decision, Fact, Remark, RollbackEnded, Stopped
from incident.hands import Hands
from incident.mode import Mode
from incident.model import Incident, OutOfOrder
from incident.responder import Responder
from incident.status import WAITING
from storage.memory import Origin

logger = logging.getLogger(__name__)

SWEEP = timedelta(minutes=5)
"""Between two looks for what can be closed: nobody waits for it."""
OFF = "No new investigations are begun here: SFA_MODE is off. What is open goes on, and reports can be read."


class Answer(NamedTuple):
    """What somebody says to the question whether to roll back."""

    by: str
    decision: Decision
    digest: str
    reason: str = ""


class Runner:
    """One for the process. Everything it knows can be read again from the store."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._hands: dict[str, Hands] = {}
        self._tasks = Tasks(self._work)
        self._working: set[str] = set()
        self._timers = Timers(crew.store, self._tasks.go_on)
        here = Here(self._tasks, self._working, lambda: self._hands)
        self._lookout = Lookout(crew.leases, here, self._timers.asked)

    @property
    def running(self) -> int:
        """How many incidents are worked on at this moment."""
        return self._tasks.running

    async def admit(self) -> None:
        """Raise `Mistake` where nothing new may be begun, in whatever world."""
        if (await self._crew.rules()).mode is Mode.OFF:
            raise Mistake(OFF)

    async def investigate(self, place: Place, origin: Origin) -> Incident:
        """Open an incident, or join the one of the same problem (then its newest fact says so), and begin the work.

        Raises `Mistake` where nothing new may be begun.
        """
        await self.admit()
        watch = Watch(self._crew.working)
        hands = self._crew.equipped(place, watch)
        incident = await self._crew.opening(hands, origin).open(
            place.alert, place.target, place.world, place.environment
        )
        if not incident.facts:
            watch.incident_id = incident.id
            self._hands[incident.id] = hands
        if not self._tasks.busy(incident.id):
            self._tasks.go_on(incident.id)
        return incident

    async def look_again(self, earlier: Incident, by: str, remarks: tuple[Remark, ...], origin: Origin) -> Incident:
        """Close an ended incident, and open one that follows it and knows these remarks from the start.

        Raises `OutOfOrder` where somebody else has just closed it, `AlreadyOpen` where the problem is worked on,
        `Mistake` where nothing new may be begun.
        """
        await self.admit()
        place = (await self._crew.places.again(earlier))._replace(alert=again(earlier.alert))
        if earlier.holds_fingerprint:
            await self.note(earlier.id, lambda now: Closed(at=now, by=by, reason="It is looked at again."))
        watch = Watch(self._crew.working)
        hands = self._crew.equipped(place, watch)
        incident = await self._crew.opening(hands, origin).again(earlier, place.alert, remarks)
        watch.incident_id, self._hands[incident.id] = incident.id, hands
        self._tasks.go_on(incident.id)
        return incident

    async def decide(self, incident_id: str, answer: Answer) -> Incident:
        """Store an answer and do what follows; raises `OutOfOrder`, `Paused`, `UnknownIncident`."""
        incident = await self._crew.store.load(incident_id)
        hands = await self._hands_of(incident)
        approval = Approval(at=hands.clock.now(), **answer._asdict())
        decided = await Responder(hands).decide(incident, approval)
        self._tasks.go_on(incident_id)
        return decided

    async def stop(self, incident_id: str, by: str) -> Incident:
        """Stop the work within a second and keep what was found; a rollback that has begun is followed to its end.

        Raises `OutOfOrder` where nothing is left to stop, `UnknownIncident`.
        """
        return await self.note(incident_id, lambda now: Stopped(at=now, by=by))

    async def note(self, incident_id: str, fact: Callable[[datetime], Fact]) -> Incident:
        """Store and show what somebody says, at the incident's own time; raises `OutOfOrder`, `UnknownIncident`."""
        before = await self._crew.store.load(incident_id)
        hands = self._hands.get(incident_id) or self._crew.writing(before)
        latest = max((each.at for each in before.facts), default=before.opened_at)
        incident = await Responder(hands).note(incident_id, fact(max(hands.clock.now(), latest)))
        if incident.status.ended and not before.status.ended:
            await self._tasks.end(incident_id)
            self._tasks.go_on(incident_id)
        return incident

    async def refresh(self) -> None:
        """Show what waits for people anew: who may answer, or whether anybody may, has changed."""
        for incident in await self._crew.store.unfinished():
            if incident.status in WAITING:
                await self._crew.working.show(incident.id)
                if incident.due is not None:
                    self._tasks.go_on(incident.id)

    def every(self, length: timedelta, work: Callable[[], Awaitable[object]], *, at_once: bool = True) -> None:
        """Do something every so often while the runner goes on, and once it has begun unless ``at_once`` is false."""
        self._timers.every(length, work, at_once=at_once)

    async def resume(self) -> None:
        """Go on with everything that was begun, isn't at its end or wasn't shown, and that no other replica has."""
        self._timers.every(SWEEP, self.close_idle)
        self._timers.begin()
        await self._lookout.begin()

    async def close_idle(self) -> None:
        """Close what has ended and stayed quiet; of several replicas that do so the first one counts."""
        now = datetime.now(UTC)
        for incident in await self._crew.store.idle(now - STAYS, now - AGE):
            if (closed := closing(incident, now)) is not None:
                with suppress(OutOfOrder):
                    await self.note(incident.id, partial(dated, closed))

    async def at_rest(self) -> None:
        """Wait until nothing is worked on."""
        await self._tasks.at_rest()

    async def close(self) -> None:
        """End all work; what was found is stored, and `resume` goes on from there."""
        await self._timers.close()
        await self._lookout.close()
        await self._tasks.close()
        await self._crew.working.close()

    async def _work(self, incident_id: str) -> None:
        """Work on it unless another replica does. Of two that do all the same the second one loses, fact by fact."""
        try:
            if not await self._crew.leases.take(incident_id):
                return
            self._working.add(incident_id)
            try:
                await self._advance(await self._crew.store.load(incident_id))
            finally:
                self._working.discard(incident_id)
                await self._crew.leases.give_back(incident_id)
        except Exception:  # the runner's edge (design.md, habits): it is tried again later, here or elsewhere
            self._lookout.broke(incident_id)
            logger.exception("%s: work broke off, error %s", incident_id, secrets.token_hex(4))

    async def _advance(self, incident: Incident) -> None:
        if incident.last(RollbackEnded) is not None and not incident.status.ended:
            self._hands.pop(incident.id, None)  # another replica may have acted: a made-up world is made again as it is
            self._crew.places.forget(incident.production)
        hands = self._crew.writing(incident) if incident.status.ended else await self._hands_of(incident)
        self._rest(await Responder(hands).advance(incident))

    def _rest(self, incident: Incident) -> None:
        """Let go of what an ended incident needed; look again when an open question wants it."""
        self._crew.working.forget(incident.id)
        if incident.status.ended:
            self._hands.pop(incident.id, None)
        if incident.due is not None:
            left = incident.due - self._hands[incident.id].clock.now()
            self._timers.at(incident.id, datetime.now(UTC) + left)

    async def _hands_of(self, incident: Incident) -> Hands:
        if incident.id not in self._hands:
            self._hands.setdefault(incident.id, await self._crew.resuming(incident))
        return self._hands[incident.id]
