"""What is dropped of the outbox once nobody asks for it any more."""

from datetime import datetime, timedelta

from sqlalchemy import Select, delete, exists, or_, select

from incident.status import Status
from storage.database import Database
from storage.memory import card_key
from storage.outbox_rows import FAILED, SENT
from storage.rows import status_in
from storage.tables import facts, incidents, outbox
from storage.whole import whole

KEPT = timedelta(days=15)
BATCH = 500
"""Rows that go at once: others want to write in between."""


async def prune(database: Database, before: datetime, batch: int = BATCH) -> int:
    """Drop messages of incidents that ended, and of which nothing has been shown since then; return how many.

    Their cards stay: a thread is found by them, and what follows is said there. What was shown to its end is never
    shown anew, so that no message needs its row any more in order not to be sent twice.
    """
    dropped = 0
    while some := await _drop(database, _over(before).limit(batch)):
        dropped += some
    return dropped


@whole
async def _drop(database: Database, chosen: Select[tuple[str]]) -> int:
    async with database.reading() as connection:
        keys = (await connection.execute(chosen)).scalars().all()
    if keys:
        settled = outbox.c.state.in_([SENT, FAILED])
        async with database.writing() as connection:
            await connection.execute(delete(outbox).where(outbox.c.key.in_(keys), settled))
    return len(keys)


def _over(before: datetime) -> Select[tuple[str]]:
    """Select what was settled of incidents that nothing has been shown of since then."""
    ended = status_in(status for status in Status if status.ended)
    recent = exists().where(
        facts.c.incident_id == incidents.c.id, or_(facts.c.shown_at.is_(None), facts.c.shown_at >= before)
    )
    old = select(incidents.c.id).where(ended, incidents.c.shown_at < before, ~recent)
    waits = outbox.alias("waits")
    waiting = exists().where(waits.c.incident_id == outbox.c.incident_id, waits.c.state.not_in([SENT, FAILED]))
    card = outbox.c.incident_id + card_key("")
    return select(outbox.c.key).where(outbox.c.incident_id.in_(old), ~waiting, outbox.c.key != card)
