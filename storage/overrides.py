"""Settings that admins have changed: for every process of this database, each change with its entry in the trail."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from incident.values import Json
from storage.audit import Entry, enter_in
from storage.clock import wall_clock
from storage.database import Database
from storage.tables import audit, overrides
from storage.whole import whole

CHANGED, REFUSED = "setting_changed", "setting_refused"
"""Kinds of entries in the audit trail."""


class Override(NamedTuple):
    """What somebody has chosen in place of the environment's."""

    value: Json
    by: str
    at: datetime


Overrides = Mapping[str, Override]
"""By the setting's name."""


class Change(NamedTuple):
    """``after`` takes the place of ``before``, what held; with ``reset`` it is the environment's again."""

    setting: str
    before: Json
    after: Json
    reset: bool = False


class ChangedMeanwhile(Exception):
    """Somebody else has changed settings since these were looked at."""


class SqlOverrides:
    """Keeps them in a `Database` that was upgraded."""

    def __init__(self, database: Database, now: Callable[[], datetime] = wall_clock) -> None:
        self._database = database
        self._now = now

    @whole
    async def all(self) -> Overrides:
        """Return what is changed now."""
        async with self._database.reading() as connection:
            return await _all(connection)

    @whole
    async def change(self, by: str, changes: Sequence[Change], seen: Overrides) -> None:
        """Change all or nothing; raises `ChangedMeanwhile` where what is changed isn't what was ``seen`` any more."""
        at = self._now()
        async with self._database.writing(audit.name) as connection:
            if await _all(connection) != seen:
                raise ChangedMeanwhile
            for change in changes:
                await connection.execute(delete(overrides).where(overrides.c.setting == change.setting))
                if not change.reset:
                    row = {"setting": change.setting, "value": json.dumps(change.after), "by": by, "at": at}
                    await connection.execute(insert(overrides).values(row))
            await enter_in(connection, *(_entry(CHANGED, at, by, change) for change in changes))

    @whole
    async def refuse(self, by: str, changes: Sequence[Change], why: str) -> None:
        """Keep that somebody wanted these, and why they may not be."""
        at = self._now()
        async with self._database.writing() as connection:
            await enter_in(connection, *(_entry(REFUSED, at, by, change, {"why": why}) for change in changes))


async def _all(connection: AsyncConnection) -> Overrides:
    rows = (await connection.execute(select(overrides))).all()
    return {row.setting: Override(json.loads(row.value), row.by, row.at) for row in rows}


def _entry(kind: str, at: datetime, by: str, change: Change, more: Mapping[str, Json] | None = None) -> Entry:
    said: dict[str, Json] = {"setting": change.setting, "from": change.before, "to": change.after}
    return Entry(at=at, kind=kind, by=by, what={**said, "reset": change.reset, **(more or {})})
