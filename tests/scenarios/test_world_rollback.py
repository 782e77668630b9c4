from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incident.change import ChangeKind
from incident.facts import Outcome, Plan
from scenarios.answers import answer_key
from scenarios.faults import ErrorRate
from scenarios.files import load_scenario
from scenarios.plan import guilty
from scenarios.world import World

FIRED = datetime(2026, 3, 10, 14, 7, 3, tzinfo=UTC)
OWN = Path(__file__).with_name("panaderia.yml")


def world(name: str | Path, seed: int = 1) -> World:
    return World(load_scenario(name), seed, FIRED, elapsed=lambda: 0.0)


async def back(of: World, service: str) -> Plan:
    running = (await of.history(service, of.environment))[-1]
    return Plan(
        service=service,
        environment=of.environment,
        from_version=running.version,
        to_version=running.previous_version or "none",
        change=running.change or "none",
    )


async def bad_after(of: World, minutes: int) -> bool:
    await of.wait(timedelta(minutes=minutes))
    latest = (await of.signal(of.alert, await of.extent()))[-4:]
    return all(of.alert.breached_by(reading.value) for reading in latest)


async def culprit(of: World, change: str) -> str:
    made = await of.changes(await of.extent())
    return next(c.service or "" for c in made if c.id == change)


@pytest.mark.parametrize("name", ["checkout-latency", "inventory-memory"])
async def test_the_right_rollback_heals_the_signal_within_minutes(name: str) -> None:
    here = world(name)
    change = answer_key(name).culprit_change
    assert change is not None
    done = await here.roll_back(await back(here, await culprit(here, change)), "key-1")
    assert done.outcome is Outcome.SUCCEEDED
    assert not await bad_after(here, 8)


@pytest.mark.parametrize("name", ["checkout-latency", "inventory-memory"])
async def test_a_wrong_rollback_changes_nothing(name: str) -> None:
    here = world(name)
    span = await here.extent()
    innocent = [c for c in await here.changes(span) if c.id != answer_key(name).culprit_change]
    for change in innocent:
        assert (await here.roll_back(await back(here, change.service or ""), change.id)).outcome is Outcome.SUCCEEDED
    assert await bad_after(here, 8)


async def test_of_two_suspects_the_seed_makes_one_guilty_and_nothing_shows_which() -> None:
    scenario = load_scenario("payment-declines")
    key = answer_key("payment-declines")
    fault = next(f for f in scenario.faults if isinstance(f, ErrorRate))
    blamed = [guilty(fault, seed) for seed in range(60)]
    assert 18 <= blamed.count(key.culprit_change) <= 42
    assert {key.culprit_change, key.rival_change} == set(blamed)
    for seed in (blamed.index(key.culprit_change), blamed.index(key.rival_change)):
        here = world("payment-declines", seed)
        await here.roll_back(await back(here, "payment-gateway"), "key")
        assert await bad_after(here, 8) == (blamed[seed] == key.rival_change)


async def test_going_back_two_versions_undoes_both_changes() -> None:
    for seed in range(4):
        here = world("payment-declines", seed)
        plan = await back(here, "payment-gateway")
        first = (await here.history("payment-gateway", "production"))[0].version
        await here.roll_back(plan.model_copy(update={"to_version": first}), "key")
        assert not await bad_after(here, 8)


async def test_a_rollback_from_a_version_that_does_not_run_fails() -> None:
    here = world("checkout-latency")
    plan = (await back(here, "checkout-service")).model_copy(update={"from_version": "0.0.1"})
    assert (await here.roll_back(plan, "key")).outcome is Outcome.FAILED
    assert await bad_after(here, 8)


@pytest.mark.parametrize("wrong", [{"to_version": "9.9.9"}, {"environment": "staging"}, {"service": "nobody"}])
async def test_a_rollback_to_where_nothing_ever_was_fails_with_a_reason(wrong: dict[str, str]) -> None:
    here = world("checkout-latency")
    done = await here.roll_back((await back(here, "checkout-service")).model_copy(update=wrong), "key")
    assert done.outcome is Outcome.FAILED
    assert done.reason


async def test_the_same_key_has_one_effect() -> None:
    here = world("checkout-latency")
    plan = await back(here, "checkout-service")
    first, second = await here.roll_back(plan, "key"), await here.roll_back(plan, "key")
    assert first == second
    assert len(await here.history("checkout-service", "production")) == 3


async def test_a_rollback_is_on_record_as_a_change_and_in_the_history() -> None:
    here = world("checkout-latency")
    plan = await back(here, "checkout-service")
    await here.roll_back(plan, "key")
    running = (await here.history("checkout-service", "production"))[-1]
    assert (running.version, running.previous_version) == (plan.to_version, plan.from_version)
    recorded = (await here.changes(await here.extent()))[-1]
    await here.wait(timedelta(minutes=1))
    recorded = (await here.changes(await here.extent()))[-1]
    assert recorded.kind is ChangeKind.ROLLBACK


async def test_what_came_before_a_rollback_stays_as_it_was_recorded() -> None:
    here = world("inventory-memory")
    span = await here.extent()
    before = (await here.metrics(span)).rows(), (await here.logs(span)).rows(), (await here.spans(span)).rows()
    await here.roll_back(await back(here, "inventory-service"), "key")
    after = (await here.metrics(span)).rows(), (await here.logs(span)).rows(), (await here.spans(span)).rows()
    assert before[:2] == after[:2]
    assert set(before[2]) <= set(after[2]), "spans that had not ended are added"


async def test_rolling_forward_again_brings_the_fault_back() -> None:
    here = world(OWN)
    plan = await back(here, "pedidos")
    await here.roll_back(plan, "back")
    assert not await bad_after(here, 8)
    again = plan.model_copy(update={"from_version": plan.to_version, "to_version": plan.from_version})
    assert (await here.roll_back(again, "forth")).outcome is Outcome.SUCCEEDED
    assert await bad_after(here, 12)
