"""A production of which some signals were never recorded: what our method makes of less."""

from collections.abc import Collection
from enum import StrEnum

from incident.alert import Alert
from incident.change import Change, Commit, Event, Topology
from incident.facts import Reading
from incident.ports import NotRecorded, Table, Telemetry
from incident.values import Window


class Part(StrEnum):
    """What can be withheld. ``changes`` are changes, commits and what providers said; the declared graph stays."""

    METRICS = "metrics"
    LOGS = "logs"
    SPANS = "spans"
    CHANGES = "changes"


class Withheld:
    """`Telemetry` that tells only some parts of another; the rest raises `NotRecorded`."""

    def __init__(self, whole: Telemetry, told: Collection[Part]) -> None:
        self._whole, self._told = whole, frozenset(told)

    def _only(self, part: Part, signal: str) -> None:
        if part not in self._told:
            raise NotRecorded(signal)

    async def metrics(self, window: Window) -> Table:
        """See `Telemetry`."""
        self._only(Part.METRICS, "metrics")
        return await self._whole.metrics(window)

    async def logs(self, window: Window) -> Table:
        """See `Telemetry`."""
        self._only(Part.LOGS, "logs")
        return await self._whole.logs(window)

    async def spans(self, window: Window) -> Table:
        """See `Telemetry`."""
        self._only(Part.SPANS, "spans")
        return await self._whole.spans(window)

    async def changes(self, window: Window) -> tuple[Change, ...]:
        """See `Telemetry`."""
        self._only(Part.CHANGES, "changes")
        return await self._whole.changes(window)

    async def commits(self, window: Window) -> tuple[Commit, ...]:
        """See `Telemetry`."""
        self._only(Part.CHANGES, "commits")
        return await self._whole.commits(window)

    async def events(self, window: Window) -> tuple[Event, ...]:
        """See `Telemetry`."""
        self._only(Part.CHANGES, "events")
        return await self._whole.events(window)

    async def topology(self) -> Topology:
        """See `Telemetry`."""
        return await self._whole.topology()

    async def baseline(self) -> Telemetry:
        """See `Telemetry`."""
        return Withheld(await self._whole.baseline(), self._told)

    async def extent(self) -> Window:
        """See `Telemetry`."""
        return await self._whole.extent()

    async def signal(self, alert: Alert, window: Window) -> tuple[Reading, ...]:
        """See `Telemetry`."""
        self._only(Part.METRICS, "the signal that paged")
        return await self._whole.signal(alert, window)

    def gaps(self) -> tuple[str, ...]:
        """See `Telemetry`."""
        return self._whole.gaps()
