"""Counts log lines by service, level and wording, before and in the failing part: all of it vectorised."""

from datetime import UTC, datetime
from typing import Final, NamedTuple

import polars as pl

from agents.analysis.levels import ERROR, severity
from agents.analysis.templates import coarser, masked, said
from agents.analysis.trends import Cover

KEY: Final = ["service", "severity", "wording"]
LINE: Final = 4000
"""Characters of a message that are looked at."""
SLICE: Final = 100_000
"""Lines that are masked at a time."""
TRACED: Final = 200_000
"""Error lines that are joined by their traces."""
VARIED: Final = 4000
"""Distinct wordings beyond which every word with a digit counts as varying."""


class Counted(NamedTuple):
    """``wordings``: KEY, baseline, early, late, first_at, last_at; row (in the incident's table), old (in the other).

    They come worst and most frequent first. ``lines``: KEY and ``at`` of each of the incident's.
    ``errors``: KEY and trace_id of lines that are at least errors.
    """

    wordings: pl.DataFrame
    lines: pl.DataFrame
    errors: pl.DataFrame
    cover: Cover


def counted(logs: pl.DataFrame, healthy: pl.DataFrame | None, failing: datetime) -> Counted:
    """Count both tables; ``failing`` is when the failing part of ``logs`` begins."""
    lines, theirs = _worded(logs), _worded(healthy if healthy is not None else logs.clear())
    if lines["wording"].n_unique() > VARIED:
        lines, theirs = _coarsened(lines), _coarsened(theirs)
    ours = lines.group_by(KEY).agg(
        (pl.col("at") < failing).sum().alias("early"),
        (pl.col("at") >= failing).sum().alias("late"),
        pl.col("at").min().alias("first_at"),
        pl.col("at").max().alias("last_at"),
        pl.col("row").max(),
    )
    before = theirs.group_by(KEY).agg(pl.len().alias("baseline"), pl.col("row").max().alias("old"))
    both = ours.join(before, on=KEY, how="full", coalesce=True)
    both = both.with_columns(pl.col("baseline", "early", "late").fill_null(0).cast(pl.Int64))
    volume = pl.col("baseline") + pl.col("early") + pl.col("late")
    worst = [pl.col("severity"), volume, *(pl.col(key).cast(pl.String) for key in KEY if key != "severity")]
    return Counted(
        both.sort(worst, descending=[True, True, False, False]),
        lines.select(*KEY, "at"),
        _errors(lines, logs),
        _cover(lines, theirs, failing),
    )


def _worded(logs: pl.DataFrame) -> pl.DataFrame:
    """Return each line's key, a slice of the table at a time: a million masked texts at once would fill memory."""
    parts = [_part(part) for part in logs.iter_slices(SLICE)] or [_part(logs)]
    return pl.concat(parts).with_columns(pl.int_range(pl.len()).alias("row"))


def _part(logs: pl.DataFrame) -> pl.DataFrame:
    text = said(logs["message"].cast(pl.String).fill_null("").str.slice(0, LINE))
    level = logs["level"].cast(pl.String).fill_null("")
    return logs.select(
        pl.col("timestamp").alias("at"),
        pl.col("service").cast(pl.String).fill_null("unknown").cast(pl.Categorical),
        severity(level, text).alias("severity"),
        masked(text).cast(pl.Categorical).alias("wording"),
    )


def _coarsened(lines: pl.DataFrame) -> pl.DataFrame:
    """Return the lines with coarser wordings, each distinct one looked at once."""
    fine = lines["wording"].unique()
    coarse = pl.DataFrame({"wording": fine, "coarse": coarser(fine.cast(pl.String)).cast(pl.Categorical)})
    joined = lines.join(coarse, on="wording", how="left", maintain_order="left")
    return joined.with_columns(wording="coarse").drop("coarse")


def _errors(lines: pl.DataFrame, logs: pl.DataFrame) -> pl.DataFrame:
    if "trace_id" not in logs.columns:
        return lines.clear().select(*KEY, pl.lit("").alias("trace_id"))
    traced = lines.select(*KEY).with_columns(logs["trace_id"].cast(pl.String))
    bad = traced.filter(pl.col("severity") >= ERROR, pl.col("trace_id").str.len_bytes() > 0)
    return bad.unique(maintain_order=True).tail(TRACED)


def _cover(lines: pl.DataFrame, healthy: pl.DataFrame, failing: datetime) -> Cover:
    begins, ends = _extent(lines)
    quiet_from, quiet_to = _extent(healthy)
    return Cover(
        baseline=(quiet_to - quiet_from).total_seconds(),
        early=max(0.0, (min(failing, ends) - begins).total_seconds()),
        late=max(0.0, (ends - max(failing, begins)).total_seconds()),
        begins=begins,
        ends=ends,
    )


def _extent(lines: pl.DataFrame) -> tuple[datetime, datetime]:
    first, last = lines["at"].min(), lines["at"].max()
    if isinstance(first, datetime) and isinstance(last, datetime):
        return first, last
    return datetime.min.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
