"""What the monitoring of a made-up world would have scraped: the course of events under each kind of node's metrics."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scenarios.faults import Drift
from scenarios.forces import Forces
from scenarios.names import COLLECTING
from scenarios.network import Network
from scenarios.physics import Course
from scenarios.plan import STEP, Array, Grid
from scenarios.schema import Scenario
from scenarios.seeds import chance, noise
from scenarios.system import Gauge, NodeKind, Renamed, Service

SMOOTH = np.array([0.75, 0.25, 0.2, 0.15, 0.1, 0.1])
"""How readings hang together over time: most of the noise is new each step."""
BLIP = 3.0
"""Standard deviations beyond which a single reading is off for no reason: one in 740."""


class Series(NamedTuple):
    """One metric of a service before noise. ``noise`` is relative; readings outside ``low..high`` don't exist."""

    name: str
    values: Array
    noise: float = 0.04
    low: float = 0.0
    high: float = np.inf


class Happened(NamedTuple):
    """A stretch of a world as it really was."""

    scenario: Scenario
    net: Network
    grid: Grid
    seed: int
    on: Forces
    course: Course


def scraped(world: Happened) -> pl.DataFrame:
    """Return ``timestamp, service, metric, value``. What is down reports nothing but that."""
    stamps = _stamps(world.grid)
    frames = []
    for i, (name, service) in enumerate(zip(world.net.names, world.net.services, strict=True)):
        if service.kind is NodeKind.EXTERNAL:
            continue
        alive = world.course.down[:, i] < 0.5  # noqa: PLR2004 - more down than up
        for series in _all_series(world, i, service):
            seen = np.ones(len(alive), dtype=bool) if series.name in ALWAYS else alive
            if series.name in world.scenario.system.unread:
                continue
            called = world.scenario.system.rename.get(series.name) or Renamed(name=series.name)
            values = (_noisy(series, world, name) * called.factor).round(6)
            if called.counter:
                values = (_earlier(world, i, name) + np.cumsum(values * STEP)).round()
            frames.append((stamps[seen], name, called.name, values[seen]))
    return pl.DataFrame(
        {
            "timestamp": np.concatenate([f[0] for f in frames]),
            "service": np.repeat([f[1] for f in frames], [len(f[0]) for f in frames]),
            "metric": np.repeat([f[2] for f in frames], [len(f[0]) for f in frames]),
            "value": np.concatenate([f[3] for f in frames]),
        }
    ).with_columns(pl.col("timestamp").cast(pl.Datetime("us", "UTC")))


ALWAYS = frozenset({"up", "container_restarts_total"})


def _stamps(grid: Grid) -> NDArray[np.datetime64]:
    start = np.datetime64(grid.fired_at.replace(tzinfo=None), "us")
    stamps: NDArray[np.datetime64] = start + (grid.times * 1e6).astype("timedelta64[us]")
    return stamps


def _earlier(world: Happened, i: int, service: str) -> float:
    """What a service had counted before anybody looked: it has been up for hours or weeks."""
    hours = 2 * chance(0, "uptime", service).uniform(1, 20) ** 2
    return float(world.net.usual[i]) * hours * 3600


def _noisy(series: Series, world: Happened, service: str) -> Array:
    rng = noise(world.seed, "metric", service, series.name)
    rough = rng.standard_normal((len(series.values), 2))
    hum = np.convolve(rough[:, 0], SMOOTH)[: len(rough)]
    blips = np.where(rough[:, 1] > BLIP, 1.25, 1.0)
    level = world.scenario.noise * series.noise
    values: Array = series.values * np.exp(level * hum) * (blips if level else 1.0)
    return np.clip(values, series.low, series.high)


def _all_series(world: Happened, i: int, service: Service) -> Iterator[Series]:
    now = Course(*(field[:, i] for field in world.course))
    yield Series("up", (now.down < 0.5).astype(float), 0)  # noqa: PLR2004 - more down than up
    yield Series("cpu_utilization_ratio", _working(world, i, now), 0.06, high=1)
    yield Series("process_memory_mb", now.memory * _breathing(world, i), 0.006, high=float(world.net.limit[i]))
    yield from OF_KIND[service.kind](world, i, now)
    for name, gauge in service.gauges.items():
        yield Series(name, _drifting(world, i, name, _followed(world, i, gauge, now)), gauge.noise, low=-np.inf)


def _working(world: Happened, i: int, now: Course) -> Array:
    """No two services make the same of their processors; without capacity left, all are worn out."""
    own = chance(0, "processors", world.net.names[i])
    idle, bent = own.uniform(0.02, 0.1), own.uniform(0.8, 1.5)
    return idle + (1 - idle) * np.minimum(now.busy, 1.2) ** bent + np.minimum(0.35, now.pause * 0.25)


def _breathing(world: Happened, i: int) -> Array:
    """Memory fills little by little and is given back, in a rhythm of each service's own."""
    own = chance(0, "memory", world.net.names[i])
    turns: Array = world.grid.times / own.uniform(900, 5400) + own.random()
    return 0.985 + 0.03 * (turns % 1)


def _in_use(now: Course, rng: np.random.Generator) -> Array:
    size = np.round(now.pool_size)
    used = np.ceil(now.pool_used * rng.normal(1, 0.06, len(size)))
    return np.where(now.exhausted > 0, size, np.clip(used, 0, size))


def _followed(world: Happened, i: int, gauge: Gauge, now: Course) -> Array:
    asked = now.rps / max(world.net.usual[i], 1e-9)
    answered = asked * (1 - now.errors) * (1 - now.shed) * (1 - now.down) * (1 - now.wrong)
    pace = {"requests": asked, "successes": answered}.get(gauge.follows or "", np.ones(len(asked)))
    scaled: Array = gauge.value * pace
    return scaled


def _drifting(world: Happened, i: int, name: str, values: Array) -> Array:
    for j, fault in enumerate(world.scenario.faults):
        if isinstance(fault, Drift) and world.net.at(fault.service) == i and fault.gauge == name:
            values = values + (fault.value - values) * world.on.felt[:, j]
    return values


def _counted(name: str, ratio: Array, rate: Array, rng: np.random.Generator) -> Series:
    """A ratio of counted requests is as uncertain as their number allows."""
    spread = np.sqrt(np.clip(ratio * (1 - ratio), 0, None) / np.maximum(rate * STEP, 1))
    return Series(name, ratio + spread * rng.standard_normal(len(ratio)), 0, high=1)


def _of_service(world: Happened, i: int, now: Course) -> Iterator[Series]:
    service, name = world.net.services[i], world.net.names[i]
    yield Series("http_requests_per_second", now.rps)
    yield Series("http_request_duration_p50_ms", now.p50 * 1000)
    yield Series("http_request_duration_p99_ms", now.p99 * 1000, 0.06)
    yield _counted("http_error_ratio", now.errors, now.rps, noise(world.seed, "errors", name))
    yield _counted("http_429_ratio", now.shed, now.rps, noise(world.seed, "shed", name))
    yield Series("queue_depth", 1 + now.queued + 3 * now.busy, 0.15)
    yield Series("container_restarts_total", np.cumsum(now.killed), 0)
    if service.runtime in COLLECTING:
        yield Series(f"{service.runtime}_gc_pause_ms", now.pause * 1000, 0.15)
    if service.pool is not None:
        yield Series("db_pool_in_use", _in_use(now, noise(world.seed, "pool", name)), 0)
        yield Series("db_pool_max", np.round(now.pool_size), 0)
        yield Series("db_pool_wait_ms", now.wait * 1000 + 0.2, 0.1)


def _of_database(world: Happened, i: int, now: Course) -> Iterator[Series]:
    pooled = [j for j, s in enumerate(world.net.services) if s.pool and s.pool.to == world.net.names[i]]
    yield Series("db_connections", world.course.pool_used[:, pooled].sum(axis=1) + 6, 0.04)
    yield Series("db_queries_per_second", now.rps * (1 - now.down))
    yield Series("db_query_duration_p99_ms", now.p99 * 1000, 0.08)
    yield _counted("db_error_ratio", now.errors, now.rps, noise(world.seed, "errors", world.net.names[i]))


def _of_cache(world: Happened, i: int, now: Course) -> Iterator[Series]:
    yield Series("cache_commands_per_second", now.rps * (1 - now.down))
    yield Series("cache_command_duration_p99_ms", now.p99 * 1000, 0.08)
    yield _counted("cache_error_ratio", now.errors, now.rps, noise(world.seed, "errors", world.net.names[i]))


def _of_queue(world: Happened, i: int, now: Course) -> Iterator[Series]:
    yield Series("queue_messages_per_second", now.rps * (1 - now.down))
    yield Series("queue_depth", 5 + now.queued, 0.15)
    yield Series("queue_oldest_message_seconds", 0.1 + now.queued / np.maximum(now.rps, 1), 0.1)
    yield _counted("queue_error_ratio", now.errors, now.rps, noise(world.seed, "errors", world.net.names[i]))


OF_KIND = {
    NodeKind.SERVICE: _of_service,
    NodeKind.DATABASE: _of_database,
    NodeKind.CACHE: _of_cache,
    NodeKind.QUEUE: _of_queue,
}
