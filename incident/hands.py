"""What the steps work with: the outside world behind its ports, and the one way a fact goes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from pydantic import ValidationError

from incident.case import Case
from incident.change import Topology
from incident.evidence import Source
from incident.facts import Action, Approval, Asked, Diagnosis, Fact, Reading, RollbackSent, RollbackStarted, Verdict
from incident.gate import judge
from incident.model import Incident, OutOfOrder
from incident.policy import Policy, Rules
from incident.ports import (
    Chat,
    Clock,
    Deployed,
    Deployer,
    Investigator,
    LostRace,
    NotRecorded,
    Store,
    Telemetry,
    Undelivered,
    Unreadable,
)
from incident.values import Window

logger = logging.getLogger(__name__)

CHANGES_SEEN = timedelta(days=14)
"""How far back an earlier version is looked for; how far changes are blamed is the team's business."""

NOW = timedelta(minutes=10)
"""Readings that are no older say where a signal is now: two samples of five-minute metrics."""

Asker = Callable[[Incident, Verdict], Awaitable[Approval | None]]
"""Asks a person; None leaves the question waiting."""

Whom = Callable[[Incident, Verdict], Awaitable[Asked]]
"""Says whom a question goes to, by name, and keeps them as they are at this moment."""

Traffic = Callable[[Telemetry, str, Window], Awaitable[tuple[Reading, ...]]]
"""Reads how much a service was asked, oldest first, in whatever unit; raises `NotRecorded`, `Unreadable`."""

Seen = TypeVar("Seen")


class NoDiagnosis(Exception):
    """The team ended without a diagnosis, which it never should."""


@dataclass(frozen=True)
class Hands:
    """One production and everybody who works on it. No ``deployer``: nothing can be rolled back here."""

    store: Store
    chats: tuple[Chat, ...]
    investigator: Investigator
    telemetry: Telemetry
    clock: Clock
    rules: Rules
    deployer: Deployer | None = None
    asker: Asker | None = None
    whom: Whom | None = None
    traffic: Traffic | None = None

    async def record(self, incident: Incident, fact: Fact) -> Incident:
        """Store the fact, show it, mark it as shown; return the successor.

        Somebody else's fact in between doesn't hurt unless it changes what this one means: then `LostRace`.
        """
        try:
            successor = await self.store.append(incident, fact)
        except LostRace:
            fresh = await self.store.load(incident.id)
            if not _still_means_the_same(incident, fresh, fact):
                raise
            return await self.record(fresh, fact)
        await self.show(successor, len(successor.facts))
        return successor

    async def show(self, incident: Incident, seq: int) -> None:
        """Show the incident's ``seq``-th fact everywhere, and mark it where everybody was reached."""
        fact = incident.facts[seq - 1] if seq else None
        reached = [await _shown(chat, incident, fact, seq) for chat in self.chats]
        if all(reached):
            await self.store.mark_shown(incident.id, seq)

    async def catch_up(self, incident: Incident) -> None:
        """Show what was stored and not shown: a process died in between, or people couldn't be reached."""
        waiting = sorted(await self.store.unshown(incident.id))
        known = await self.store.load(incident.id) if waiting else incident  # others may have written meanwhile
        for seq in waiting:
            await self.show(known.at(seq), seq)

    async def judge(self, incident: Incident) -> Verdict:
        """Look at the world as it is now and return the gate's verdict; raises `NoDiagnosis`."""
        diagnosis = incident.last(Diagnosis)
        if diagnosis is None:
            raise NoDiagnosis
        return judge(await self._looked(incident, diagnosis), await self.allowed())

    async def _looked(self, incident: Incident, diagnosis: Diagnosis) -> Case:
        """Look everywhere at once; a look that fails otherwise than a source may raises its own error."""
        now = self.clock.now()
        lately = Window.before(now, CHANGES_SEEN)
        try:
            async with asyncio.TaskGroup() as looks:
                history = looks.create_task(_seen(self._history(incident, diagnosis)))
                changes = looks.create_task(_seen(self.telemetry.changes(lately)))
                commits = looks.create_task(_seen(self.telemetry.commits(lately)))
                events = looks.create_task(_seen(self.telemetry.events(lately)))
                around = looks.create_task(self.store.around(incident, now))
                topology = looks.create_task(_seen(self.telemetry.topology()))
                readings = looks.create_task(_seen(self.telemetry.signal(incident.alert, Window.before(now, NOW))))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        return Case(
            incident=incident,
            diagnosis=diagnosis,
            history=history.result(),
            at=now,
            changes=changes.result(),
            commits=commits.result(),
            events=events.result(),
            around=around.result(),
            topology=topology.result() or _evidenced_topology(incident),
            readings=readings.result(),
        )

    async def addressed(self, incident: Incident, verdict: Verdict) -> Verdict:
        """Return the verdict with whom its question goes to, or would go to where it is a rehearsal."""
        if self.whom is None or verdict.action is not Action.ASK:
            return verdict
        return verdict.model_copy(update={"asked": await self.whom(incident, verdict)})

    async def allowed(self) -> Policy:
        """Return what people allow at this moment, the kill switch included."""
        return (await self.rules()).model_copy(update={"pause": await self.store.paused()})

    async def _history(self, incident: Incident, diagnosis: Diagnosis) -> tuple[Deployed, ...]:
        change = diagnosis.culprit_change
        if self.deployer is None or change is None or change.service is None:
            raise NotRecorded
        return await self.deployer.history(change.service, incident.environment)


async def _shown(chat: Chat, incident: Incident, fact: Fact | None, seq: int) -> bool:
    try:
        await chat.show(incident, fact, seq)
    except Undelivered as why:
        logger.warning("%s: fact %d is stored and not shown yet: %s", incident.id, seq, why)
        return False
    return True


async def _seen(looking: Awaitable[Seen]) -> Seen | None:
    """Return what could be seen, None where it couldn't."""
    try:
        return await looking
    except (NotRecorded, Unreadable):
        return None


def _evidenced_topology(incident: Incident) -> Topology | None:
    """Return the call graph that the team read off spans, where nobody declared one."""
    for item in reversed(incident.evidence):
        if item.source is Source.TOPOLOGY:
            try:
                return Topology.model_validate({"depends_on": item.values.get("depends_on"), "inferred": True})
            except ValidationError:
                return None
    return None


def _still_means_the_same(old: Incident, fresh: Incident, fact: Fact) -> bool:
    if isinstance(fact, Verdict | RollbackStarted | RollbackSent) or fresh.status is not old.status:
        return False
    try:
        fresh.after(fact)
    except OutOfOrder:
        return False
    return True
