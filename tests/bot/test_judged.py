"""The threshold in force after what people said, on real SQLite."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.config import Settings
from bot.in_force import InForce
from bot.judged import SqlJudgements
from bot.slack_settings import SlackSettings
from incident.alert import Alert
from incident.model import Incident
from incident.status import World
from storage.database import Database
from storage.feedback import Rating, SqlFeedback
from storage.overrides import SqlOverrides
from storage.store import SqlStore
from tests.incident.made import DIAGNOSIS

NOW = datetime.now(UTC)


async def diagnosed(store: SqlStore, number: int, confidence: float) -> str:
    alert = Alert(service=f"cart-{number}", fired_at=NOW)
    known = {"id": f"INC-{number}", "target": alert.service, "world": World.REAL, "environment": "production"}
    incident = Incident(**known, alert=alert, opened_at=NOW)
    await store.open(incident)
    await store.append(incident, DIAGNOSIS.model_copy(update={"at": NOW, "confidence": confidence}))
    return incident.id


async def test_what_people_call_wrong_raises_the_threshold_in_force_until_they_take_it_back(tmp_path: Path) -> None:
    async with Database(f"sqlite+aiosqlite:///{tmp_path}/said.db") as database:
        await database.upgrade()
        store, feedback = SqlStore(database), SqlFeedback(database)
        in_force = InForce(
            Settings(), SlackSettings.model_construct(), SqlOverrides(database), SqlJudgements(feedback, store)
        )
        right, wrong = [await diagnosed(store, n, sure) for n, sure in enumerate((0.95, 0.9))]
        await feedback.rate(right, "U0ADA", Rating.RIGHT)
        assert (await in_force.policy()).confidence_auto == 0.85
        await feedback.rate(wrong, "U0ADA", Rating.RIGHT)
        await feedback.rate(wrong, "U0BEN", Rating.WRONG)
        raised = await in_force.policy()
        assert raised.confidence_auto == 0.91
        assert "1 of 2" in raised.taught
        assert (await in_force.now()).settings.confidence_auto == 0.85
        await feedback.rate(wrong, "U0BEN", Rating.RIGHT)
        assert (await in_force.policy()).confidence_auto == 0.85


async def test_words_of_more_than_half_a_year_ago_are_forgotten(tmp_path: Path) -> None:
    async with Database(f"sqlite+aiosqlite:///{tmp_path}/said.db") as database:
        await database.upgrade()
        store = SqlStore(database)
        feedback = SqlFeedback(database, lambda: NOW - timedelta(days=200))
        await feedback.rate(await diagnosed(store, 1, 0.9), "U0ADA", Rating.WRONG)
        assert await SqlJudgements(feedback, store).until(NOW) == ()
        assert len(await SqlJudgements(feedback, store).until(NOW - timedelta(days=100))) == 1
