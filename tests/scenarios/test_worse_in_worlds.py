"""A made-up production after a rollback: worse is told early, restarts and slow recoveries are waited for."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incident.facts import Action, Check, Fact, Plan, Recovery, RollbackEnded, RollbackStarted
from incident.hands import Hands
from incident.model import Incident
from incident.policy import Policy, unchanging
from incident.status import World as Kind
from incident.verification import verify
from scenarios.answers import answer_key
from scenarios.faults import AnyFault, CapacityLoss, ErrorRate, Slowdown
from scenarios.files import load_scenario
from scenarios.world import World
from storage.database import Database
from storage.store import SqlStore
from tests.incident import made
from tests.incident.shop import Team

FIRED = datetime(2026, 3, 10, 14, 7, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SERVICES = {"checkout-latency": "checkout-service", "inventory-memory": "inventory-service"}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    async with Database(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}") as database:
        await database.upgrade()
        yield SqlStore(database)


@dataclass
class Rehearsal:
    """A scenario with more faults, in which the guilty change is rolled back and the signal is read."""

    store: SqlStore
    name: str
    more: tuple[AnyFault, ...] = ()
    heals_in: float | None = None

    async def check(self) -> tuple[Check, timedelta]:
        """Return the check, and how long after the rollback it was made."""
        world = self._world()
        incident = await self._rolled_back(world)
        hands = Hands(self.store, (), Team(), world, world.clock, unchanging(Policy()))
        checked = (await verify(hands, incident)).last(Check)
        ended = incident.last(RollbackEnded)
        assert checked is not None
        assert ended is not None
        return checked, checked.at - ended.at

    def _world(self) -> World:
        scenario = load_scenario(self.name)
        own = scenario.faults
        if self.heals_in is not None:
            own = tuple(fault.model_copy(update={"heals_in": self.heals_in}) for fault in own)
        return World(scenario.model_copy(update={"faults": (*own, *self.more)}), 1, FIRED, elapsed=lambda: 0.0)

    async def _rolled_back(self, world: World) -> Incident:
        running = (await world.history(SERVICES[self.name], world.environment))[-1]
        plan = Plan(
            service=SERVICES[self.name],
            environment=world.environment,
            from_version=running.version,
            to_version=running.previous_version or "",
            change=answer_key(self.name).culprit_change or "",
        )
        started = RollbackStarted(at=world.now(), key="key-1", plan=plan)
        done = await world.roll_back(plan, "key-1")
        ended = RollbackEnded(at=world.now(), key="key-1", outcome=done.outcome)
        told = made.DIAGNOSIS.model_copy(update={"onset": FIRED - 10 * MINUTE})
        facts: tuple[Fact, ...] = (made.TURN, told, made.verdict(Action.ROLLBACK, plan=plan), started, ended)
        incident = Incident(
            id="INC-1", target=self.name, world=Kind.SCENARIO, environment=world.environment, alert=world.alert,
            opened_at=FIRED,
        )  # fmt: skip
        await self.store.open(incident)
        for fact in facts:
            incident = await self.store.append(incident, fact)
        return incident


async def test_what_breaks_more_after_the_rollback_is_told_long_before_time_is_up(store: SqlStore) -> None:
    slower = Slowdown(kind="slowdown", service="checkout-service", factor=60, extra=9, at=60)
    check, after = await Rehearsal(store, "checkout-latency", (slower,)).check()
    assert (check.result, after < 12 * MINUTE) == (Recovery.WORSE, True), check.reason


@pytest.mark.parametrize(
    "spike",
    [
        Slowdown(kind="slowdown", service="checkout-service", factor=60, extra=9, at=30, until=240, heals_in=30),
        CapacityLoss(kind="capacity_loss", service="checkout-service", left=0.1, at=30, until=240, heals_in=60),
        ErrorRate(kind="error_rate", service="checkout-service", ratio=0.9, at=30, until=240, heals_in=60),
    ],
    ids=lambda fault: fault.kind,
)
async def test_a_spike_while_instances_restart_is_waited_out(store: SqlStore, spike: AnyFault) -> None:
    check, _ = await Rehearsal(store, "checkout-latency", (spike,)).check()
    assert check.result is Recovery.RECOVERED, check.reason


@pytest.mark.parametrize("name", SERVICES)
async def test_a_slow_recovery_is_waited_for(store: SqlStore, name: str) -> None:
    check, _ = await Rehearsal(store, name, heals_in=9 * 60.0).check()
    assert check.result is Recovery.RECOVERED, check.reason
