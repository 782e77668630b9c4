"""Changes to a recorded incident that shouldn't change its answer, made in memory while it is read."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import NamedTuple, TypeVar

import polars as pl

from agents.analysis.metric_kinds import signal_of
from agents.analysis.observations import Signal
from incident.alert import Alert
from incident.change import Change, Commit, Event, Topology
from incident.facts import Reading
from incident.patches import bare
from incident.ports import NotRecorded, Table, Telemetry
from incident.values import Json, Window

TOLD = TypeVar("TOLD", Change, Commit, Event)
METRIC = ("service", "metric")
SHORTEST = 5
"""Letters of a stem that no other word contains by chance."""
THOUSANDTHS = {"ms": "us", "milliseconds": "microseconds", "seconds": "ms", "sec": "ms", "s": "ms"}
SYNONYMS = {
    "latency": "duration", "duration": "latency", "requests": "calls", "request": "call", "errors": "failures",
    "error": "failure", "availability": "success", "average": "mean", "memory": "mem", "rate": "throughput",
    "queue": "backlog", "connections": "conns", "usage": "utilization", "cpu": "cores",
}  # fmt: skip
"""Other words for the same: whoever names metrics may choose either."""


class Mutation(NamedTuple):
    """What happens to an incident. Tables are changed after names and dates are."""

    name: str
    service: Callable[[str], str] = str
    metric: Callable[[str], str] = str
    factor: Callable[[str], float] = lambda metric: 1.0  # noqa: ARG005 - a metric's own
    later: timedelta = timedelta(0)
    metrics: Callable[[pl.DataFrame, Alert], pl.DataFrame] = lambda rows, alert: rows  # noqa: ARG005 - as they are
    logs: Callable[[pl.DataFrame], pl.DataFrame] = lambda rows: rows
    spans: Callable[[pl.DataFrame], pl.DataFrame] = lambda rows: rows
    healthy: bool = True

    def alert(self, alert: Alert) -> Alert:
        """Return the page as this mutation leaves it."""
        factor = self.factor(alert.metric or "")
        new = self.service(alert.service)
        return alert.model_copy(
            update={
                "service": new,
                "metric": self.metric(alert.metric) if alert.metric else None,
                "value": None if alert.value is None else alert.value * factor,
                "threshold": None if alert.threshold is None else alert.threshold * factor,
                "fired_at": alert.fired_at + self.later,
                "summary": alert.summary.replace(alert.service, new),
                "name": alert.name.replace(alert.service, new),
            }
        )


class Mutated:
    """Telemetry as a mutation leaves it."""

    def __init__(self, telemetry: Telemetry, mutation: Mutation, alert: Alert) -> None:
        self._telemetry, self._mutation, self._alert = telemetry, mutation, alert
        self._names: dict[str, str] | None = None
        self._pattern: re.Pattern[str] | None = None

    async def metrics(self, window: Window) -> Table:
        """Return readings under their other names, in their other units."""
        rows = self._renamed(pl.DataFrame(await self._telemetry.metrics(self._then(window))), "timestamp")
        metrics = rows["metric"].unique().to_list()
        new = {m: self._mutation.metric(m) for m in metrics}
        factors = {m: self._mutation.factor(m) for m in metrics}
        scaled = rows.with_columns(
            pl.col("value") * pl.col("metric").replace_strict(factors, return_dtype=pl.Float64),
            pl.col("metric").replace_strict(new, return_dtype=pl.String),
        )
        return self._mutation.metrics(scaled, self._mutation.alert(self._alert))

    async def logs(self, window: Window) -> Table:
        """Return lines that name services by their other names."""
        rows = self._renamed(pl.DataFrame(await self._telemetry.logs(self._then(window))), "timestamp")
        return self._mutation.logs(await self._reworded(rows, "message", "attributes"))

    async def spans(self, window: Window) -> Table:
        """Return spans of services under their other names."""
        rows = self._renamed(pl.DataFrame(await self._telemetry.spans(self._then(window))), "start")
        return self._mutation.spans(await self._reworded(rows, "name"))

    async def changes(self, window: Window) -> tuple[Change, ...]:
        """Return what was changed."""
        return tuple([await self._told(c) for c in await self._telemetry.changes(self._then(window))])

    async def commits(self, window: Window) -> tuple[Commit, ...]:
        """Return what was committed."""
        return tuple([await self._told(c) for c in await self._telemetry.commits(self._then(window))])

    async def events(self, window: Window) -> tuple[Event, ...]:
        """Return what others said."""
        return tuple([await self._told(e) for e in await self._telemetry.events(self._then(window))])

    async def topology(self) -> Topology:
        """Return the call graph under the other names."""
        known, name = await self._telemetry.topology(), self._mutation.service
        graph = {name(caller): tuple(map(name, callees)) for caller, callees in known.depends_on.items()}
        return known.model_copy(update={"depends_on": graph})

    async def baseline(self) -> Telemetry:
        """Return the healthy period, changed likewise."""
        if not self._mutation.healthy:
            missing = "baseline"
            raise NotRecorded(missing)
        return Mutated(await self._telemetry.baseline(), self._mutation, self._alert)

    async def extent(self) -> Window:
        """Return the stretch of time at its other date."""
        start, end = await self._telemetry.extent()
        return Window(start + self._mutation.later, end + self._mutation.later)

    async def signal(self, alert: Alert, window: Window) -> tuple[Reading, ...]:
        """Return the readings of the series that paged."""
        rows = pl.DataFrame(await self.metrics(window)).filter(service=alert.service, metric=alert.metric)
        return tuple(
            Reading(at=at, value=v) for at, v in rows.sort("timestamp").select("timestamp", "value").iter_rows()
        )

    def gaps(self) -> tuple[str, ...]:
        """Return what could not be read."""
        return self._telemetry.gaps()

    def _then(self, window: Window) -> Window:
        return Window(window.start - self._mutation.later, window.end - self._mutation.later)

    def _renamed(self, rows: pl.DataFrame, time: str) -> pl.DataFrame:
        new = {s: self._mutation.service(s) for s in rows["service"].unique().drop_nulls()}
        names = pl.col("service").cast(pl.String).replace(new) if new else pl.col("service")
        return rows.with_columns(names, pl.col(time) + self._mutation.later)

    async def _reworded(self, rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
        names = await self._known()
        old, new = list(names), list(names.values())
        if old == new:
            return rows
        return rows.with_columns(
            pl.col(c).cast(pl.String).str.replace_many(old, new, leftmost=True) for c in columns if c in rows.columns
        )

    async def _told(self, said: TOLD) -> TOLD:
        names = await self._known()
        fields = {k: self._text(v, names) for k, v in said if k not in {"at", "kind", "sha", "id", "commit"}}
        service = getattr(said, "service", None)
        update: dict[str, object] = {**fields, "at": said.at + self._mutation.later}
        if service is not None:
            update["service"] = self._mutation.service(service)
        return said.model_copy(update=update)

    def _text(self, value: Json | tuple[str, ...] | Mapping[str, Json], names: Mapping[str, str]) -> object:
        if isinstance(value, str):
            return self._pattern.sub(lambda m: names[m[0]], value) if self._pattern else value
        if isinstance(value, tuple):
            return tuple(self._text(v, names) for v in value)
        if isinstance(value, Mapping):
            return {k: self._text(v, names) for k, v in value.items()}
        return value

    async def _known(self) -> dict[str, str]:
        """Return all services' other names, the longest first, so that no name is found inside of another."""
        if self._names is None:
            always = await self._telemetry.extent()
            names = {self._alert.service}
            for read in (self._telemetry.metrics, self._telemetry.logs, self._telemetry.spans):
                try:
                    names |= set(pl.DataFrame(await read(always))["service"].cast(pl.String).unique().drop_nulls())
                except NotRecorded:
                    continue
            found = {k: v for s in sorted(names) for k, v in spellings(s, self._mutation.service).items()}
            ordered = sorted(found, key=lambda s: (-len(s), s))
            self._names = {s: found[s] for s in ordered}
            self._pattern = re.compile("|".join(map(re.escape, ordered)))
        return self._names


def draw(*parts: str) -> float:
    """Return a number from 0 to 1 that is always the same for the same words."""
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:4]) / 2**32


def nonsense(name: str) -> str:
    """Return a name that says nothing, always the same one; what services are called besides their own stays."""
    stem = bare(name)
    digest = hashlib.sha256((stem if name.islower() else name).encode()).digest()
    told = "".join("bdfgklmnprstvz"[b % 14] + "aeiou"[b // 14 % 5] for b in digest[:5])
    return f"{told}-service" if stem != name and name.islower() else told


def spellings(name: str, rename: Callable[[str], str]) -> dict[str, str]:
    """Return the ways in which texts spell a service, each with its new spelling."""
    stem = bare(name)
    found = {name: rename(name)}
    if len(stem) >= SHORTEST and rename(name) != name:
        new = rename(stem)
        found |= {stem: new, stem.capitalize(): new.capitalize(), stem.upper(): new.upper()}
    return found


def synonym(metric: str) -> str:
    """Return a metric's name in other usual words."""
    return re.sub(r"[A-Za-z]+", lambda m: SYNONYMS.get(m[0].lower(), m[0]), metric)


def in_thousandths(metric: str) -> str:
    """Return the name of a time that is now told in thousandths."""
    if signal_of(metric) is not Signal.LATENCY:
        return metric
    return re.sub(r"(?<=_)(ms|milliseconds|seconds|sec|s)(?=_|$)", lambda m: THOUSANDTHS[m[0]], metric)


def _kept(share: float, *columns: str) -> pl.Expr:
    """Choose rows by what they are, so that the same ones are left each time."""
    return pl.concat_str(pl.col(c).cast(pl.String) for c in columns).hash(7) % 1000 < round(1000 * share)


def _series_kept(rows: pl.DataFrame, alert: Alert) -> pl.DataFrame:
    paged = (pl.col("service") == alert.service) & (pl.col("metric") == (alert.metric or ""))
    return rows.filter(paged | _kept(0.8, *METRIC))


def _shuffled(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sample(fraction=1.0, shuffle=True, seed=5)


MUTATIONS = (
    Mutation("as recorded"),
    Mutation("services renamed", service=nonsense),
    Mutation("metrics renamed", metric=synonym),
    Mutation(
        "times in thousandths",
        metric=in_thousandths,
        factor=lambda m: 1000.0 if signal_of(m) is Signal.LATENCY else 1.0,
    ),
    Mutation("another date", later=timedelta(days=37, hours=5, minutes=13)),
    Mutation("rows shuffled", metrics=lambda rows, _: _shuffled(rows), logs=_shuffled, spans=_shuffled),
    Mutation("a fifth of series gone", metrics=_series_kept),
    Mutation("a third of readings gone", metrics=lambda rows, _: rows.filter(_kept(0.67, "timestamp", *METRIC))),
    Mutation("a third of lines gone", logs=lambda rows: rows.filter(_kept(0.67, "timestamp", "service", "message"))),
    Mutation("half of traces gone", spans=lambda rows: rows.filter(_kept(0.5, "trace_id"))),
    Mutation("no healthy day", healthy=False),
)
