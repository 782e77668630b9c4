"""Series as rows of one matrix, their healthy and their failing part around an alert, and how far apart the two are."""

from datetime import timedelta
from typing import NamedTuple

import numpy as np
import polars as pl

from agents.analysis.metric_kinds import bad_direction, may_count, of_whole
from agents.analysis.quantiles import Floats, quantiles
from agents.analysis.split import Split

GUARD = timedelta(minutes=5)
"""An alert fires minutes after its fault began: readings this shortly before it count as failing."""
AFTER = timedelta(minutes=2)
CALM = 0.6
"""The part of the readings before the guard that is held to be healthy: what leaks in later can't hide itself."""
FEW = 12
LONGEST = 2000
RELATIVE, PEERS, ABSOLUTE = 0.05, 0.02, 1e-9
"""Floors of a series' scale: of its own level, of what its peers in other services read, and of arithmetic."""
MISSING = 0.005
"""The floor of what reads nearly its whole, a success rate say: half a percent of it."""
KNEE = 10.0


SERIES = pl.struct(pl.col("service", "metric").cast(pl.Categorical).to_physical()).rank("dense").alias("sid")
"""A number for each series: two million rows are sorted by numbers in a tenth of the time that names take."""


class Rows(NamedTuple):
    """One row a series, oldest reading first, NaN behind the last one. ``seconds`` are since the epoch."""

    names: tuple[tuple[str, str], ...]
    seconds: Floats
    values: Floats


class Levels(NamedTuple):
    """One entry a series: its healthy level and scale, its failing level, and the effect size, signed by direction."""

    center: Floats
    scale: Floats
    level: Floats
    effect: Floats
    begin: Floats
    end: Floats


def clean(metrics: pl.DataFrame) -> pl.DataFrame:
    """Return ``service, metric, t, value``: seconds, finite floats, sorted; whatever can't be read is left out."""
    stamp = pl.col("timestamp")
    if metrics.schema["timestamp"] == pl.String:
        stamp = stamp.str.to_datetime(time_zone="UTC", time_unit="us", strict=False)
    elif getattr(metrics.schema["timestamp"], "time_zone", None) is None:
        stamp = stamp.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    return (
        metrics.lazy()
        .select(
            pl.col("service", "metric").cast(pl.String),
            (stamp.dt.timestamp("us") / 1e6).alias("t"),
            pl.col("value").cast(pl.Float64, strict=False),
        )
        .filter(pl.col("value").is_finite() & (pl.col("value").abs() < 1e300))  # noqa: PLR2004 - differences must not overflow
        .drop_nulls()
        .with_columns(SERIES)
        .sort("sid", "t", maintain_order=True)
        .filter(
            (pl.col("sid") != pl.col("sid").shift(-1)).fill_null(value=True) | (pl.col("t") != pl.col("t").shift(-1))
        )
        .drop("sid")
        .collect()
    )


def rows(frame: pl.DataFrame, split: Split) -> Rows:
    """Lay out what was read between the split's start and ``as_of``; of a longer series the last 2,000 readings."""
    inside = pl.col("t").is_between(split.start.timestamp(), split.as_of.timestamp())
    series = frame.filter(inside).group_by("service", "metric", maintain_order=True)
    listed = series.agg(pl.col("t", "value").tail(LONGEST), pl.len().clip(upper_bound=LONGEST).alias("n"))
    n = listed["n"].to_numpy().astype(np.int64)
    filled = np.arange(int(n.max()) if n.size else 0)[None, :] < n[:, None]
    seconds, values = np.full(filled.shape, np.nan), np.full(filled.shape, np.nan)
    if n.size:
        seconds[filled], values[filled] = listed["t"].explode().to_numpy(), listed["value"].explode().to_numpy()
    names = tuple(zip(listed["service"].to_list(), listed["metric"].to_list(), strict=True))
    return Rows(names, seconds, _rates(names, seconds, values))


def _rates(names: tuple[tuple[str, str], ...], seconds: Floats, values: Floats) -> Floats:
    """Turn counters that keep growing into growth a minute; a reset counts from zero, one at rest stays as it is."""
    steps = np.diff(values, axis=1)
    known = np.isfinite(steps).sum(axis=1)
    grows, falls = (steps > 0).sum(axis=1), (steps < 0).sum(axis=1)
    named = np.array([may_count(metric) for _, metric in names], dtype=bool)
    growing = named & (known >= FEW / 3) & (grows >= 0.5 * known) & (falls <= 0.05 * known)
    if growing.any():
        gained = np.where(steps >= 0, steps, values[:, 1:]) / np.maximum(np.diff(seconds, axis=1), 1e-3) * 60
        values[growing, 1:] = gained[growing]
        values[growing, 0] = np.nan
    return values


def measure(row: Rows, split: Split, baseline: pl.DataFrame | None) -> Levels:
    """Compare every series' failing part with its healthy part.

    The other day (``baseline``) widens the scale by how much a series moves anyway, and stands in for a missing past.
    """
    fired = split.fired_at.timestamp()
    step = (
        quantiles(np.diff(row.seconds, axis=1), [0.5])[0]
        if row.seconds.shape[1] > 1
        else np.full(len(row.names), np.nan)
    )
    step = np.nan_to_num(step, nan=60.0)
    begin = fired - np.maximum(GUARD.total_seconds(), 1.2 * step)
    end = fired + np.maximum(AFTER.total_seconds(), 0.9 * step)
    failing = np.where((row.seconds >= begin[:, None]) & (row.seconds <= end[:, None]), row.values, np.nan)
    center, spread = _healthy(row, begin)
    usual, unrest = _other_day(row.names, baseline)
    few = (np.isfinite(row.values) & (row.seconds < begin[:, None])).sum(axis=1) <= FEW
    center = np.where(few & np.isfinite(usual), _nearest(row, begin, usual), center)
    spread = np.where(few & np.isfinite(unrest), unrest, np.fmax(spread, unrest))
    low, mid, high = quantiles(failing, [0.3, 0.5, 0.7])
    scale = np.maximum(np.nan_to_num(spread), _floor(row.names, center, mid))
    up, down = np.fmax((high - center) / scale, 0), np.fmax((center - low) / scale, 0)
    directions = np.array([bad_direction(metric) for _, metric in row.names], dtype=float)
    up, down = np.where(directions < 0, 0.5 * up, up), np.where(directions > 0, 0.5 * down, down)
    effect = np.nan_to_num(np.where(up >= down, up, -down))
    level = np.where(effect >= 0, high, low)
    return Levels(center, scale, np.where(np.isnan(level), mid, level), effect, begin, end)


def _healthy(row: Rows, begin: Floats) -> tuple[Floats, Floats]:
    before = row.seconds < begin[:, None]
    n = before.sum(axis=1)
    kept = np.where(n > FEW, np.ceil(CALM * n), n)
    calm = np.where(np.arange(row.values.shape[1])[None, :] < kept[:, None], row.values, np.nan)
    return _level_and_spread(calm)


def _nearest(row: Rows, begin: Floats, usual: Floats) -> Floats:
    """Return the healthy reading that is nearest to the other day's level: a fault leaks into some of a few readings.

    The other day alone never says what is healthy where there are readings: levels differ from day to day.
    """
    low, high = quantiles(np.where(row.seconds < begin[:, None], row.values, np.nan), [0.0, 1.0])
    return np.where(np.isfinite(low), np.clip(usual, low, high), usual)


def _level_and_spread(values: Floats) -> tuple[Floats, Floats]:
    """Return median and scale: the larger of the MAD and the 10-90 % range, both in standard deviations of a normal."""
    q10, center, q90 = quantiles(values, [0.1, 0.5, 0.9])
    mad = quantiles(np.abs(values - center[:, None]), [0.5])[0]
    return center, np.fmax(1.4826 * mad, (q90 - q10) / 2.563)


def _other_day(names: tuple[tuple[str, str], ...], baseline: pl.DataFrame | None) -> tuple[Floats, Floats]:
    nothing = np.full(len(names), np.nan)
    if baseline is None or not names:
        return nothing, nothing
    value = pl.col("value")
    summary = (
        clean(baseline)
        .group_by("service", "metric")
        .agg(
            value.median().alias("center"),
            pl.max_horizontal(
                (value - value.median()).abs().median() * 1.4826, (value.quantile(0.9) - value.quantile(0.1)) / 2.563
            ).alias("spread"),
        )
    )
    wanted = pl.DataFrame(names, schema=["service", "metric"], orient="row")
    found = wanted.join(summary, on=["service", "metric"], how="left", maintain_order="left")
    return found["center"].cast(pl.Float64).fill_null(np.nan).to_numpy(), found["spread"].cast(pl.Float64).fill_null(
        np.nan
    ).to_numpy()


def _floor(names: tuple[tuple[str, str], ...], center: Floats, level: Floats) -> Floats:
    """Return the least scale of each series, so that one that hardly ever moves doesn't alarm by a twitch."""
    floor = np.maximum(RELATIVE * np.abs(np.nan_to_num(center)), _peer_floor(names, center, level))
    wholes = [of_whole(metric, at) for (_, metric), at in zip(names, center, strict=True)]
    whole = np.array([np.nan if w is None else w for w in wholes], dtype=np.float64)
    return np.where(np.isnan(whole), floor, np.maximum(RELATIVE * (whole - center), MISSING * whole))


def _peer_floor(names: tuple[tuple[str, str], ...], center: Floats, level: Floats) -> Floats:
    """Return a small part of what the metric reads in the median service, so that a gauge at rest has a scale too."""
    frame = pl.DataFrame(
        {"metric": [metric for _, metric in names], "size": np.fmax(np.abs(center), 0.2 * np.abs(level))}
    )
    peers = frame.select(pl.col("size").fill_nan(None).median().over("metric").fill_null(0.0))["size"].to_numpy()
    return np.asarray(np.maximum(PEERS * peers, ABSOLUTE), dtype=np.float64)


def score_of(effect: float) -> float:
    """Return an effect size that stays comparable: linear up to 10, logarithmic beyond."""
    return effect if effect <= KNEE else KNEE * (1 + float(np.log(effect / KNEE)))
