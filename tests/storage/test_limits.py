"""What is asked in the transaction that starts a rollback, and what the store tells the gate of its surroundings."""

import asyncio
from datetime import timedelta

import pytest

from incident.facts import Action, Outcome, Plan, RollbackStarted
from incident.limits import IN_ALL, STORM
from incident.model import Incident
from incident.ports import Busy
from incident.status import WORLD_LABEL, Status, World
from storage.database import Database
from storage.store import SqlStore
from tests.incident import made
from tests.incident.made import T


@pytest.fixture
def store(database: Database) -> SqlStore:
    return SqlStore(database)


def real(name: str, service: str = "shop", world: World = World.REAL) -> Incident:
    alert = made.ALERT.model_copy(update={"service": service, "name": name})
    return made.incident(world, name).model_copy(update={"alert": alert})


def plan(service: str) -> Plan:
    return made.PLAN.model_copy(update={"service": service})


def start(incident: Incident, service: str, *, minutes: int = 0, automatic: bool = True) -> RollbackStarted:
    at = T + timedelta(minutes=minutes)
    return RollbackStarted(at=at, key=f"key-{incident.id}", plan=plan(service), automatic=automatic)


async def proposed(store: SqlStore, name: str, service: str = "shop", action: Action = Action.ROLLBACK) -> Incident:
    """Open an incident up to the moment in which its rollback may start."""
    incident = real(name, service)
    await store.open(incident)
    wanted = plan(service)
    asked = [made.asking_for_real(wanted), made.approval(digest=wanted.digest)]
    facts = [made.TURN, made.DIAGNOSIS, *(asked if action is Action.ASK else [made.verdict(action, plan=wanted)])]
    for fact in facts:
        incident = await store.append(incident, fact)
    return incident


async def over(store: SqlStore, incident: Incident) -> Incident:
    """End its rollback well, so that the place is free again."""
    key = f"key-{incident.id}"
    return await store.append(incident, made.ended(Outcome.FAILED).model_copy(update={"key": key}))


async def test_a_service_is_rolled_back_automatically_once_an_hour(store: SqlStore) -> None:
    first = await proposed(store, "INC-1")
    await over(store, await store.append(first, start(first, "shop")))
    second = await proposed(store, "INC-2")
    with pytest.raises(Busy, match=r"shop was rolled back automatically at 12:00 \(INC-1\)"):
        await store.append(second, start(second, "shop", minutes=59))
    assert (await store.append(second, start(second, "shop", minutes=61))).status is Status.ROLLING_BACK


async def test_a_refused_start_leaves_nothing_behind(store: SqlStore) -> None:
    first = await proposed(store, "INC-1")
    await over(store, await store.append(first, start(first, "shop")))
    second = await proposed(store, "INC-2")
    with pytest.raises(Busy):
        await store.append(second, start(second, "shop"))
    assert (await store.load("INC-2")) == second


async def test_what_a_person_approved_is_not_counted_and_not_limited(store: SqlStore) -> None:
    for name in ("INC-1", "INC-2"):
        incident = await proposed(store, name, action=Action.ASK)
        started = await store.append(incident, start(incident, "shop", automatic=False))
        await over(store, started)
    third = await proposed(store, "INC-3")
    assert (await store.append(third, start(third, "shop"))).status is Status.ROLLING_BACK


async def test_no_more_than_three_are_started_automatically_an_hour(store: SqlStore) -> None:
    for number in range(IN_ALL):
        incident = await proposed(store, f"INC-{number}", f"service-{number}")
        await store.append(incident, start(incident, f"service-{number}"))
    last = await proposed(store, "INC-9", "service-9")
    with pytest.raises(Busy, match="3 automatic rollbacks"):
        await store.append(last, start(last, "service-9", minutes=30))


async def test_of_many_that_start_at_once_in_two_processes_no_more_than_three_pass(url: str, store: SqlStore) -> None:
    ready = [await proposed(store, f"INC-{n}", f"service-{n}") for n in range(STORM)]  # four others each: no storm yet
    async with Database(url) as second:
        stores = (store, SqlStore(second))
        starts = (stores[n % 2].append(one, start(one, f"service-{n}")) for n, one in enumerate(ready))
        answers = await asyncio.gather(*starts, return_exceptions=True)
    assert sum(isinstance(answer, Incident) for answer in answers) == IN_ALL
    assert sum(isinstance(answer, Busy) for answer in answers) == STORM - IN_ALL


async def test_nothing_starts_automatically_in_a_storm(store: SqlStore) -> None:
    ready = await proposed(store, "INC-1")
    for number in range(STORM):
        await store.open(real(f"INC-S{number}", f"service-{number}"))
    with pytest.raises(Busy, match="storm"):
        await store.append(ready, start(ready, "shop"))
    assert (await store.append(ready, start(ready, "shop", minutes=20))).status is Status.ROLLING_BACK


async def test_each_made_up_world_has_limits_of_its_own(store: SqlStore) -> None:
    for name in ("INC-1", "INC-2"):
        labels = {WORLD_LABEL: name}
        incident = made.incident(World.SCENARIO, name)
        incident = incident.model_copy(update={"alert": made.ALERT.model_copy(update={"labels": labels})})
        await store.open(incident)
        for fact in (made.TURN, made.DIAGNOSIS, made.verdict(Action.ROLLBACK), start(incident, "shop")):
            incident = await store.append(incident, fact)
        assert incident.status is Status.ROLLING_BACK


async def test_the_store_tells_what_else_was_done_and_blamed(store: SqlStore) -> None:
    first = await proposed(store, "INC-1")
    await store.append(first, start(first, "shop"))
    around = await store.around(real("INC-2"), T + timedelta(minutes=5))
    (acted,), (opened,) = around.acted, around.opened
    assert (acted.incident, acted.plan, acted.automatic, acted.held) == ("INC-1", plan("shop"), True, True)
    assert (acted.status, opened.blamed) == (Status.ROLLING_BACK, made.CULPRIT)
    assert (await store.around(first, T)).acted == ()


async def test_rollbacks_of_earlier_versions_of_this_program_count_as_approved() -> None:
    stored = made.STARTED.model_dump(exclude={"automatic"})
    assert not RollbackStarted.model_validate(stored).automatic
