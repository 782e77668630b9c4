"""The kill switch: who has paused acting, for every process of this database; read again wherever something begins."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from incident.policy import Pause
from incident.values import Json
from storage.audit import Entry, enter_in
from storage.clock import wall_clock
from storage.database import Database
from storage.tables import audit, pauses
from storage.whole import whole

ACTING = "acting"
"""What is paused."""


class SqlSwitch:
    """Keeps it in a `Database` that was upgraded. ``held`` is a pause that a setting holds: nobody can end that one."""

    def __init__(self, database: Database, held: Pause | None = None, now: Callable[[], datetime] = wall_clock) -> None:
        self._database = database
        self._held = held
        self._now = now

    @whole
    async def begin(self) -> None:
        """Enter in the audit trail that a process begins with a pause that a setting holds, if it does."""
        if self._held is not None:
            said: dict[str, Json] = {"reason": "a process began with this setting"}
            async with self._database.writing() as connection:
                await enter_in(connection, Entry(at=self._now(), kind="paused", by=self._held.by, what=said))

    @whole
    async def pause(self, by: str, reason: str = "") -> Pause:
        """Pause, unless somebody has; return the pause that holds. The first one stays, and each word is kept."""
        asked = Pause(by=by, since=self._now(), reason=reason)
        async with self._database.writing(audit.name) as connection:
            standing = await self.standing_in(connection)
            if standing is None or standing == self._held:
                await connection.execute(delete(pauses))
                await connection.execute(insert(pauses).values(what=ACTING, **asked.model_dump()))
            said: dict[str, Json] = {"reason": reason, "already": standing is not None}
            await enter_in(connection, Entry(at=asked.since, kind="paused", by=by, what=said))
        return standing or asked

    @whole
    async def resume(self, by: str) -> Pause | None:
        """End the pause that people have made and return it; None where there was none."""
        async with self._database.writing(audit.name) as connection:
            ended = await _made(connection)
            if ended is not None:
                await connection.execute(delete(pauses))
                said: dict[str, Json] = {"paused": ended.model_dump(mode="json"), "held": self._held is not None}
                await enter_in(connection, Entry(at=self._now(), kind="resumed", by=by, what=said))
        return ended

    @whole
    async def standing(self) -> Pause | None:
        """Return the pause that holds now."""
        async with self._database.reading() as connection:
            return await self.standing_in(connection)

    async def standing_in(self, connection: AsyncConnection) -> Pause | None:
        """Return the pause that holds, as a transaction sees it."""
        return self._held or await _made(connection)


async def _made(connection: AsyncConnection) -> Pause | None:
    row = (await connection.execute(select(pauses).where(pauses.c.what == ACTING))).first()
    return None if row is None else Pause(by=row.by, since=row.since, reason=row.reason)
