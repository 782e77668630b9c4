"""Scenario files as other companies would write them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incident.facts import Outcome, Plan
from scenarios.answers import answer_key
from scenarios.files import load_scenario
from scenarios.world import World

FILES = sorted(Path(__file__).with_name("foreign").glob("*.yml"))
HOURS = [datetime(2026, 3, 10, 3, 12, tzinfo=UTC), datetime(2026, 11, 1, 15, 48, tzinfo=UTC)]


def world(file: Path, seed: int = 3, fired_at: datetime = HOURS[0]) -> World:
    return World(load_scenario(file), seed, fired_at, elapsed=lambda: 0.0)


async def bad(of: World, before: timedelta = timedelta(0)) -> list[bool]:
    end = of.now() - before
    readings = await of.signal(of.alert, await of.extent())
    return [bool(of.alert.breached_by(r.value)) for r in readings if end - timedelta(minutes=5) < r.at <= end]


async def back(of: World, change: str) -> Outcome:
    guilty = next(c for c in await of.changes(await of.extent()) if c.id == change)
    plan = Plan(
        service=guilty.service or "",
        environment=of.environment,
        from_version=guilty.version or "",
        to_version=guilty.previous_version or "",
        change=change,
    )
    return (await of.roll_back(plan, change)).outcome


def test_there_are_files_to_try() -> None:
    assert len(FILES) >= 4


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize("fired_at", HOURS)
@pytest.mark.parametrize("seed", [0, 5])
async def test_a_foreign_world_pages_when_it_should(file: Path, seed: int, fired_at: datetime) -> None:
    here = world(file, seed, fired_at)
    assert sum(await bad(here)) >= 9, "of ten readings, however noisy"
    assert not any(await bad(here, timedelta(hours=1)))
    assert here.alert.breached_by(here.alert.value or 0)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_only_the_rollback_that_its_answer_names_heals_it(file: Path) -> None:
    key = answer_key(file)
    for change in load_scenario(file).changes:
        if change.kind not in {"deploy", "config"}:
            continue
        here = world(file)
        assert await back(here, change.id) is Outcome.SUCCEEDED
        await here.wait(timedelta(minutes=12))
        assert (sum(await bad(here)) > 2) == (change.id != key.culprit_change)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_foreign_answer_names_what_exists(file: Path) -> None:
    scenario, key = load_scenario(file), answer_key(file)
    assert {key.culprit_change} - {None} <= {change.id for change in scenario.changes}
    assert set(key.culprit_services) <= set(scenario.system.services)
