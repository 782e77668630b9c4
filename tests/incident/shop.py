"""The outside world of the responder's tests: a shop that can be rolled back, a team that says its lines, a screen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from incident.alert import Alert
from incident.change import Change, Commit, Event, Topology
from incident.facts import Approval, Diagnosis, Fact, Outcome, Plan, Progress, Reading, Turn, Verdict
from incident.hands import Hands
from incident.model import Incident
from incident.ports import (
    Clock,
    Deployed,
    Dispatched,
    Heard,
    NotReady,
    NotRecorded,
    Send,
    Sighting,
    Telemetry,
    Tell,
    Undelivered,
    Unreadable,
)
from incident.responder import Responder
from incident.status import World
from incident.values import Window
from tests.incident import made

SURE, UNSURE = made.DIAGNOSIS, made.DIAGNOSIS.model_copy(update={"confidence": 0.7})


LOOKS = 20
"""How often what another process may just be sending is looked for."""


@dataclass
class Shop:
    """A production that heals when the right version runs; time passes when somebody waits."""

    now: datetime = made.T
    history: list[Deployed] = field(default_factory=lambda: list(made.HISTORY))
    heals: bool = True
    outcome: Outcome = Outcome.SUCCEEDED
    lost: bool = False
    unready: str = ""
    asked: list[str] = field(default_factory=list)
    looked: list[tuple[str, str | None]] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    healed_at: datetime | None = None
    blind: bool = False
    silent_since: datetime | None = None

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.now, wait=self._wait, for_people=self._wait)

    async def _wait(self, length: timedelta) -> None:
        self.now += length
        await asyncio.sleep(0)

    async def deployed(self) -> tuple[Deployed, ...]:
        return tuple(self.history)

    async def changes(self, window: Window) -> tuple[Change, ...]:
        return tuple(change for change in (made.CHANGE,) if change.at in window)

    async def topology(self) -> Topology:
        raise NotRecorded

    async def baseline(self) -> Telemetry:
        raise NotRecorded

    async def commits(self, _window: Window) -> tuple[Commit, ...]:
        raise NotRecorded

    async def events(self, _window: Window) -> tuple[Event, ...]:
        raise NotRecorded

    async def signal(self, _alert: Alert, window: Window) -> tuple[Reading, ...]:
        if self.blind:
            raise Unreadable
        minutes = int((window.end - window.start).total_seconds() // 60)
        moments = (window.start + timedelta(minutes=m) for m in range(minutes))
        return tuple(self._reading(m) for m in moments if self.silent_since is None or m < self.silent_since)

    def _reading(self, at: datetime) -> Reading:
        well = at < made.ONSET or (self.healed_at is not None and at >= self.healed_at)
        return Reading(at=at, value=200 if well else 900)

    async def roll_back(self, _plan: Plan, key: str) -> None:
        self.asked.append(key)
        if key not in self.done:
            self.done.add(key)
            self.healed_at = self.now if self.heals and self.outcome is Outcome.SUCCEEDED else self.healed_at


class Deploys:
    """The shop's deployer."""

    def __init__(self, shop: Shop, acts_on: World = World.SCENARIO) -> None:
        self._shop, self.acts_on = shop, acts_on

    async def history(self, _service: str, _environment: str) -> tuple[Deployed, ...]:
        return await self._shop.deployed()

    @asynccontextmanager
    async def prepared(self, plan: Plan, key: str) -> AsyncIterator[Send]:
        if self._shop.unready:
            raise NotReady(self._shop.unready, "https://ci.example/runs")

        async def send() -> Sighting:
            await self.sent(plan, key)
            return Sighting("1", Progress.RUNNING, "https://ci.example/runs/1")

        yield send

    async def sent(self, plan: Plan, key: str) -> None:
        await self._shop.roll_back(plan, key)

    async def follow(self, plan: Plan, key: str, run: str | None, tell: Tell) -> Dispatched:
        self._shop.looked.append((key, run))
        if run is None:
            await tell(Sighting("1", Progress.RUNNING, "https://ci.example/runs/1"))
        if self._shop.lost:
            raise TimeoutError
        for _ in range(LOOKS):
            if key not in self._shop.done:
                await asyncio.sleep(0.01)
        return Dispatched(self._shop.outcome if key in self._shop.done else Outcome.UNKNOWN, reason=plan.to_version)


@dataclass
class Team:
    """Says its lines."""

    lines: tuple[Turn | Diagnosis, ...] = (made.TURN, SURE)
    error: Exception | None = None
    heard: Heard | None = None

    async def investigate(
        self, incident: Incident, telemetry: Telemetry, heard: Heard
    ) -> AsyncIterator[Turn | Diagnosis]:
        assert telemetry is not None
        self.heard = heard
        for line in self.lines:
            if line not in incident.facts:
                yield line
        if self.error is not None:
            raise self.error


@dataclass
class Screen:
    """Where people read."""

    shown: list[int] = field(default_factory=list)
    facts: list[Fact | None] = field(default_factory=list)
    down: bool = False

    async def show(self, incident: Incident, fact: Fact | None, seq: int) -> None:
        if self.down:
            raise Undelivered
        assert len(incident.facts) == seq
        self.shown.append(seq)
        self.facts.append(fact)


def on(hands: Hands, world: World) -> Hands:
    """Let the shop stand for a production of another kind."""
    if isinstance(hands.deployer, Deploys):
        hands.deployer.acts_on = world
    return hands


async def run(hands: Hands, world: World = World.SCENARIO) -> Incident:
    responder = Responder(on(hands, world))
    return await responder.advance(await responder.open(made.ALERT, "shop", world, "production"))


def yes(shop: Shop, asked: Incident, by: str = "U1") -> Approval:
    verdict = asked.last(Verdict)
    digest = verdict.plan.digest if verdict is not None and verdict.plan is not None else None
    return made.approval(by=by, digest=digest).model_copy(update={"at": shop.now})


def unsure(hands: Hands) -> Hands:
    return replace(hands, investigator=Team((made.TURN, UNSURE)))


def kinds(incident: Incident) -> list[str]:
    return [fact.kind for fact in incident.facts]
