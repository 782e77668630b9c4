"""A small production as lists: three services, one bad deploy, everything readable, nothing on disk."""

# ruff: noqa: ARG002 - the signatures are Telemetry's

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import polars as pl

from agents.investigator import TeamInvestigator
from incident.alert import Alert
from incident.change import Change, ChangeKind, Commit, Event, Topology
from incident.facts import Diagnosis, Reading, Remark, Turn
from incident.model import Incident
from incident.ports import Heard, NotRecorded, Telemetry
from incident.status import World
from incident.values import Window

FIRED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CHANGED = FIRED - timedelta(minutes=15)
MINUTE = timedelta(minutes=1)
SERVICES = ("edge", "basket", "ledger")
ALERT = Alert(
    service="basket", name="slow", summary="basket answers slowly", fired_at=FIRED,
    metric="http_request_duration_p99_ms", value=2000.0, threshold=500.0,
)  # fmt: skip


class Lists:
    """Telemetry out of lists: what is in ``missing`` was never recorded; ``before`` runs ahead of each reading."""

    def __init__(
        self, missing: frozenset[str] = frozenset(), before: Callable[[str], Awaitable[None]] | None = None
    ) -> None:
        self.missing = missing
        self.before = before
        self.reads: list[str] = []

    async def _read(self, signal: str) -> None:
        self.reads.append(signal)
        if self.before is not None:
            await self.before(signal)
        if signal in self.missing:
            raise NotRecorded(signal)

    async def metrics(self, window: Window) -> pl.DataFrame:
        await self._read("metrics")
        return pl.DataFrame(_metrics(), schema=["timestamp", "service", "metric", "value"], orient="row").filter(
            _inside(window)
        )

    async def logs(self, window: Window) -> pl.DataFrame:
        await self._read("logs")
        columns = ["timestamp", "service", "level", "message", "trace_id", "attributes"]
        texts = dict.fromkeys(columns[1:], pl.String)
        schema = {"timestamp": pl.Datetime("us", "UTC"), **texts}
        return pl.DataFrame(_logs(), schema=schema, orient="row").filter(_inside(window))

    async def spans(self, window: Window) -> pl.DataFrame:
        await self._read("spans")
        raise NotRecorded("spans")  # noqa: EM101 - the signal's name is the message

    async def changes(self, window: Window) -> tuple[Change, ...]:
        await self._read("changes")
        return tuple(c for c in CHANGES if c.at in window)

    async def commits(self, window: Window) -> tuple[Commit, ...]:
        await self._read("commits")
        return tuple(c for c in COMMITS if c.at in window)

    async def events(self, window: Window) -> tuple[Event, ...]:
        await self._read("events")
        return ()

    async def topology(self) -> Topology:
        await self._read("topology")
        return Topology(depends_on={"edge": ("basket",), "basket": ("ledger",), "ledger": ()})

    async def baseline(self) -> Telemetry:
        raise NotRecorded("baseline")  # noqa: EM101 - the same

    async def extent(self) -> Window:
        return Window(FIRED - timedelta(hours=3), FIRED + 10 * MINUTE)

    async def signal(self, alert: Alert, window: Window) -> tuple[Reading, ...]:
        return ()

    def gaps(self) -> tuple[str, ...]:
        return ()


def _inside(window: Window) -> pl.Expr:
    return (pl.col("timestamp") >= window.start) & (pl.col("timestamp") < window.end)


def _metrics() -> list[tuple[datetime, str, str, float]]:
    rows = []
    for minute in range(-180, 11):
        at, bad, wave = FIRED + minute * MINUTE, minute >= -13, (minute % 7) - 3
        rows += [
            (
                at,
                s,
                "http_request_duration_p99_ms",
                200.0 + 5 * wave + (1800 if bad and s == "basket" else 600 if bad and s == "edge" else 0),
            )
            for s in SERVICES
        ]
        rows += [
            (at, "basket", "db_pool_in_use", 10.0 if bad else 22.0 + wave),
            (at, "basket", "db_pool_max", 10.0 if minute >= -15 else 100.0),
        ]
    return rows


def _logs() -> list[tuple[datetime, str, str, str, str | None, str | None]]:
    rows: list[tuple[datetime, str, str, str, str | None, str | None]] = []
    for minute in range(-180, 11):
        at = FIRED + minute * MINUTE
        rows.append((at, "basket", "INFO", f"handled request {minute + 500}", f"t{minute}", None))
        if minute >= -13:
            rows += [
                (at, "basket", "ERROR", "pool exhausted (active=10/10) for ann@example.com", f"t{minute}", None)
            ] * 3
            rows.append((at, "edge", "ERROR", "502 from basket: upstream timed out", f"t{minute}", None))
    return rows


CHANGES = (
    Change(
        id="rel-7", at=FIRED - timedelta(hours=30), service="ledger", kind=ChangeKind.DEPLOY, title="ledger 4.1",
        version="4.1", previous_version="4.0",
    ),
    Change(
        id="cfg-12", at=CHANGED, service="basket", kind=ChangeKind.CONFIG, title="db.pool.max: 100 -> 10",
        version="c12", previous_version="c11", author="r.iyer", reversible=True,
        attributes={"db.pool.max": "100 -> 10"},
    ),
    Change(
        id="rel-8", at=FIRED - timedelta(minutes=22), service="edge", kind=ChangeKind.DEPLOY,
        title="edge 2.2: new favicon", version="2.2", previous_version="2.1",
    ),
)  # fmt: skip
COMMITS = (
    Commit(
        sha="a" * 40,
        at=FIRED - timedelta(hours=1),
        message="Add a favicon",
        files=("edge/static/favicon.ico",),
        diff=None,
    ),
)


class Outcome(NamedTuple):
    """What an investigation came to."""

    turns: tuple[Turn, ...]
    diagnosis: Diagnosis

    def of(self, agent: str) -> list[Turn]:
        return [turn for turn in self.turns if turn.agent == agent]


def incident(*facts: Turn) -> Incident:
    bare = Incident(
        id="INC-1", target="basket", world=World.RECORDED, environment="production", alert=ALERT, opened_at=FIRED
    )
    return bare.replay(facts)


async def silence() -> tuple[Remark, ...]:
    return ()


async def investigated(
    team: TeamInvestigator, telemetry: Telemetry, case: Incident | None = None, heard: Heard = silence
) -> Outcome:
    async with asyncio.timeout(30):
        facts = [fact async for fact in team.investigate(case or incident(), telemetry, heard)]
    assert isinstance(facts[-1], Diagnosis)
    return Outcome(tuple(f for f in facts if isinstance(f, Turn)), facts[-1])
