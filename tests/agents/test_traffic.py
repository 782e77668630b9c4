"""How much a service is asked."""

from datetime import UTC, datetime, timedelta

import polars as pl

from agents.traffic import traffic
from incident.values import Window
from scenarios.files import load_scenario
from scenarios.world import World

T = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EVER = Window(T, T + timedelta(hours=1))


class Rows(World):
    """A made-up production whose metrics are these rows."""

    def __init__(self, *rows: tuple[int, str, str, float]) -> None:
        super().__init__(load_scenario("quiet-day"), 0, T)
        times = [T + timedelta(minutes=minute) for minute, *_ in rows]
        columns = {name: [row[n] for row in rows] for n, name in enumerate(("service", "metric", "value"), 1)}
        self._frame = pl.DataFrame({"timestamp": times, **columns})

    async def metrics(self, _window: Window) -> pl.DataFrame:
        return self._frame


async def values(*rows: tuple[int, str, str, float]) -> list[float]:
    return [reading.value for reading in await traffic(Rows(*rows), "cart", EVER)]


async def test_the_busiest_traffic_of_the_service_counts_and_nobody_elses() -> None:
    told = await values(
        (0, "cart", "admin_requests_per_second", 1.0),
        (0, "cart", "http_requests_per_second", 80.0),
        (0, "cart", "http_error_ratio", 900.0),
        (0, "shop", "http_requests_per_second", 5000.0),
    )
    assert told == [80.0]


async def test_instances_are_added_up() -> None:
    assert await values((0, "cart", "rps", 30.0), (0, "cart", "rps", 12.0), (1, "cart", "rps", 40.0)) == [42.0, 40.0]


async def test_of_a_counter_its_growth_counts() -> None:
    assert await values(*((m, "cart", "http_requests_total", 1000.0 + 60 * m) for m in range(4))) == [60.0] * 3


async def test_a_service_whose_traffic_nobody_recorded_has_none() -> None:
    assert await values((0, "cart", "memory_mb", 30.0)) == []


async def test_a_made_up_production_is_asked() -> None:
    world = World(load_scenario("checkout-latency"), 0, T)
    readings = await traffic(world, world.alert.service, Window.before(T, timedelta(minutes=10)))
    assert len(readings) > 5
    assert all(reading.value > 0 for reading in readings)
