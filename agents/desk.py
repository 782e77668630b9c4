"""One incident's telemetry on the desk: every signal is read once, every analysis done once, whoever asks."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TypeVar

import polars as pl

from agents.analysis.observations import Calls
from agents.windows import Scope
from incident.alert import Alert
from incident.change import Change, Commit, Event, Topology
from incident.facts import Agent
from incident.ports import NotRecorded, Table, Telemetry, Unreadable

Result = TypeVar("Result")
LOOKED_AT = {
    Agent.METRICS: ("metrics", "spans", "topology"),
    Agent.LOGS: ("logs",),
    Agent.DEPLOY: ("changes", "commits", "events"),
}
"""What is missed where it is missing; a healthy period is a luxury."""


class Desk:
    """Reads raise `NotRecorded` or `Unreadable` each time they are repeated, without reading again."""

    def __init__(self, alert: Alert, telemetry: Telemetry, scope: Scope) -> None:
        self.alert = alert
        self.scope = scope
        self.split = scope.split(alert)
        self._telemetry = telemetry
        self._kept: dict[str, object] = {}
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._unseen: dict[str, str] = {}

    async def metrics(self) -> pl.DataFrame:
        """Return the readings of the window."""
        window = self.scope.signal_window(self.alert)
        return await self.once("metrics", lambda: _framed(self._telemetry.metrics(window)))

    async def logs(self) -> pl.DataFrame:
        """Return the log lines of the window."""
        window = self.scope.signal_window(self.alert)
        return await self.once("logs", lambda: _framed(self._telemetry.logs(window)))

    async def spans(self) -> pl.DataFrame:
        """Return the spans of the window."""
        window = self.scope.signal_window(self.alert)
        return await self.once("spans", lambda: _framed(self._telemetry.spans(window)))

    async def changes(self) -> tuple[Change, ...]:
        """Return what was changed, oldest first."""
        return await self.once("changes", lambda: self._telemetry.changes(self.scope.change_window(self.alert)))

    async def commits(self) -> tuple[Commit, ...]:
        """Return what was committed, oldest first."""
        return await self.once("commits", lambda: self._telemetry.commits(self.scope.change_window(self.alert)))

    async def events(self) -> tuple[Event, ...]:
        """Return what providers and platforms said, oldest first."""
        return await self.once("events", lambda: self._telemetry.events(self.scope.change_window(self.alert)))

    async def topology(self) -> Topology:
        """Return the declared call graph."""
        return await self.once("topology", self._telemetry.topology)

    async def healthy(self, signal: str) -> pl.DataFrame | None:
        """Return the same signal of a healthy period, None where none was recorded."""
        try:
            return await self.once(f"healthy {signal}", lambda: self._healthy(signal))
        except (NotRecorded, Unreadable):
            return None

    async def once(self, name: str, make: Callable[[], Awaitable[Result]]) -> Result:
        """Return what ``make`` made when the name was first asked for; an error is kept like a result."""
        async with self._locks[name]:
            if name not in self._kept:
                try:
                    self._kept[name] = await make()
                except (NotRecorded, Unreadable) as unseen:
                    self._kept[name] = unseen
                    self._unseen[name] = _unseen(name, unseen)
        kept = self._kept[name]
        if isinstance(kept, NotRecorded | Unreadable):
            raise kept
        return kept  # type: ignore[return-value] # what was kept under this name is what make() returns

    async def calls(self, infer: Callable[[pl.DataFrame], Calls]) -> Calls:
        """Return who calls whom: as declared, else as spans show; raises `NotRecorded` where neither says."""
        return await self.once("calls", lambda: self._calls(infer))

    async def _calls(self, infer: Callable[[pl.DataFrame], Calls]) -> Calls:
        try:
            declared = await self.topology()
        except (NotRecorded, Unreadable):
            return await asyncio.to_thread(infer, await self.spans())
        return Calls(depends_on=declared.depends_on, inferred=declared.inferred)

    async def _healthy(self, signal: str) -> pl.DataFrame:
        baseline = await self._telemetry.baseline()
        extent = await baseline.extent()
        read = {"metrics": baseline.metrics, "logs": baseline.logs, "spans": baseline.spans}[signal]
        return await _framed(read(extent))

    def unseen_by(self, agent: Agent) -> tuple[str, ...]:
        """Return what an agent looked for and could not see."""
        return tuple(self._unseen[name] for name in LOOKED_AT.get(agent, ()) if name in self._unseen)

    def gaps(self) -> tuple[str, ...]:
        """Return what could not be seen or was damaged, as far as somebody looked, in a fixed order."""
        unseen = (self._unseen[name] for names in LOOKED_AT.values() for name in names if name in self._unseen)
        told = tuple(unseen)
        damaged = (gap for gap in self._telemetry.gaps() if not any(gap in sentence for sentence in told))
        return tuple(dict.fromkeys((*told, *damaged)))


async def _framed(table: Awaitable[Table]) -> pl.DataFrame:
    return await asyncio.to_thread(pl.DataFrame, await table)


def _unseen(name: str, why: NotRecorded | Unreadable) -> str:
    if isinstance(why, NotRecorded):
        return f"{name} could not be seen: nobody recorded them" if name != "topology" else "no call graph was declared"
    return f"{name} could not be read: {why}"
