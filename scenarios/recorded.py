"""A recorded incident on disk (incident-format.md) as Telemetry. The answer key is never opened here."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

import polars as pl

from incident.alert import Alert
from incident.change import Change, Commit, Event, Topology
from incident.facts import Reading
from incident.ports import NotRecorded, Unreadable
from incident.values import Window
from scenarios.happenings import Happening, Row, change, commit, event, happenings
from scenarios.papers import NotAnIncident, Page, healthy_folder, read_alert, read_graph
from scenarios.reading import LIMITS, Damage, Limits, plain_file
from scenarios.shapes import LOGS, METRICS, SPANS, File, Shape
from scenarios.shelf import Shelf
from scenarios.signals import find, load, names

SIGNALS = (METRICS, LOGS, SPANS)


class Recording:
    """Everything that one folder tells. Each file is read once, when it is first asked for.

    ``moment`` is when the alert fired: what is nearest to it is kept of a file that is too large.
    A healthy period has no alert; `open_recording` opens those that have.
    """

    def __init__(self, folder: Path, moment: datetime | None = None, limits: Limits = LIMITS) -> None:
        self.folder = folder.resolve()
        self._moment = moment
        self._limits = limits
        self._shelf = Shelf()
        self._healthy: Recording | None = None
        self._services: set[str] = set()

    async def metrics(self, window: Window) -> pl.DataFrame:
        """Return the readings inside the window."""
        return await self._rows(METRICS, window)

    async def logs(self, window: Window) -> pl.DataFrame:
        """Return the log lines inside the window."""
        return await self._rows(LOGS, window)

    async def spans(self, window: Window) -> pl.DataFrame:
        """Return the spans that began inside the window."""
        return await self._rows(SPANS, window)

    async def changes(self, window: Window) -> tuple[Change, ...]:
        """Return the changes inside the window, oldest first."""
        return await self._happenings("changes", change, window)

    async def commits(self, window: Window) -> tuple[Commit, ...]:
        """Return the commits inside the window, oldest first."""
        return await self._happenings("commits", commit, window)

    async def events(self, window: Window) -> tuple[Event, ...]:
        """Return the events inside the window, oldest first."""
        return await self._happenings("events", event, window)

    async def topology(self) -> Topology:
        """Return the declared call graph."""
        return await asyncio.to_thread(self._shelf.take, "topology", self._topology)

    async def baseline(self) -> "Recording":
        """Return the healthy period that the folder names; its gaps become this recording's."""
        return await asyncio.to_thread(self._shelf.take, "baseline", self._baseline)

    async def extent(self) -> Window:
        """Return the time from the first to just after the last row of all signals."""
        times: list[datetime] = []
        for shape in SIGNALS:
            try:
                rows = await self._all(shape)
            except (NotRecorded, Unreadable):
                continue
            times += [t for t in (rows[shape.time].min(), rows[shape.time].max()) if isinstance(t, datetime)]
        if not times:
            raise NotRecorded(", ".join(shape.signal for shape in SIGNALS))
        return Window(min(times), max(times) + timedelta(microseconds=1))

    async def signal(self, alert: Alert, window: Window) -> tuple[Reading, ...]:
        """Return the readings of the series that paged; raises `NotRecorded` where the recording has no such series."""
        if alert.metric is None:
            message = "the signal that paged: the alert names no metric"
            raise NotRecorded(message)
        series = (await self._all(METRICS)).filter(service=alert.service, metric=alert.metric)
        if series.is_empty():
            message = f"{alert.metric} of {alert.service}, the signal that paged"
            raise NotRecorded(message)
        inside = _inside(series, METRICS, window).sort("timestamp")
        return tuple(Reading(at=at, value=value) for at, value in inside.select("timestamp", "value").iter_rows())

    def gaps(self) -> tuple[str, ...]:
        """Return what was damaged or left out in the files read so far, the baseline's included."""
        beneath = self._healthy.gaps() if self._healthy else ()
        return (*self._shelf.gaps, *(f"in the baseline, {gap}" for gap in beneath))

    async def _rows(self, shape: Shape, window: Window) -> pl.DataFrame:
        return _inside(await self._all(shape), shape, window)

    async def _all(self, shape: Shape) -> pl.DataFrame:
        return await asyncio.to_thread(self._shelf.take, shape.signal, lambda: self._load(shape))

    async def _happenings(
        self, signal: str, make: Callable[[Row], Happening | None], window: Window
    ) -> tuple[Happening, ...]:
        found = await asyncio.to_thread(self._shelf.take, signal, lambda: self._tell(signal, make))
        return tuple(happening for happening in found if happening.at in window)

    def _load(self, shape: Shape) -> pl.DataFrame:
        damage = Damage(shape.signal)
        path = find(self.folder, shape, damage)
        damage.name, damage.unit = path.name, "row" if path.suffix == ".parquet" else "line"
        rows = load(File(path, shape, self._limits), self._moment, damage)
        self._services.update(rows["service"].unique())
        self._shelf.state(*damage.sentences())
        return rows

    def _tell(self, signal: str, make: Callable[[Row], Happening | None]) -> tuple[Happening, ...]:
        paths = (self.folder / f"{signal}.ndjson", self.folder / f"{signal}.ndjson.gz")
        path = next((path for path in paths if plain_file(path, self.folder.parent)), None)
        if path is None:
            raise NotRecorded(signal)
        damage = Damage(path.name)
        found = happenings(path, make, damage)
        if not found and damage.sentences():
            raise Unreadable("; ".join(damage.sentences()))
        self._shelf.state(*damage.sentences())
        return found

    def _paper(self, name: str) -> Path:
        path = self.folder / f"{name}.json"
        if not plain_file(path, self.folder.parent):
            raise NotRecorded(name)
        return path

    def _topology(self) -> Topology:
        return read_graph(self._paper("topology"))

    def _baseline(self) -> "Recording":
        self._healthy = Recording(healthy_folder(self._paper("baseline")), limits=self._limits)
        return self._healthy


class RecordedIncident(Recording):
    """A recording that begins with a page."""

    def __init__(self, folder: Path, page: Page, limits: Limits = LIMITS) -> None:
        super().__init__(folder, page.alert.fired_at, limits)
        self.alert = page.alert
        self._shelf.state(*page.gaps)

    def gaps(self) -> tuple[str, ...]:
        """Return what a recording tells, and whether the service that paged occurs nowhere in the signals read."""
        if not self._services or self.alert.service in self._services:
            return super().gaps()
        near = get_close_matches(self.alert.service, self._services, n=1)
        asked = f"; was {near[0]} meant?" if near else ""
        return (*super().gaps(), f"no signal that was read mentions {self.alert.service}, which paged{asked}")


def open_recording(folder: Path, limits: Limits = LIMITS) -> RecordedIncident:
    """Return the incident of a folder, its signals still unread; raises `NotAnIncident`."""
    if not folder.is_dir():
        message = f"{folder} is not a folder: a recorded incident is a folder with alert.json and at least one signal"
        raise NotAnIncident(message)
    page = read_alert(folder / "alert.json")
    _refuse_unless_recorded(folder)
    return RecordedIncident(folder, page, limits)


def _refuse_unless_recorded(folder: Path) -> None:
    if not any((folder / name).exists() for shape in SIGNALS for name in names(shape)):
        message = (
            f"{folder} has no signal: it needs one of metrics.csv, logs.ndjson, spans.ndjson (or .gz, or .parquet)"
        )
        raise NotAnIncident(message)


def _inside(rows: pl.DataFrame, shape: Shape, window: Window) -> pl.DataFrame:
    seen = rows[shape.time].is_between(window.start, window.end, closed="left")
    return rows if seen.all() else rows.filter(seen)  # a copy of a million rows is worth sparing
