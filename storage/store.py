"""The Store on SQL. Uniqueness does the work: of two writers, two openers or two rollbacks the second one loses."""

from collections.abc import Callable, Collection
from copy import copy
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, Select, and_, desc, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from incident.facts import Fact, RollbackSent, RollbackStarted
from incident.limits import Around
from incident.model import Incident
from incident.policy import Pause
from incident.ports import AlreadyOpen, LostRace, Paused, UnknownIncident
from incident.status import CLOSABLE, Status
from storage.around import around
from storage.audit import enter_in
from storage.audited import entry_of
from storage.clock import wall_clock
from storage.database import Database
from storage.memory import Origin
from storage.pause import SqlSwitch
from storage.rows import as_row, assemble, standing, status_in, storable
from storage.starting import give_place_back, take_place
from storage.tables import facts, incidents, threads
from storage.whole import whole

MOST = 500
"""Incidents that one question returns at most."""


class SqlStore:
    """Keeps incidents in a `Database` that was upgraded. ``now`` says when an incident was stored and a fact was shown.

    The newest incident is the one that was stored last, whenever it happened.
    """

    def __init__(
        self, database: Database, now: Callable[[], datetime] = wall_clock, switch: SqlSwitch | None = None
    ) -> None:
        self._database = database
        self._now = now
        self.switch = switch or SqlSwitch(database)
        self._origin: Origin | None = None

    def beginning_at(self, origin: Origin) -> "SqlStore":
        """Return the same store, which remembers with each incident that it opens where its thread belongs."""
        beginning = copy(self)
        beginning._origin = origin  # noqa: SLF001 - its own
        return beginning

    @whole
    async def open(self, incident: Incident) -> None:
        """Insert it with what is known of it; see `incident.ports.Store`."""
        told = [_as_row(incident, seq) for seq in range(1, len(incident.facts) + 1)]
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(incidents).values({**as_row(incident), "stored_at": self._now()}))
                if told:
                    await connection.execute(insert(facts), told)
                if self._origin is not None:
                    where = {"incident_id": incident.id, **self._origin._asdict()}
                    await connection.execute(insert(threads).values(where))
        except IntegrityError as error:
            await self._refuse_held(incident, error)
            raise LostRace(incident.id) from error

    @whole
    async def append(self, incident: Incident, fact: Fact) -> Incident:
        """Store the next fact and all that follows from it in one transaction; see `incident.ports.Store`."""
        successor = incident.after(fact)
        seq = len(successor.facts)
        told = insert(facts).values(_as_row(successor, seq))
        entry = entry_of(incident.id, seq, fact, self._now())
        moved = update(incidents).where(incidents.c.id == incident.id).values(standing(successor))
        try:
            async with self._database.writing() as connection:
                await _write(connection, told, LostRace(incident.id))
                await self._hold_place(connection, successor, fact)
                await connection.execute(moved)
                if entry is not None:
                    await enter_in(connection, entry)
                if isinstance(fact, RollbackStarted | RollbackSent):
                    await self._refuse_paused(connection)
        except IntegrityError as error:
            await self._refuse_held(incident, error)
            raise
        return successor

    async def load(self, incident_id: str) -> Incident:
        """Return the incident with all its facts; raises `UnknownIncident`."""
        found = await self._read(select(incidents).where(incidents.c.id == incident_id))
        if not found:
            raise UnknownIncident(incident_id)
        return found[0]

    async def latest(self, fingerprint: str) -> Incident | None:
        """Return the newest incident of a problem, whether it is open or not."""
        found = await self._read(_newest(1).where(incidents.c.fingerprint == fingerprint))
        return found[0] if found else None

    @whole
    async def around(self, incident: Incident, at: datetime) -> Around:
        """Return what else was done and opened in the incident's production up to a moment of its own time."""
        async with self._database.reading() as connection:
            return await around(connection, incident, at)

    async def find(
        self, words: str, limit: int = 20, statuses: Collection[Status] = tuple(Status)
    ) -> tuple[Incident, ...]:
        """Return incidents by a part of their id, alerting service or target, newest first, whatever letters' case."""
        wanted = storable(words.strip().lower())
        columns = (incidents.c.id, incidents.c.service, incidents.c.target)
        matching = (func.lower(column).contains(wanted, autoescape=True) for column in columns)
        return await self._read(_newest(limit).where(or_(*matching), status_in(statuses)))

    async def recent(self, limit: int = 20) -> tuple[Incident, ...]:
        """Return the newest incidents, newest first."""
        return await self._read(_newest(limit))

    async def unfinished(self) -> tuple[Incident, ...]:
        """Return the incidents on which work goes on by itself, newest first."""
        return await self._read(_newest(MOST).where(status_in(status for status in Status if not status.ended)))

    async def idle(self, settled: datetime, aged: datetime) -> tuple[Incident, ...]:
        """Return what ended and wasn't closed, and is silent since ``settled`` and was resolved, or since ``aged``."""
        newest = select(func.max(facts.c.at)).where(facts.c.incident_id == incidents.c.id).scalar_subquery()
        silent = func.coalesce(newest, incidents.c.opened_at)
        healed = exists().where(facts.c.incident_id == incidents.c.id, facts.c.kind == "alert_resolved")
        return await self._read(
            _newest(MOST).where(status_in(CLOSABLE), or_(silent < aged, and_(silent < settled, healed)))
        )

    @whole
    async def mark_shown(self, incident_id: str, seq: int) -> None:
        """Remember that the fact is on people's screens; 0 is the opening."""
        marked = update(facts).where(facts.c.incident_id == incident_id, facts.c.seq == seq)
        opened = update(incidents).where(incidents.c.id == incident_id)
        async with self._database.writing() as connection:
            await connection.execute((marked if seq else opened).values(shown_at=self._now()))

    @whole
    async def unshown(self, incident_id: str) -> Collection[int]:
        """Return the sequence numbers of facts that were stored and not marked as shown, 0 for the opening."""
        told = select(facts.c.seq).where(facts.c.incident_id == incident_id, facts.c.shown_at.is_(None))
        opened = select(incidents.c.id).where(incidents.c.id == incident_id, incidents.c.shown_at.is_(None))
        async with self._database.reading() as connection:
            missed = tuple((await connection.execute(told.order_by(facts.c.seq))).scalars())
            return missed if (await connection.execute(opened)).first() is None else (0, *missed)

    @whole
    async def _read(self, query: Select[Any]) -> tuple[Incident, ...]:
        async with self._database.reading() as connection:
            return await assemble(connection, query)

    async def paused(self) -> Pause | None:
        """Return the pause that holds now."""
        return await self.switch.standing()

    async def _refuse_paused(self, connection: AsyncConnection) -> None:
        """Read the kill switch last: whoever presses it enters the audit trail, and so waits for us or is seen here."""
        pause = await self.switch.standing_in(connection)
        if pause is not None:
            raise Paused(pause)

    async def _refuse_held(self, incident: Incident, error: IntegrityError) -> None:
        holder = select(incidents.c.id).where(incidents.c.held_fingerprint == incident.fingerprint)
        async with self._database.reading() as connection:
            found = (await connection.execute(holder)).scalar()
        if found is not None:
            raise AlreadyOpen(found) from error

    @staticmethod
    async def _hold_place(connection: AsyncConnection, incident: Incident, fact: Fact) -> None:
        """Take the place of a rollback with its start, and give it back once nothing can follow from it any more."""
        if isinstance(fact, RollbackStarted):
            await take_place(connection, incident, fact)
        elif not incident.acting:
            await give_place_back(connection, incident)


def _as_row(incident: Incident, seq: int) -> dict[str, Any]:
    fact = incident.facts[seq - 1]
    told = {"incident_id": incident.id, "seq": seq, "kind": fact.kind, "at": fact.at}
    return {**told, "body": fact.model_dump_json()}


def _newest(limit: int) -> Select[Any]:
    return select(incidents).order_by(desc(incidents.c.stored_at), desc(incidents.c.id)).limit(max(0, min(limit, MOST)))


async def _write(connection: AsyncConnection, statement: Insert, refused: Exception) -> None:
    try:
        await connection.execute(statement)
    except IntegrityError as error:
        raise refused from error
