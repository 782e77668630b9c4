"""What changed about calls: how long, where the time goes, which side failed first, which calls are no longer made."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import polars as pl

from agents.analysis.observations import CallAspect, Calls, CallShift
from agents.analysis.readings import CALM, GUARD, score_of
from agents.analysis.spans import tidy
from agents.analysis.split import Split

NOTABLE = 3.0
MOST = 300
EDGE = ["from", "service"]
FLOOR_MS, RELATIVE = 1.0, 0.15
FLOOR_RATIO = 0.02
ENOUGH = 10
"""Calls that a comparison needs on both sides to count in full; fewer count in proportion."""
FEW_ERRORS = 5
SHARE = 0.25
TIMES = ((CallAspect.LATENCY, "ms"), (CallAspect.SELF_TIME, "self_ms"), (CallAspect.NETWORK, "gap_ms"))


def infer_calls(spans: pl.DataFrame) -> Calls:
    """Return who calls whom as spans and their parents show it."""
    edges: dict[str, set[str]] = {}
    if not spans.is_empty():
        for caller, callee in tidy(spans).select(EDGE).unique().iter_rows():
            edges.setdefault(callee, set())
            if caller is not None:
                edges.setdefault(caller, set()).add(callee)
    return Calls(depends_on={service: tuple(sorted(needs)) for service, needs in sorted(edges.items())}, inferred=True)


def call_shifts(spans: pl.DataFrame, split: Split, baseline: pl.DataFrame | None) -> list[CallShift]:
    """Return what changed about calls around the alert, strongest first.

    Healthy are the calls of ``baseline`` and of the window's early part. Without either, only errors can be told.
    """
    if spans.is_empty():
        return []
    table = tidy(spans).filter(pl.col("t").is_between(split.start.timestamp(), split.as_of.timestamp()))
    begin = split.fired_at.timestamp() - GUARD.total_seconds()
    failing, early = table.filter(pl.col("t") >= begin), table.filter(pl.col("t") < begin)
    first = early["t"].min() if early.height else None
    calm = early if not isinstance(first, float) else early.filter(pl.col("t") <= first + CALM * (begin - first))
    healthy = calm if baseline is None or baseline.is_empty() else pl.concat([calm, tidy(baseline)])
    told = [*_slower(healthy, failing), *_errors(healthy, failing), *_made(healthy, failing)]
    return sorted(told, key=lambda s: (-s.score, s.callee, s.caller or "", s.operation or "", s.aspect))[:MOST]


def _slower(healthy: pl.DataFrame, failing: pl.DataFrame) -> Iterator[CallShift]:
    for aspect, column in TIMES:
        keys = [*EDGE, "name"] if aspect is not CallAspect.SELF_TIME else ["service", "name"]
        wanted = pl.col(column).is_not_null() & (
            pl.col("entry") if aspect is CallAspect.LATENCY else pl.lit(value=True)
        )
        old, new = (side.filter(wanted).group_by(keys).agg(*_spread(column)) for side in (healthy, failing))
        for row in new.join(old, on=keys, how="inner", suffix="_old", nulls_equal=True).iter_rows(named=True):
            shift = _slow(aspect, row)
            if shift is not None:
                later = failing.filter(
                    *(pl.col(k).eq_missing(row[k]) for k in keys), pl.col(column) > (shift.before + shift.after) / 2
                )
                yield shift.model_copy(update={"onset": _moment(later["t"].min())})


def _spread(column: str) -> list[pl.Expr]:
    value = pl.col(column)
    return [
        pl.len().alias("n"),
        *(value.quantile(q, "linear").alias(f"q{int(q * 100)}") for q in (0.25, 0.5, 0.75, 0.9, 0.97)),
    ]


def _slow(aspect: CallAspect, row: dict[str, float]) -> CallShift | None:
    """Compare the middle and the slow tenth: a fault that hits one call in five doesn't move the median."""
    best: tuple[float, float, float] = (0.0, 0.0, 0.0)
    for q in ("q50", "q90"):
        before, after = row[f"{q}_old"], row[q]
        usual = (row["q75_old"] - row["q25_old"]) / 1.35 if q == "q50" else row["q97_old"] - row["q50_old"]
        effect = (after - before) / max(usual, RELATIVE * before, FLOOR_MS)
        best = max(best, (effect, before, after))
    sure = min(1.0, row["n"] / ENOUGH) * min(1.0, row["n_old"] / ENOUGH)
    score = score_of(best[0] * sure)
    return _told(aspect, row, (best[1], best[2]), score) if score >= NOTABLE else None


def _errors(healthy: pl.DataFrame, failing: pl.DataFrame) -> Iterator[CallShift]:
    """Yield only where errors begin: a span whose own calls failed passes on what somebody else broke."""
    counted = [
        pl.len().alias("n"),
        pl.col("origin").mean().alias("share"),
        pl.col("t").filter("origin").min().alias("since"),
    ]
    keys = [*EDGE, "name"]
    old, new = (side.group_by(keys).agg(counted) for side in (healthy, failing))
    for row in (
        new.filter(pl.col("share") > 0)
        .join(old, on=keys, how="left", suffix="_old", nulls_equal=True)
        .iter_rows(named=True)
    ):
        before = row["share_old"] or 0.0
        sure = min(1.0, (row["n"] + 1) / FEW_ERRORS)
        score = score_of((row["share"] - before) / max(FLOOR_RATIO, before / 2) * sure)
        if score >= NOTABLE:
            yield _told(CallAspect.ERRORS, row, (before, row["share"]), score).model_copy(
                update={"onset": _moment(row["since"])}
            )


def _made(healthy: pl.DataFrame, failing: pl.DataFrame) -> Iterator[CallShift]:
    """Yield edges that are used less or more often per call of the caller: who stopped in the middle, who retries."""
    for row in (
        _rates(failing)
        .join(_rates(healthy), on=["from", "caller_op", "service"], how="full", suffix="_old", coalesce=True)
        .iter_rows(named=True)
    ):
        known = _calls(failing, row) if row["n"] is None else (row["entries"], row["n"])
        if row["n_old"] is None or known is None:
            continue
        entries, n = known
        before, after = row["n_old"] / row["entries_old"], n / entries
        noise = (max(before, 0.05) / min(entries, row["entries_old"])) ** 0.5 + SHARE * before / 3
        sure = min(1.0, entries / ENOUGH) * min(1.0, row["entries_old"] / ENOUGH)
        score = score_of(abs(after - before) / noise * sure)
        if score >= NOTABLE and before + after > 0:
            aspect = CallAspect.MISSING if after < before else CallAspect.VOLUME
            told = {"from": row["from"], "service": row["service"], "name": row["caller_op"], "n": entries}
            yield _told(aspect, told, (before, after), score)


def _rates(side: pl.DataFrame) -> pl.DataFrame:
    """Return how often each entry operation of a caller makes each call: ``n`` calls in ``entries`` of them."""
    entries = (
        side.filter(pl.col("entry"))
        .group_by("trace_id", "service")
        .agg(pl.col("name").sort().first().alias("op"), pl.len().alias("times"))
    )
    made = side.filter(pl.col("from").is_not_null()).group_by("trace_id", "from", "service").agg(pl.len().alias("n"))
    per = made.join(entries.rename({"service": "from", "op": "caller_op"}), on=["trace_id", "from"], how="inner")
    total = entries.group_by(pl.col("service").alias("from"), pl.col("op").alias("caller_op")).agg(
        pl.col("times").sum().alias("entries")
    )
    return (
        per.group_by("from", "caller_op", "service")
        .agg(pl.col("n").sum())
        .join(total, on=["from", "caller_op"], how="left")
    )


def _calls(side: pl.DataFrame, row: dict[str, object]) -> tuple[int, int] | None:
    entries = side.filter(pl.col("entry"), pl.col("service") == row["from"], pl.col("name") == row["caller_op"]).height
    return (entries, 0) if entries else None


def _told(aspect: CallAspect, row: Mapping[str, object], change: tuple[float, float], score: float) -> CallShift:
    caller, name, n = row.get("from"), row.get("name"), row.get("n")
    return CallShift(
        caller=None if caller is None else str(caller),
        callee=str(row["service"]),
        operation=None if name is None else str(name),
        aspect=aspect,
        before=round(change[0], 4),
        after=round(change[1], 4),
        onset=None,
        score=round(score, 3),
        samples=n if isinstance(n, int) else 0,
    )


def _moment(seconds: object) -> datetime | None:
    return datetime.fromtimestamp(seconds, tz=UTC) if isinstance(seconds, float) else None
