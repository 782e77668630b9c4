"""Words about diagnoses on real SQLite."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from incident.alert import Alert
from incident.model import Incident
from incident.status import World
from storage.database import Database
from storage.feedback import Rating, SqlFeedback
from storage.rows import as_row
from storage.tables import incidents

NOW = datetime(2026, 11, 24, tzinfo=UTC)


async def test_the_latest_word_of_each_person_counts(database: Database) -> None:
    alert = Alert(service="cart", fired_at=NOW)
    known = {"id": "INC-1", "target": "cart", "world": World.REAL, "environment": "production"}
    incident = Incident(**known, alert=alert, opened_at=NOW)
    async with database.writing() as connection:
        await connection.execute(insert(incidents).values({**as_row(incident), "stored_at": NOW}))
    clock = iter([NOW, NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)])
    kept = SqlFeedback(database, lambda: next(clock))
    await kept.rate("INC-1", "U0ADA", Rating.WRONG)
    await kept.rate("INC-1", "U0BEN", Rating.PARTLY)
    await kept.rate("INC-1", "U0ADA", Rating.RIGHT)
    assert [(each.by, each.rating) for each in await kept.since(NOW)] == [("U0BEN", "partly"), ("U0ADA", "right")]
    assert await kept.since(NOW + timedelta(minutes=3)) == ()
