"""What the bot remembers beside incidents: where their threads are, what it has heard, what it is to be quiet about."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, UpdateBase, delete, desc, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from incident.values import Json
from storage.audit import Entry, enter_in
from storage.clock import wall_clock
from storage.database import Database
from storage.tables import audit, events, incidents, mutes, outbox, read_marks, threads
from storage.whole import whole

EVENTS_KEPT = timedelta(hours=25)
"""What a channel said is read again for a day (`bot.listeners.history`); Slack repeats an event for minutes only."""


class Origin(NamedTuple):
    """Where an incident began: in a channel, under an alert's message if there is one."""

    channel: str
    alert_ts: str | None = None


class Thread(NamedTuple):
    """Where an incident can be read. The moments are Slack's message ids; None: not posted yet."""

    channel: str
    alert_ts: str | None
    card_ts: str | None

    @property
    def thread_ts(self) -> str | None:
        """The message that the thread hangs from: the alert, or else the card."""
        return self.alert_ts or self.card_ts


class Mute(NamedTuple):
    """Who wants no investigations of a problem, and until when."""

    fingerprint: str
    by: str
    until: datetime


def card_key(incident_id: str) -> str:
    """Return the outbox's key of an incident's card."""
    return f"{incident_id}:card"


class SqlMemory:
    """Keeps it in a `Database` that was upgraded."""

    def __init__(self, database: Database, now: Callable[[], datetime] = wall_clock) -> None:
        self._database = database
        self._now = now

    async def thread(self, incident_id: str) -> Thread | None:
        """Return where an incident can be read; None: nowhere in Slack."""
        for row in await self._read(_threads(threads.c.incident_id == incident_id)):
            return Thread(row.channel, row.alert_ts, row.card_ts)
        return None

    async def threads(self, incident_ids: Collection[str]) -> Mapping[str, Thread]:
        """Return where these can be read, as far as they can."""
        rows = await self._read(_threads(threads.c.incident_id.in_(incident_ids)))
        return {row.incident_id: Thread(row.channel, row.alert_ts, row.card_ts) for row in rows}

    async def incidents_in(self, channel: str, thread_ts: str) -> tuple[str, ...]:
        """Return the incidents of a thread, newest first: one message can bring several alerts."""
        here = (threads.c.channel == channel) & or_(threads.c.alert_ts == thread_ts, outbox.c.ts == thread_ts)
        joined = _threads(here).join(incidents, incidents.c.id == threads.c.incident_id)
        newest_first = joined.order_by(desc(incidents.c.opened_at), desc(incidents.c.id))
        return tuple(row.incident_id for row in await self._read(newest_first))

    async def first_time(self, event_key: str) -> bool:
        """Tell whether this is heard of for the first time; the second of two that ask at once hears no."""
        now = self._now()
        old = select(events.c.key).where(events.c.at < now - EVENTS_KEPT).with_for_update(skip_locked=True)
        forgotten = delete(events).where(events.c.key.in_(old))
        return await self._write(forgotten, insert(events).values(key=event_key, at=now))

    async def heard_at(self, event_key: str) -> datetime | None:
        """Return when this was heard of for the first time; None for never, or long ago."""
        for row in await self._read(select(events.c.at).where(events.c.key == event_key)):
            return row.at  # type: ignore[no-any-return]
        return None

    async def mark_read(self, channel: str, ts: str) -> None:
        """Remember up to where a channel has been read; never moves back."""
        here = read_marks.c.channel == channel
        if not await self._write(insert(read_marks).values(channel=channel, ts=ts)):
            await self._write(update(read_marks).where(here, read_marks.c.ts < ts).values(ts=ts))

    async def last_read(self, channel: str) -> str | None:
        """Return up to where a channel has been read."""
        for row in await self._read(select(read_marks.c.ts).where(read_marks.c.channel == channel)):
            return str(row.ts)
        return None

    @whole
    async def mute(self, mute: Mute, incident_id: str | None = None) -> None:
        """Be quiet about a problem until then, seen in an incident. Each word is in the audit trail.

        The latest counts, also one that ends it now.
        """
        said: dict[str, Json] = {"fingerprint": mute.fingerprint, "until": mute.until.isoformat()}
        now = self._now()
        kind = "muted" if mute.until > now else "unmuted"
        entry = Entry(at=now, kind=kind, by=mute.by, incident_id=incident_id, what=said)
        async with self._database.writing(audit.name) as connection:  # of two who mute it at once the second one counts
            await connection.execute(delete(mutes).where(mutes.c.fingerprint == mute.fingerprint))
            await connection.execute(insert(mutes).values(mute._asdict()))
            await enter_in(connection, entry)

    async def muted(self, fingerprint: str) -> Mute | None:
        """Return who muted a problem, while that lasts."""
        return next((each for each in await self.mutes() if each.fingerprint == fingerprint), None)

    async def mutes(self) -> tuple[Mute, ...]:
        """Return what is muted now, longest last."""
        query = select(mutes).where(mutes.c.until > self._now()).order_by(mutes.c.until)
        return tuple(Mute(row.fingerprint, row.by, row.until) for row in await self._read(query))

    @whole
    async def _read(self, query: Select[Any]) -> list[Any]:
        async with self._database.reading() as connection:
            return list(await connection.execute(query))

    @whole
    async def _write(self, *statements: UpdateBase) -> bool:
        """Do all or nothing; False: the row was there already."""
        try:
            async with self._database.writing() as connection:
                for statement in statements:
                    await connection.execute(statement)
        except IntegrityError:
            return False
        return True


def _threads(wanted: Any) -> Select[Any]:  # noqa: ANN401 - SQLAlchemy's condition
    card = outbox.c.key == threads.c.incident_id + card_key("")
    columns = select(threads, outbox.c.ts.label("card_ts"))
    return columns.select_from(threads.outerjoin(outbox, card)).where(wanted)
