"""A team that takes its time, and those who watch it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from bot.app import Place
from bot.crew import Crew
from bot.kept import Storage
from bot.places import Places, unseen_place
from bot.working import Working
from incident.alert import Alert
from incident.facts import Agent, Diagnosis, Fact, Turn
from incident.model import Incident
from incident.policy import Policy, unchanging
from incident.ports import Heard, Telemetry
from storage.memory import Origin

HERE = Origin("C0INCIDENTS")


class SlowTeam:
    """Says one thing and then looks for ever."""

    async def investigate(
        self, incident: Incident, telemetry: Telemetry, heard: Heard
    ) -> AsyncIterator[Turn | Diagnosis]:
        del telemetry, heard
        if not incident.every(Turn):
            now = datetime.now(UTC)
            yield Turn(at=now, started_at=now, agent=Agent.COMMANDER, text="I have a first idea.", by="offline")
        await asyncio.Event().wait()


class Seen:
    """A chat that is a list."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, int, str]] = []
        self.more = asyncio.Event()

    async def show(self, incident: Incident, fact: Fact | None, seq: int) -> None:
        self.shown.append((incident.id, seq, fact.kind if fact else "opened"))
        self.more.set()

    async def until(self, kind: str) -> None:
        while kind not in {each for _, _, each in self.shown}:
            self.more.clear()
            await self.more.wait()


def slow_crew(storage: Storage, seen: Seen) -> Crew:
    return Crew(
        store=storage.store,
        leases=storage.leases,
        chat=seen,
        places=Places(),
        rules=unchanging(Policy()),
        investigator=lambda _place, _watch: SlowTeam(),
        working=Working(),
    )


def place(service: str = "cart") -> Place:
    return unseen_place(Alert(service=service, name="CartSlow", fired_at=datetime.now(UTC)), "production")
