"""A made-up incident that is recorded and investigated again, as somebody's next test case, is explained the same."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import Place, listed_scenarios, made_up_place, record_again, recorded_place, team
from bot.config import Settings
from incident.diagnosis import Conclusion
from incident.facts import Diagnosis
from incident.hands import Hands
from incident.model import Incident
from incident.policy import unchanging
from incident.responder import Responder
from incident.status import Status
from storage.database import Database
from storage.store import SqlStore


async def investigated(place: Place, store: SqlStore) -> Incident:
    settings = Settings(investigation_deadline=timedelta(minutes=10))
    hands = Hands(
        store=store, chats=(), investigator=team(place, settings), telemetry=place.telemetry, clock=place.clock,
        rules=unchanging(settings.policy(rehearse=True)),
    )  # fmt: skip
    responder = Responder(hands)
    return await responder.advance(await responder.open(place.alert, place.target, place.world, place.environment))


def named(incident: Incident) -> tuple[object, ...]:
    said: Conclusion | None = incident.last(Diagnosis)
    assert said is not None
    return (
        said.category,
        said.culprit_service,
        said.culprit_change and (said.culprit_change.id, said.culprit_change.commit),
    )


@pytest.mark.parametrize("name", [scenario.name for scenario in listed_scenarios()])
async def test_a_recorded_scenario_is_explained_as_before(tmp_path: Path, name: str) -> None:
    async with Database(f"sqlite+aiosqlite:///{tmp_path}/x.db") as database:
        await database.upgrade()
        store = SqlStore(database)
        before = await investigated(made_up_place(name, seed=3), store)
        assert before.status is Status.REPORTED
        await record_again(before, tmp_path / "case")
        after = await investigated(recorded_place(tmp_path / "case"), store)
    assert named(after) == named(before)
