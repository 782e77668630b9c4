"""What people say about diagnoses: right, partly, wrong. Each person's latest word counts."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import delete, insert, select

from storage.clock import wall_clock
from storage.database import Database
from storage.tables import feedback
from storage.whole import whole


class Rating(StrEnum):
    """How right a diagnosis was."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"


class Feedback(NamedTuple):
    """One person's word about one incident's diagnosis."""

    incident_id: str
    by: str
    rating: Rating
    at: datetime


class SqlFeedback:
    """Keeps it in a `Database` that was upgraded."""

    def __init__(self, database: Database, now: Callable[[], datetime] = wall_clock) -> None:
        self._database = database
        self._now = now

    @whole
    async def rate(self, incident_id: str, by: str, rating: Rating) -> None:
        """Keep what somebody says, in place of what they said before."""
        mine = (feedback.c.incident_id == incident_id) & (feedback.c.by == by)
        row = {"incident_id": incident_id, "by": by, "rating": rating.value, "at": self._now()}
        async with self._database.writing(feedback.name) as connection:
            await connection.execute(delete(feedback).where(mine))
            await connection.execute(insert(feedback).values(row))

    @whole
    async def since(self, moment: datetime) -> tuple[Feedback, ...]:
        """Return what was said since then, oldest first."""
        query = select(feedback).where(feedback.c.at >= moment).order_by(feedback.c.at)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return tuple(Feedback(row.incident_id, row.by, Rating(row.rating), row.at) for row in rows)
