"""One alert's way: open, decide, advance. Made → stored → shown → marked, until a person or the end is needed."""

import logging
import secrets
import uuid

from incident.alert import Alert
from incident.facts import AlertSeen, Approval, Fact, Fault, Remark
from incident.hands import Hands
from incident.model import Incident
from incident.ports import AlreadyOpen, LostRace, Unkept
from incident.status import World
from incident.steps import STEPS, Step, decide

logger = logging.getLogger(__name__)

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""What ids are made of: nothing that is misread aloud at night."""


class Responder:
    """Works on the incidents of one production. Keeps nothing: what it knows is in the store."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands

    async def open(self, alert: Alert, target: str, world: World, environment: str) -> Incident:
        """Open an incident, or join the one of the same problem that is open or has just ended.

        A new incident has no facts yet; one that was joined has an `AlertSeen` as its newest.
        """
        fresh = Incident(
            id=_new_id(),
            target=target,
            world=world,
            environment=environment,
            alert=alert,
            opened_at=self._hands.clock.now(),
        )
        earlier = await self._hands.store.latest(fresh.fingerprint)
        if earlier is not None and await self._rejoins(earlier):
            return await self._join(earlier.id, alert)
        try:
            return await self._insert(fresh.model_copy(update={"follows": earlier.id if earlier else None}))
        except AlreadyOpen as held:
            return await self._join(str(held), alert)

    async def again(self, earlier: Incident, alert: Alert, remarks: tuple[Remark, ...] = ()) -> Incident:
        """Open an incident that looks anew at the problem of one that is over, and knows what people say about it.

        Raises `AlreadyOpen`.
        """
        now = self._hands.clock.now()
        new = {"id": _new_id(), "alert": alert, "opened_at": now, "follows": earlier.id}
        known = tuple(remark.model_copy(update={"at": now}) for remark in remarks)
        return await self._insert(earlier.at(0).model_copy(update=new).replay(known))

    async def note(self, incident_id: str, fact: Fact) -> Incident:
        """Store and show what somebody else said (a remark, a Stop, "resolved"); raises `OutOfOrder`."""
        while True:
            try:
                return await self._hands.record(await self._hands.store.load(incident_id), fact)
            except LostRace:
                logger.debug("%s: somebody else wrote first", incident_id)

    async def decide(self, incident: Incident, approval: Approval) -> Incident:
        """Store a person's answer to the question that is open; what follows from it is done by `advance`.

        Raises `OutOfOrder` for an answer that can't count: decided already, another plan, the same person twice.
        """
        while True:
            try:
                return await decide(self._hands, incident, approval)
            except LostRace:
                incident = await self._hands.store.load(incident.id)

    async def advance(self, incident: Incident) -> Incident:
        """Do what is to be done until a person or the end is needed. Repeating it after a crash goes on from there."""
        await self._hands.catch_up(incident)
        while step := STEPS.get(incident.status):
            successor = await self._take(step, incident)
            if len(successor.facts) == len(incident.facts):
                return successor
            incident = successor
        return incident

    async def _take(self, step: Step, incident: Incident) -> Incident:
        try:
            return await step(self._hands, incident)
        except LostRace:
            return await self._hands.store.load(incident.id)
        except Unkept:
            raise  # no fault of the incident's: it goes on when the store is back
        except Exception as error:  # noqa: BLE001 - whatever a step dies of becomes a Fault (design.md, habits)
            return await self._fault(incident.id, step, error)

    async def _fault(self, incident_id: str, step: Step, error: Exception) -> Incident:
        error_id = uuid.uuid4().hex[:12]
        logger.error("%s: %s failed, error %s", incident_id, step.__name__, error_id, exc_info=error)
        incident = await self._hands.store.load(incident_id)
        if incident.status.ended:
            return incident
        reason = f"{type(error).__name__}: look for {error_id} in the log."
        fault = Fault(at=self._hands.clock.now(), step=step.__name__, error_id=error_id, reason=reason)
        try:
            return await self._hands.record(incident, fault)
        except LostRace:
            return await self._hands.store.load(incident_id)

    async def _rejoins(self, earlier: Incident) -> bool:
        last = earlier.facts[-1].at if earlier.facts else earlier.opened_at
        if earlier.holds_fingerprint:
            return True
        return self._hands.clock.now() - last <= (await self._hands.allowed()).reopen

    async def _join(self, incident_id: str, alert: Alert) -> Incident:
        seen = AlertSeen(at=self._hands.clock.now(), summary=alert.summary)
        try:
            return await self.note(incident_id, seen)
        except AlreadyOpen as held:  # it had ended, and somebody opened a new one meanwhile
            return await self.note(str(held), seen)

    async def _insert(self, fresh: Incident) -> Incident:
        while True:
            try:
                await self._hands.store.open(fresh)
            except LostRace:
                fresh = fresh.model_copy(update={"id": _new_id()})
            else:
                for seq in range(len(fresh.facts) + 1):
                    await self._hands.show(fresh.at(seq), seq)
                return fresh


def _new_id() -> str:
    return "INC-" + "".join(secrets.choice(LETTERS) for _ in range(5))
