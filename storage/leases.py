"""Who works on what while several replicas share a database. The database's clock says when a lease has ended."""

import asyncio
import contextlib
import logging
import math
import time
import uuid
from collections.abc import Callable, Collection
from types import TracebackType
from typing import NamedTuple, Self

from sqlalchemy import ColumnElement, Double, delete, exists, func, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from incident.status import Status
from storage.database import Database, UnusableDatabase
from storage.rows import status_in
from storage.tables import facts, incidents, leases, threads
from storage.whole import whole

logger = logging.getLogger(__name__)

LASTS, BEAT = 12.0, 4.0
"""Seconds: how long a lease outlives its holder, and how often it is renewed."""
SURE = 9.0
"""Seconds after which a holder that could not renew stops by itself, before anybody else begins."""

WANTED = -math.inf
"""Until when something is ours that is being asked for."""

NOW: ColumnElement[float] = literal_column("extract(epoch from clock_timestamp())", Double())
_working = status_in(status for status in Status if not status.ended)
_unshown = or_(
    incidents.c.shown_at.is_(None), exists().where(facts.c.incident_id == incidents.c.id, facts.c.shown_at.is_(None))
)
_called_off = exists().where(facts.c.incident_id == incidents.c.id, facts.c.kind.in_(["stopped", "alert_resolved"]))
_told = select(func.count()).select_from(facts).where(facts.c.incident_id == incidents.c.id)
_asked = _told.where(facts.c.kind == "remark", facts.c.body.contains('"asks":true')).scalar_subquery()
_answered = _told.where(facts.c.kind == "answered").scalar_subquery()
_held = exists().where(leases.c.name == incidents.c.id, leases.c.until > NOW)


class Left(NamedTuple):
    """An incident on which nobody works. ``shown``: people have seen all that is known of it."""

    incident_id: str
    status: Status
    shown: bool


class SqlLeases:
    """One process's leases, renewed until it is left (``async with``), and then given back.

    An embedded database has one server (`storage.lock`), which holds everything without a row.
    """

    def __init__(self, database: Database, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._elapsed = elapsed
        self._holder = uuid.uuid4().hex
        self._until: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        self._beating = asyncio.create_task(self._beat())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._beating.cancel()
        await asyncio.wait({self._beating})
        with contextlib.suppress(UnusableDatabase):  # then they end by themselves
            await self._delete()

    async def take(self, name: str) -> bool:
        """Tell whether this is ours from now on, until it is given back or `holds` says otherwise.

        Of two tasks of one process that want it the second one is refused, too.
        """
        if name in self._until:
            return False
        self._until[name] = WANTED
        try:
            taken = await self._insert(name)
        except BaseException:  # cancelled: it may be ours by now
            await self.give_back(name)
            raise
        if not taken:
            del self._until[name]
        return taken

    def holds(self, name: str) -> bool:
        """Tell whether it is certainly still ours; asked before anything that must not be done by two."""
        return self._elapsed() < self._until.get(name, WANTED)

    async def give_back(self, name: str) -> None:
        """Let others take it at once."""
        if self._until.pop(name, None) is not None:
            await self._delete(name)

    @whole
    async def renew(self) -> None:
        """Hold what is ours for longer, and forget what somebody else has taken meanwhile."""
        before, sure = {name: until for name, until in self._until.items() if until != WANTED}, self._elapsed() + SURE
        if self._database.is_sqlite or not before:
            return
        ours = leases.c.holder == self._holder, leases.c.name.in_(before)
        longer = update(leases).where(*ours).values(until=NOW + LASTS)
        async with self._database.writing() as connection:
            kept = set((await connection.execute(longer.returning(leases.c.name))).scalars())
        for name, until in before.items():
            if self._until.get(name) != until:  # given back meanwhile, and perhaps wanted anew
                continue
            if name in kept:
                self._until[name] = sure
            else:
                logger.warning("the lease of %s was lost: this process was away for too long", name)
                del self._until[name]

    @whole
    async def unattended(self) -> tuple[Left, ...]:
        """Return the incidents with a thread on which nobody works although they are not over, or not shown."""
        columns = select(incidents.c.id, incidents.c.status, _unshown.label("unshown"))
        query = columns.join(threads).where(or_(_working, _unshown))
        async with self._database.reading() as connection:
            rows = await connection.execute(query if self._database.is_sqlite else query.where(~_held))
            return tuple(Left(row.id, Status(row.status), not row.unshown) for row in rows)

    @whole
    async def owing(self) -> tuple[str, ...]:
        """Return the incidents in whose threads more was asked than answered."""
        async with self._database.reading() as connection:
            return tuple((await connection.execute(select(incidents.c.id).where(_asked > _answered))).scalars())

    @whole
    async def ended(self, ids: Collection[str]) -> dict[str, bool]:
        """Return those of these incidents on which nothing goes on by itself any more: was it called off from outside?

        Whoever works on them may not know it yet: it may have come by another replica.
        """
        query = select(incidents.c.id, _called_off.label("outside")).where(incidents.c.id.in_(ids), ~_working)
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
            return {row.id: bool(row.outside) for row in rows}

    @whole
    async def _insert(self, name: str) -> bool:
        if self._database.is_sqlite:
            self._until[name] = math.inf
            return True
        sure = self._elapsed() + SURE
        ours = {"holder": self._holder, "until": NOW + LASTS}
        taken = insert(leases).values(name=name, **ours)
        taken = taken.on_conflict_do_update(index_elements=[leases.c.name], set_=ours, where=leases.c.until < NOW)
        async with self._database.writing() as connection:
            if (await connection.execute(taken.returning(leases.c.name))).first() is None:
                return False
        self._until[name] = sure
        return True

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            try:
                await self.renew()
            except UnusableDatabase as why:
                logger.warning("leases can't be renewed: %s", why)

    @whole
    async def _delete(self, name: str | None = None) -> None:
        """Give back one, or else all, together with what the dead have left behind."""
        if self._database.is_sqlite:
            return
        ours = leases.c.holder == self._holder
        which = or_(ours, leases.c.until < NOW - LASTS) if name is None else ours & (leases.c.name == name)
        async with self._database.writing() as connection:
            await connection.execute(delete(leases).where(which))
