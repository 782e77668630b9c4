"""What Slack is to show, as rows: the row is the truth, whoever works on it and however often they die meanwhile."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, func, literal, select, update

from storage.clock import wall_clock
from storage.columns import UtcText
from storage.database import Database
from storage.leases import SqlLeases
from storage.outbox_rows import (
    FAILED,
    SENDING,
    SENT,
    UNDRAWN,
    WAITING,
    in_turn,
    put,
    put_behind,
    row_of,
    waiting,
    written,
)
from storage.parcel import Body, Kind, Parcel, Waiting
from storage.pruning import KEPT, prune
from storage.tables import outbox
from storage.whole import whole

_open = outbox.c.state.in_([WAITING, SENDING])  # found as "sending", it was left behind by a process that died
_new = _open & outbox.c.ts.is_(None)
_changed = _open & outbox.c.ts.is_not(None)
_undrawn = outbox.c.state == UNDRAWN


class SqlOutbox:
    """Parcels in the order in which they were put, for the `Delivery` of each replica.

    ``news`` is set when there is work here, ``sketches`` when there may be something to draw. Without ``leases`` this
    is the only replica.
    """

    def __init__(
        self, database: Database, now: Callable[[], datetime] = wall_clock, leases: SqlLeases | None = None
    ) -> None:
        self._database = database
        self._now = now
        self._leases = leases
        self.news = asyncio.Event()
        self.sketches = asyncio.Event()

    @whole
    async def put(self, *parcels: Parcel) -> None:
        """Take parcels in, all or none. May be repeated: a key that is known is taken again in a newer version only."""
        async with self._database.writing(outbox.name) as connection:  # nothing gets a place before what has left
            for parcel in parcels:
                await put(connection, parcel)
        self.news.set()
        self.sketches.set()

    @whole
    async def channels(self) -> tuple[str, ...]:
        """Return the channels in which something new is to be said."""
        async with self._database.reading() as connection:
            return tuple((await connection.execute(select(outbox.c.channel).where(_new).distinct())).scalars())

    @whole
    async def first(self, channel: str) -> Waiting | None:
        """Return what is to be said next in a channel."""
        return await self._first(_new & (outbox.c.channel == channel))

    @whole
    async def first_edit(self) -> Waiting | None:
        """Return the message, wherever it is, that has waited longest to be brought up to date."""
        return await self._first(_changed)

    async def claim(self, channel: str | None) -> bool:
        """Tell whether a channel's messages, or everybody's edits, are ours to send: one replica does, in order."""
        return self._leases is None or await self._leases.take(_lane(channel))

    def claimed(self, channel: str | None) -> bool:
        """Tell whether they are still ours; asked before each one."""
        return self._leases is None or self._leases.holds(_lane(channel))

    async def let_go(self, channel: str | None) -> None:
        """Leave them to whoever comes first."""
        if self._leases is not None:
            await self._leases.give_back(_lane(channel))

    @whole
    async def first_undrawn(self) -> Waiting | None:
        """Return the file that is to be drawn next, whether its turn to be sent has come or not."""
        async with self._database.reading() as connection:
            row = (await connection.execute(in_turn(begun=False).where(_undrawn).limit(1))).first()
        return None if row is None else waiting(row)

    @whole
    async def drawn(self, key: str, content: bytes) -> None:
        """Let a file wait for its turn, now that it is drawn; may be repeated."""
        async with self._database.writing() as connection:
            await connection.execute(row_of(key).where(_undrawn).values(state=WAITING, content=content))
        self.news.set()

    @whole
    async def empty(self) -> bool:
        """Tell whether nothing waits to be drawn, sent or edited."""
        async with self._database.reading() as connection:
            return (await connection.execute(select(outbox.c.key).where(_open | _undrawn).limit(1))).first() is None

    @whole
    async def take(self, key: str) -> Waiting:
        """Return the parcel as it is now; it may arrive from now on."""
        since = func.coalesce(outbox.c.tried_at, literal(self._now(), UtcText()))
        async with self._database.writing() as connection:
            await connection.execute(row_of(key).values(state=SENDING, tried_at=since))
            return waiting((await connection.execute(in_turn().where(outbox.c.key == key))).one())

    @whole
    async def not_sent(self, key: str) -> None:
        """Note that it certainly hasn't arrived so far."""
        await self._note(key, tried_at=None)

    @whole
    async def sent(self, key: str, ts: str | None = None) -> None:
        """Note that it has arrived. What was changed meanwhile goes on waiting, as an edit."""
        state = case((outbox.c.state == SENDING, SENT), else_=outbox.c.state)
        await self._note(
            key, state=state, ts=func.coalesce(literal(ts, String()), outbox.c.ts), tried_at=None, content=None
        )

    @whole
    async def failed(self, key: str, why: str, said_instead: Body | None = None) -> None:
        """Note why it is given up, and put a message about it in its place."""
        async with self._database.writing() as connection:
            if said_instead is not None:
                await put_behind(connection, key, [said_instead])
            await connection.execute(row_of(key).values(state=FAILED, why=why, tried_at=None))
        self.news.set()

    @whole
    async def split(self, key: str, bodies: Sequence[Body]) -> None:
        """Put several messages in place of one: the first under its key, the others right behind it."""
        async with self._database.writing() as connection:
            await put_behind(connection, key, bodies[1:])
            await connection.execute(row_of(key).values(body=written(bodies[0])))

    @whole
    async def again(self, channel: str) -> None:
        """Let what was refused in a channel wait once more: whatever stood in the way has gone."""
        refused = update(outbox).where(outbox.c.channel == channel, outbox.c.state == FAILED)
        undrawn = (outbox.c.kind == Kind.UPLOAD.value) & outbox.c.content.is_(None)
        async with self._database.writing() as connection:
            await connection.execute(refused.values(state=case((undrawn, UNDRAWN), else_=WAITING), why=None))
        self.news.set()
        self.sketches.set()

    @whole
    async def refused(self) -> dict[str, str]:
        """Return what was given up, and why."""
        query = select(outbox.c.key, outbox.c.why).where(outbox.c.state == FAILED).order_by(outbox.c.place)
        async with self._database.reading() as connection:
            return {row.key: row.why for row in await connection.execute(query)}

    async def prune(self) -> int:
        """Drop what nobody will ask for any more, and return how much it was."""
        return await prune(self._database, self._now() - KEPT)

    async def _first(self, wanted: ColumnElement[bool]) -> Waiting | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(in_turn().where(wanted).limit(1))).first()
        return None if row is None else waiting(row)

    async def _note(self, key: str, **values: Any) -> None:  # noqa: ANN401 - columns and expressions
        async with self._database.writing() as connection:
            await connection.execute(row_of(key).values(**values))


def _lane(channel: str | None) -> str:
    return f"lane:{channel or 'edits'}"
