"""Parcels as rows and back, and their places in the queue."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, Update, desc, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.parcel import Body, Kind, Parcel, Waiting
from storage.tables import outbox

UNDRAWN, WAITING, SENDING, SENT, FAILED = "undrawn", "waiting", "sending", "sent", "failed"

_root = outbox.alias("root")
_begun = or_(outbox.c.thread_of.is_(None), _root.c.ts.is_not(None), _root.c.state == FAILED)
"""A reply has to know its thread."""


def written(body: Body) -> str:
    """Return a body as the column keeps it."""
    return json.dumps(body, ensure_ascii=False)


def row_of(key: str) -> Update:
    """Begin a change of one parcel."""
    return update(outbox).where(outbox.c.key == key)


def in_turn(*, begun: bool = True) -> Select[Any]:
    """Select what can be sent, first things first; ``begun=False`` takes replies whose thread hasn't begun, too."""
    joined = outbox.outerjoin(_root, _root.c.key == outbox.c.thread_of)
    query = select(outbox, _root.c.ts.label("thread_ts")).select_from(joined)
    if begun:
        query = query.where(_begun)
    return query.order_by(desc(outbox.c.urgent), outbox.c.place, outbox.c.key)


def waiting(row: Row[Any]) -> Waiting:
    """Return the parcel of a row of `in_turn`."""
    body = json.loads(row.body)
    return Waiting(
        key=row.key,
        channel=row.channel,
        kind=Kind(row.kind),
        body=body if row.thread_ts is None else {**body, "thread_ts": row.thread_ts},
        incident_id=row.incident_id,
        version=row.version,
        thread_of=row.thread_of,
        urgent=row.urgent,
        content=row.content,
        ts=row.ts,
        tried_at=row.tried_at,
        orphaned=row.thread_of is not None and row.thread_ts is None,
    )


async def put(connection: AsyncConnection, parcel: Parcel, place: int | None = None) -> None:
    """Take a parcel in, or the newer version of one; without a place it goes to the end."""
    known = (await connection.execute(select(outbox).where(outbox.c.key == parcel.key))).first()
    body = written(parcel.body)
    if known is None:
        place = await _end(connection) if place is None else place
        await connection.execute(insert(outbox).values(**_columns(parcel), body=body, place=place))
        if parcel.urgent and parcel.thread_of:  # it can't overtake unless what begins its thread does
            await connection.execute(row_of(parcel.thread_of).values(urgent=True))
    elif parcel.version and parcel.version >= known.version and body != known.body:
        begun = known.state != WAITING and known.ts is not None  # what was tried and never arrived keeps its place
        place = await _end(connection) if begun else known.place
        fresh = row_of(parcel.key).values(body=body, version=parcel.version, urgent=parcel.urgent or known.urgent)
        await connection.execute(fresh.values(state=WAITING, place=place, why=None))


async def put_behind(connection: AsyncConnection, key: str, bodies: Sequence[Body]) -> None:
    """Put messages right behind a parcel, before all that waits."""
    row = (await connection.execute(select(outbox).where(outbox.c.key == key))).one()
    for number, body in enumerate(bodies, 1):
        parcel = Parcel(
            key=f"{key}+{number:02}",
            channel=row.channel,
            kind=Kind.POST,
            body=body,
            incident_id=row.incident_id,
            version=row.version,
            thread_of=row.thread_of,
            urgent=row.urgent,
        )
        await put(connection, parcel, row.place)


def _columns(parcel: Parcel) -> dict[str, Any]:
    return {
        "key": parcel.key,
        "channel": parcel.channel,
        "kind": parcel.kind.value,
        "incident_id": parcel.incident_id,
        "version": parcel.version,
        "thread_of": parcel.thread_of,
        "urgent": parcel.urgent,
        "content": parcel.content,
        "state": UNDRAWN if parcel.kind is Kind.UPLOAD and parcel.content is None else WAITING,
    }


async def _end(connection: AsyncConnection) -> int:
    return int((await connection.execute(select(func.coalesce(func.max(outbox.c.place), 0) + 1))).scalar_one())
