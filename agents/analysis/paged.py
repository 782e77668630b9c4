"""What the signal that paged did: still bad, healed by itself, or never really left its normal range."""

from datetime import timedelta
from typing import NamedTuple

import numpy as np
import polars as pl

from agents.analysis.metric_kinds import bad_direction, signal_of, tokens
from agents.analysis.observations import AlertSignal, Signal
from agents.analysis.quantiles import Floats
from agents.analysis.readings import clean, measure, rows
from agents.analysis.series import moment, onset, points
from agents.analysis.split import Split
from incident.alert import Alert

LEFT, FAR = 3.0, 6.0
"""Two readings in a row this far out, or one that far, are an excursion."""
ONE_WAY = 0.9
"""The correlation with time from which a series drifts."""
RECENT = timedelta(minutes=30)


class _Paged(NamedTuple):
    metric: str
    t: Floats
    x: Floats
    center: float
    scale: float
    sign: float


def alert_signal(alert: Alert, metrics: pl.DataFrame, split: Split) -> AlertSignal:
    """Return what the alerting series did; every figure is None where it was not recorded.

    An alert that names no metric is taken to mean its service's symptom (latency, errors) that moved most.
    """
    frame = clean(metrics) if not metrics.is_empty() else None
    paged = None if frame is None else _find(alert, frame, split)
    if paged is None:
        return AlertSignal(
            service=alert.service, metric=alert.metric, before=None, peak=None, latest=None,
            threshold=alert.threshold, breached=None, excursion=None, onset=None,
        )  # fmt: skip
    near = paged.t >= (split.fired_at - RECENT).timestamp()
    around = paged.x[near] if near.any() else paged.x[-1:]
    peak = float(np.max(paged.sign * around) * paged.sign)
    named = alert.threshold if alert.metric else None
    latest = float(paged.x[-1])
    excursion = _left(alert, paged, around)
    return AlertSignal(
        service=alert.service,
        metric=paged.metric,
        before=paged.center,
        peak=peak,
        latest=latest,
        threshold=alert.threshold,
        breached=alert.breached_by(latest) if named is not None else None,
        excursion=excursion,
        onset=moment(paged.t[_began(paged, peak, around)]) if excursion else None,
        readings=points(paged.t, paged.x),
    )


def _began(paged: _Paged, peak: float, around: Floats) -> int:
    """Return where the run begins that leads to the peak of the readings around the alert."""
    top = len(paged.x) - len(around) + int(np.argmax(paged.sign * around))
    return onset(paged.t, paged.x, (paged.center, peak - paged.center, float(paged.t[top])))[0]


def _left(alert: Alert, paged: _Paged, around: Floats) -> bool:
    """Tell whether the readings left their normal range, or stayed beyond a threshold that lies outside of it."""
    out = paged.sign * (around - paged.center) / paged.scale
    left = bool((np.minimum(out[1:], out[:-1]) >= LEFT).any() or (out >= FAR).any())
    if alert.threshold is None or not alert.metric:
        return left
    usual = alert.breached_by(paged.center) or abs(alert.threshold - paged.center) <= LEFT * paged.scale
    if usual and not left and not _drifts(paged):
        return False
    over = np.array([bool(alert.breached_by(float(value))) for value in around])
    return bool((over[1:] & over[:-1]).any()) or (left and bool(over.any()))


def _drifts(paged: _Paged) -> bool:
    """Tell whether the readings went one way all along: what has grown for hours has no usual range."""
    return bool(np.ptp(paged.x)) and abs(float(np.corrcoef(paged.t, paged.x)[0, 1])) >= ONE_WAY


def _find(alert: Alert, frame: pl.DataFrame, split: Split) -> _Paged | None:
    own = _named(alert, frame)
    row = rows(own, split)
    if not row.names:
        return None
    found = measure(row, split, None)
    every = range(len(row.names))
    symptoms = [i for i in every if signal_of(row.names[i][1]) in {Signal.LATENCY, Signal.ERRORS}]
    best = max(every if alert.metric else symptoms or every, key=lambda i: (abs(found.effect[i]), row.names[i]))
    known = np.isfinite(row.values[best])
    t, x, center = row.seconds[best][known], row.values[best][known], float(found.center[best])
    if alert.threshold is not None and alert.metric:  # a threshold is about what was read, not about growth a minute
        raw = own.filter(pl.col("metric") == row.names[best][1], pl.col("t").is_between(row.seconds[best][0], t[-1]))
        t, x = raw["t"].to_numpy(), raw["value"].to_numpy()
        center = center if np.isin(x, row.values[best]).all() else float(x[0])
    if not np.isfinite(center):
        center = float(np.median(x))
    sign = float(bad_direction(row.names[best][1]) or (-1 if alert.fires_below else np.sign(found.effect[best]) or 1))
    return _Paged(row.names[best][1], t, x, center, float(found.scale[best]), sign)


def _named(alert: Alert, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the series that the alert names: its service's, else the only service's that has one of that name."""
    own = pl.col("service") == alert.service
    if not alert.metric:
        return frame.filter(own)
    names = [m for m in frame["metric"].unique() if _same(alert.metric, m)]
    called = frame.filter(pl.col("metric").is_in(names))
    mine = called.filter(own)
    return mine if mine.height or called["service"].n_unique() != 1 else called


def _same(left: str, right: str) -> bool:
    """Tell whether two names mean one metric: equal, or equal but for case and punctuation."""
    return left == right or (tokens(left) == tokens(right) and bool(tokens(left)))
