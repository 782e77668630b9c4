"""When lines of one kind became frequent: the one change of their rate that explains their times best."""

from datetime import datetime
from typing import Final

import polars as pl

PLAIN: Final = 4.0
"""How many nats a change of rate must explain better than an even rate does: chance alone gives 1 or 2."""


def burst_onsets(lines: pl.DataFrame, begins: datetime, ends: datetime) -> dict[int, datetime]:
    """Return, by ``kind``, the first line of the busier time; kinds that never plainly became busier are left out.

    ``lines`` has ``kind`` and ``at``. The likelihood is a Poisson process's whose rate changes once; with k of n
    lines in the first part t of the time (0 to 1) it is k ln(k / t) + (n - k) ln((n - k) / (1 - t)) + constant.
    """
    seconds = (ends - begins).total_seconds()
    if seconds <= 0 or lines.is_empty():
        return {}
    k, n = pl.int_range(pl.len()).over("kind").cast(pl.Float64), pl.len().over("kind").cast(pl.Float64)
    t = ((pl.col("at") - begins).dt.total_microseconds() / (seconds * 1e6)).clip(1e-6, 1 - 1e-6)
    gain = _part(k, t) + _part(n - k, 1 - t) - n * n.log()
    busier = (n - k) / (1 - t) > k / t
    best = (
        lines.sort("kind", "at")
        .with_columns(gain=pl.when(busier).then(gain))
        .filter(pl.col("gain") >= PLAIN)
        .sort("gain", descending=True)
        .unique("kind", keep="first", maintain_order=True)
    )
    return dict(best.select("kind", "at").iter_rows())


def _part(count: pl.Expr, time: pl.Expr) -> pl.Expr:
    return pl.when(count > 0).then(count * (count / time).log()).otherwise(0.0)
