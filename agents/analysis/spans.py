"""Spans as a table: joined with parents and children, with self time and the gap between the two sides of a call."""

import polars as pl

from agents.analysis.names import mentioned
from agents.analysis.observations import Calls

KEY = ["trace_id", "span_id"]
FAILED = r"(?i)error|fail|exception|timeout|unavailable|aborted|internal|refused|^5\d\d$|^STATUS_CODE_ERROR$|^2$"
FINE = r"(?i)no[_ ]?error|unset|^ok$"
WAITED = 0.9
"""A span that spent this part of its time in somebody else's, and failed, gave up waiting."""
LONGEST_MS = 86_400_000.0


def with_silent_callees(spans: pl.DataFrame, calls: Calls) -> pl.DataFrame:
    """Return the spans, and a silent service's own of each call that names it: as its caller saw it."""
    leaf = ~pl.struct("trace_id", "span_id").is_in(
        spans.select(pl.struct("trace_id", pl.col("parent_id").alias("span_id"))).to_series().implode()
    )
    named = [
        {"service": service, "name": name, "callee": callee}
        for service, name in spans.select("service", "name").unique().drop_nulls().iter_rows()
        for callee in mentioned(name, [c for c in calls.depends_on.get(service, ()) if c in calls.silent])[:1]
    ]
    if not named:
        return spans
    found = spans.filter(leaf).join(pl.DataFrame(named), on=["service", "name"], how="inner")
    theirs = found.with_columns(
        service=pl.col("callee").cast(spans.schema["service"]),
        parent_id=pl.col("span_id"),
        span_id=pl.col("span_id") + ":callee",
    )
    return pl.concat([spans, theirs.select(spans.columns)])


def tidy(spans: pl.DataFrame) -> pl.DataFrame:
    """Return one row a span with ``from`` (its caller), ``entry``, ``self_ms``, ``gap_ms``, ``failed`` and ``origin``.

    A client span is one that has a parent in its own service and one child, in another service:
    ``gap_ms`` (on the child) is how much longer it took than the child. ``origin``: errors begin here.
    Clocks are never compared across services, only durations are.
    """
    frame = _read(spans)
    children = _children(frame)
    parents = frame.select(
        "trace_id", pl.col("span_id").alias("parent_id"), pl.col("service").alias("caller"),
        pl.col("ms").alias("caller_ms"), pl.col("parent_id").alias("grandparent_id"),
    )  # fmt: skip
    above = frame.select("trace_id", pl.col("span_id").alias("grandparent_id"), pl.col("service").alias("grand"))
    joined = (
        frame.join(children, on=KEY, how="left")
        .join(parents, on=["trace_id", "parent_id"], how="left")
        .join(above, on=["trace_id", "grandparent_id"], how="left")
        .join(
            children.select("trace_id", pl.col("span_id").alias("parent_id"), pl.col("n").alias("siblings")),
            on=["trace_id", "parent_id"],
            how="left",
        )
    )
    crosses = pl.col("caller").is_not_null() & (pl.col("caller") != pl.col("service"))
    is_call = crosses & (pl.col("grand") == pl.col("caller")) & (pl.col("siblings") == 1)
    is_client = (pl.col("n") == 1) & (pl.col("abroad") == 1) & (pl.col("caller") == pl.col("service"))
    waited = (pl.col("abroad") > 0) & (pl.col("longest_ms") >= WAITED * pl.col("ms"))
    return joined.with_columns(
        pl.when(crosses).then("caller").alias("from"),
        (crosses | pl.col("caller").is_null()).alias("entry"),
        pl.when(~is_client.fill_null(value=False))
        .then((pl.col("ms") - pl.col("inner_ms").fill_null(0.0)).clip(lower_bound=0.0))
        .alias("self_ms"),
        pl.when(is_call).then((pl.col("caller_ms") - pl.col("ms")).clip(lower_bound=0.0)).alias("gap_ms"),
        (pl.col("failed") & ~(pl.col("failed_below") | waited).fill_null(value=False)).alias("origin"),
    )


def _read(spans: pl.DataFrame) -> pl.DataFrame:
    start = pl.col("start")
    if spans.schema["start"] == pl.String:
        start = start.str.to_datetime(time_zone="UTC", time_unit="us", strict=False)
    status = pl.col("status").cast(pl.String).fill_null("")
    return (
        spans.lazy()
        .select(
            pl.col("trace_id", "span_id", "parent_id", "service", "name").cast(pl.String),
            (start.dt.timestamp("us") / 1e6).alias("t"),
            pl.col("duration_ms").cast(pl.Float64, strict=False).clip(0.0, LONGEST_MS).alias("ms"),
            (status.str.contains(FAILED) & ~status.str.contains(FINE)).alias("failed"),
        )
        .filter(pl.col("ms").is_finite() & pl.col("t").is_not_null() & pl.col("service").is_not_null())
        .unique(KEY, keep="first", maintain_order=True)
        .collect()
    )


def _children(frame: pl.DataFrame) -> pl.DataFrame:
    """Return of each parent how many children it has, how many abroad, how long they took, and whether one failed."""
    own = frame.select("trace_id", pl.col("span_id").alias("parent_id"), pl.col("service").alias("home"))
    return (
        frame.drop_nulls("parent_id")
        .join(own, on=["trace_id", "parent_id"], how="inner")
        .group_by("trace_id", "parent_id")
        .agg(
            pl.len().alias("n"),
            (pl.col("service") != pl.col("home")).sum().alias("abroad"),
            pl.col("ms").sum().alias("inner_ms"),
            pl.col("ms").filter(pl.col("service") != pl.col("home")).max().alias("longest_ms"),
            pl.col("failed").any().alias("failed_below"),
        )
        .rename({"parent_id": "span_id"})
    )
