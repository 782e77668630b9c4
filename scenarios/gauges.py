"""What the monitoring of a made-up world would have scraped: the course of events under each kind of node's metrics."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scenarios.faults import Drift
from scenarios.forces import Forces
from scenarios.network import Network
from scenarios.physics import Course
from scenarios.plan import STEP, Array, Grid
from scenarios.schema import Scenario
from scenarios.seeds import noise
from scenarios.system import NodeKind, Service

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
            values = _noisy(series, world, name)
            metric = world.scenario.system.rename.get(series.name, series.name)
            frames.append((stamps[seen], name, metric, values[seen]))
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


def _noisy(series: Series, world: Happened, service: str) -> Array:
    rng = noise(world.seed, "metric", service, series.name)
    rough = rng.standard_normal((len(series.values), 2))
    hum = np.convolve(rough[:, 0], SMOOTH)[: len(rough)]
    blips = np.where(rough[:, 1] > BLIP, 1.25, 1.0)
    level = world.scenario.noise * series.noise
    values: Array = series.values * np.exp(level * hum) * (blips if level else 1.0)
    return np.clip(values, series.low, series.high).round(6)


def _all_series(world: Happened, i: int, service: Service) -> Iterator[Series]:
    now = Course(*(field[:, i] for field in world.course))
    yield Series("up", (now.down < 0.5).astype(float), 0)  # noqa: PLR2004 - more down than up
    yield Series("cpu_utilization_ratio", 0.06 + 0.75 * np.minimum(now.busy, 1.2) + _collecting(now), 0.06, high=1)
    yield Series("process_memory_mb", now.memory, 0.012)
    yield from OF_KIND[service.kind](world, i, now)
    for name, gauge in service.gauges.items():
        yield Series(name, _drifting(world, i, name, gauge.value), gauge.noise, low=-np.inf)


def _collecting(now: Course) -> Array:
    return np.minimum(0.35, now.pause * 0.25)


def _in_use(now: Course, rng: np.random.Generator) -> Array:
    size = np.round(now.pool_size)
    used = np.ceil(now.pool_used * rng.normal(1, 0.06, len(size)))
    return np.where(now.exhausted > 0, size, np.clip(used, 0, size))


def _drifting(world: Happened, i: int, name: str, value: float) -> Array:
    values = np.full(len(world.grid.times), value)
    for j, fault in enumerate(world.scenario.faults):
        if isinstance(fault, Drift) and world.net.at(fault.service) == i and fault.gauge == name:
            values += (fault.value - values) * world.on.felt[:, j]
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
    if service.runtime in {"jvm", "go", "node"}:
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
