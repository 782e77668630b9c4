"""A made-up production that goes on living: its telemetry, its deployer and its time. It knows no answer key."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Literal

import polars as pl

from incident.alert import Alert
from incident.change import Change, ChangeKind, Commit, Event, Topology
from incident.facts import Outcome, Plan, Reading
from incident.ports import Clock, Deployed, Dispatched, NotRecorded, Send, Telemetry, Tell
from incident.status import World as Kind
from incident.values import Window
from scenarios.paging import page
from scenarios.paperwork import changes, commits, events
from scenarios.plan import ROLLOUT, STEP
from scenarios.releases import Release, shipped
from scenarios.schema import Scenario, Signal
from scenarios.simulation import Simulation

LEAD = timedelta(seconds=15)
"""How long after the alert somebody looks."""
BATCH = timedelta(seconds=15)
"""Collectors deliver in batches, so readings of the same stretch of wall time see the same rows."""
AHEAD = 600.0
"""Seconds that the model runs ahead of what may be read."""


class World:
    """`Telemetry` and `Deployer` at once. Deterministic for (scenario, seed, fired_at) but for the passing of time."""

    acts_on: Literal[Kind.SCENARIO] = Kind.SCENARIO

    def __init__(
        self, scenario: Scenario, seed: int, fired_at: datetime, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        self._scenario, self._seed, self._fired_at = scenario, seed, fired_at
        self._elapsed, self._born = elapsed, elapsed()
        self._skipped = LEAD
        self._shipped = shipped(scenario, fired_at)
        self._rollbacks: tuple[Release, ...] = ()
        self._done: dict[str, Dispatched] = {}
        self._model = Simulation(scenario, seed, fired_at, self._shipped).until(AHEAD)
        self.environment = scenario.environment
        self.alert: Alert = page(scenario, fired_at, self._model)
        self.clock = Clock(now=self.now, wait=self.wait)

    def now(self) -> datetime:
        """Return this world's time: it passes as on the wall, plus what was waited for."""
        return self._fired_at + self._skipped + timedelta(seconds=self._elapsed() - self._born)

    async def wait(self, length: timedelta) -> None:
        """Let time pass here, at once."""
        self._skipped += max(length, timedelta(0))
        await asyncio.sleep(0)

    async def metrics(self, window: Window) -> pl.DataFrame:
        """See `Telemetry`."""
        self._recorded(Signal.METRICS)
        return await self._rows(lambda model: model.metrics, "timestamp", window)

    async def logs(self, window: Window) -> pl.DataFrame:
        """See `Telemetry`."""
        self._recorded(Signal.LOGS)
        return await self._rows(lambda model: model.logs, "timestamp", window)

    async def spans(self, window: Window) -> pl.DataFrame:
        """See `Telemetry`. A span is there once it has ended."""
        self._recorded(Signal.SPANS)
        rows = await self._rows(lambda model: model.spans, "start", window)
        ended = pl.col("start") + pl.duration(microseconds=pl.col("duration_ms") * 1000) <= self._seen()
        return rows.filter(ended)

    async def changes(self, window: Window) -> tuple[Change, ...]:
        """See `Telemetry`. Rollbacks done here are among them."""
        self._recorded(Signal.CHANGES)
        made = changes(self._scenario, self._seed, self._fired_at, self._shipped)
        undoing = tuple(_as_change(release.deployed) for release in self._rollbacks)
        return tuple(c for c in sorted((*made, *undoing), key=lambda c: c.at) if self._told(c.at, window))

    async def commits(self, window: Window) -> tuple[Commit, ...]:
        """See `Telemetry`."""
        self._recorded(Signal.COMMITS)
        return tuple(c for c in commits(self._scenario, self._seed, self._fired_at) if self._told(c.at, window))

    async def events(self, window: Window) -> tuple[Event, ...]:
        """See `Telemetry`."""
        self._recorded(Signal.EVENTS)
        model = self._current()
        kills = await asyncio.to_thread(lambda: model.kills)
        said = (*events(self._scenario, self._fired_at), *kills)
        return tuple(e for e in sorted(said, key=lambda e: e.at) if self._told(e.at, window))

    async def topology(self) -> Topology:
        """See `Telemetry`."""
        self._recorded(Signal.TOPOLOGY)
        return Topology(depends_on={name: tuple(s.calls) for name, s in self._scenario.system.services.items()})

    async def baseline(self) -> Telemetry:
        """Raise `NotRecorded`: the healthy part is the beginning of `extent`."""
        message = "no separate healthy period was recorded; the window begins before the trouble"
        raise NotRecorded(message)

    async def extent(self) -> Window:
        """See `Telemetry`."""
        return Window(self._fired_at - timedelta(seconds=self._scenario.before), self._seen())

    async def signal(self, alert: Alert, window: Window) -> tuple[Reading, ...]:
        """See `Telemetry`."""
        rows = await self.metrics(window)
        mine = rows.filter(pl.col("service") == alert.service, pl.col("metric") == (alert.metric or ""))
        return tuple(
            Reading(at=at, value=v) for at, v in mine.sort("timestamp").select("timestamp", "value").iter_rows()
        )

    def gaps(self) -> tuple[str, ...]:
        """Return nothing: a made-up world is read whole."""
        return ()

    async def history(self, service: str, environment: str) -> tuple[Deployed, ...]:
        """See `Deployer`. Empty for what isn't deployed here."""
        if environment != self.environment:
            return ()
        return tuple(release.deployed for release in self._deployed(service))

    async def roll_back(self, plan: Plan, key: str) -> Dispatched:
        """Roll back, once for a key. Takes simulated time only."""
        if key not in self._done:
            self._done[key] = self._roll_back(plan, key)
            await self.wait(timedelta(seconds=ROLLOUT))
        return self._done[key]

    def prepared(self, plan: Plan, key: str) -> AbstractAsyncContextManager[Send]:
        """See `Deployer`."""
        return nullcontext(lambda: self.roll_back(plan, key))

    async def follow(self, plan: Plan, key: str, run: str | None, tell: Tell) -> Dispatched:
        """See `Deployer`. What was sent died with the process whose world it was sent to; here it is done again."""
        del run, tell
        return await self.roll_back(plan, key)

    def _roll_back(self, plan: Plan, key: str) -> Dispatched:
        ran = self._deployed(plan.service) if plan.environment == self.environment else ()
        if not ran:
            return Dispatched(Outcome.FAILED, reason=f"{plan.service} isn't deployed in {plan.environment}")
        running = ran[-1].deployed.version
        if running != plan.from_version:
            return Dispatched(Outcome.FAILED, reason=f"{plan.service} runs {running}, not {plan.from_version}")
        goal = next((r for r in reversed(ran[:-1]) if r.deployed.version == plan.to_version), None)
        if goal is None:
            return Dispatched(Outcome.FAILED, reason=f"{plan.service} never ran {plan.to_version}")
        done = Deployed(
            plan.service, plan.to_version, running, f"rollback-{key}", self.now() + timedelta(seconds=ROLLOUT)
        )
        self._rollbacks = (*self._rollbacks, Release(done, goal.carries))
        self._model = self._model.until(self._model.end, self._rollbacks)
        return Dispatched(Outcome.SUCCEEDED)

    def _deployed(self, service: str) -> tuple[Release, ...]:
        ran = (*self._shipped.get(service, ()), *(r for r in self._rollbacks if r.deployed.service == service))
        return tuple(sorted((r for r in ran if r.deployed.at <= self.now()), key=lambda r: r.deployed.at))

    def _current(self) -> Simulation:
        needed = (self._seen() - self._fired_at).total_seconds()
        if needed > self._model.end - STEP:
            self._model = self._model.until(needed + max(AHEAD, needed), self._rollbacks)
        return self._model

    def _seen(self) -> datetime:
        return self._fired_at + (self.now() - self._fired_at) // BATCH * BATCH

    async def _rows(self, of: Callable[[Simulation], pl.DataFrame], column: str, window: Window) -> pl.DataFrame:
        """Return a table's rows that can be seen. Making them up takes a second: it is done beside the event loop."""
        model, end = self._current(), min(window.end, self._seen())
        inside = (pl.col(column) >= window.start) & (pl.col(column) < end)
        return await asyncio.to_thread(lambda: of(model).filter(inside))

    def _told(self, at: datetime, window: Window) -> bool:
        return at in window and at <= self.now()

    def _recorded(self, signal: Signal) -> None:
        if signal in self._scenario.missing:
            message = f"nobody recorded {signal.value} here"
            raise NotRecorded(message)


def _as_change(done: Deployed) -> Change:
    return Change(
        id=done.change or "rollback",
        at=done.at,
        service=done.service,
        kind=ChangeKind.ROLLBACK,
        title=f"roll {done.service} back to {done.version}",
        version=done.version,
        previous_version=done.previous_version,
    )
