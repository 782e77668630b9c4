"""How much a service is asked: errors are few, and answers quick, where nobody asks."""

from typing import TYPE_CHECKING

from agents.analysis.metric_kinds import signal_of
from agents.analysis.observations import Signal
from incident.facts import Reading
from incident.ports import Telemetry
from incident.usual import growth, is_counter
from incident.values import Window

if TYPE_CHECKING:
    import polars as pl


async def traffic(telemetry: Telemetry, service: str, window: Window) -> tuple[Reading, ...]:
    """Return the readings of the service's traffic, oldest first, in that metric's unit; a counter's growth a minute.

    Of several metrics the busiest counts, its rows of one moment (instances, say) added up. Empty where none was read.
    Raises `NotRecorded`, `Unreadable`.
    """
    import polars as pl

    rows = pl.DataFrame(await telemetry.metrics(window)).filter(pl.col("service") == service)
    named = [name for name in rows["metric"].unique().sort() if signal_of(name) is Signal.TRAFFIC]
    return max((_readings(rows, name) for name in named), key=_amount, default=())


def _readings(rows: "pl.DataFrame", metric: str) -> tuple[Reading, ...]:
    import polars as pl

    mine = rows.filter(pl.col("metric") == metric, pl.col("value").is_finite())
    summed = mine.group_by("timestamp").agg(pl.col("value").sum()).sort("timestamp")
    readings = tuple(Reading(at=at, value=value) for at, value in summed.iter_rows())
    return growth(readings) if is_counter(metric, readings) else readings


def _amount(readings: tuple[Reading, ...]) -> float:
    return sum(r.value for r in readings)
