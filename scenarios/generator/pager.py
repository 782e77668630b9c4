"""Who gets paged, on what and when: thresholds as people set them, tried on what the made-up world would have shown."""

import math
import random
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from incident.alert import Severity
from scenarios.generator.draft import Draft, Trouble
from scenarios.generator.trial import Trial
from scenarios.names import called, metrics_of
from scenarios.plan import Array
from scenarios.schema import Rule

RATIOS = frozenset({"http_error_ratio", "http_429_ratio", "db_error_ratio", "cache_error_ratio", "queue_error_ratio"})
SLOWNESS = frozenset({"http_request_duration_p50_ms", "http_request_duration_p99_ms", "db_query_duration_p99_ms",
                      "cache_command_duration_p99_ms", "queue_oldest_message_seconds", "db_pool_wait_ms",
                      "queue_depth", "db_connections"})  # fmt: skip
FULLNESS = frozenset({"cpu_utilization_ratio", "process_memory_mb", "db_pool_in_use"})
GOLDEN = frozenset({"http_error_ratio", "http_request_duration_p99_ms"})
OFTEN, WITHIN = 4, 5
"""A rule fires once so many of so many readings are beyond its threshold."""
SETTLING = 120.0


class Pageable(NamedTuple):
    """One series that somebody could have made a rule of: its readings in time order."""

    service: str
    metric: str
    """The name before any renaming."""
    name: str
    times: Array
    """Seconds after the onset."""
    values: Array

    @property
    def usual(self) -> Array:
        """The readings before the onset."""
        return self.values[self.times < -SETTLING]


class Page(NamedTuple):
    """A rule, and when it fires: seconds after the onset."""

    rule: Rule
    at: float


def page(draft: Draft, trouble: Trouble, trial: Trial) -> Page | None:
    """Return one of the pages that such a trial causes; None where nobody would be paged."""
    series = list(_pageable(draft, trial.metrics))
    if not trouble.culprits:
        return _idle(draft, series)
    near = set(trouble.culprits).union(*(draft.callers(c) for c in trouble.culprits))
    related = {n for n in draft.services for c in trouble.culprits if c in draft.reach(n) or n in draft.reach(c)}
    calm = {(one.service, one.name): one for one in _pageable(draft, trial.without(trouble).metrics)}
    found: list[tuple[float, Page]] = []
    for one in series:
        threshold = _threshold(one, draft.dice)
        fires = _fires(one, threshold)
        if fires is None or one.service not in related or _fires(calm[one.service, one.name], threshold) is not None:
            continue  # it would have paged without the trouble, too
        lag = draft.dice.uniform(30, 420)
        at = trouble.over + lag / 3 if trouble.over is not None else fires + lag
        found.append((_weight(one, draft, near), Page(_rule(one, threshold, draft), at)))
    return draft.dice.choices([p for _, p in found], weights=[w for w, _ in found])[0] if found else None


def _idle(draft: Draft, series: list[Pageable]) -> Page | None:
    """A threshold that a usual reading reaches now and then."""
    likely = [one for one in series if one.metric in GOLDEN and one.values.max() > 0]
    if not likely:
        return None
    one = draft.dice.choice(likely)
    threshold = _round(0.95 * float(np.quantile(one.values, draft.dice.uniform(0.97, 1))))
    beyond = one.times[(one.values >= threshold) & (one.times > 0)]
    at = float(beyond[0]) if len(beyond) else 600.0
    return Page(_rule(one, threshold, draft), at + draft.dice.uniform(20, 120))


def _pageable(draft: Draft, metrics: pl.DataFrame) -> Iterator[Pageable]:
    system = draft.system
    names = {
        (service, called(system, metric)): metric
        for service, of in system.services.items()
        for metric in metrics_of(of)
        if metric not in system.unread and metric in RATIOS | SLOWNESS | FULLNESS
    }
    wanted = metrics.filter(pl.col("metric").is_in({name for _, name in names}))
    for (service, name), rows in wanted.group_by("service", "metric", maintain_order=True):
        if (metric := names.get((str(service), str(name)))) is not None:
            yield Pageable(str(service), metric, str(name), rows["timestamp"].to_numpy(), rows["value"].to_numpy())


def _threshold(one: Pageable, dice: random.Random) -> float:
    top = float(one.usual.max()) if len(one.usual) else 0.0
    if one.metric in RATIOS:
        whole = 100.0 if top > 1 or one.values.max() > 1 else 1.0
        return max(dice.choice([0.01, 0.02, 0.05, 0.1]) * whole, _round(1.3 * top))
    return _round(top * dice.uniform(1.2, 2.5 if one.metric in SLOWNESS else 1.5))


def _round(value: float) -> float:
    """Return a figure as people choose them: two digits, rounded up."""
    if value <= 0:
        return 0.001
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return round(math.ceil(value / step) * step, 9)


def _fires(one: Pageable, threshold: float) -> float | None:
    beyond = np.convolve(one.values > threshold, np.ones(WITHIN))[: len(one.values)]
    at = one.times[(beyond >= OFTEN) & (one.times > 0)]
    return float(at[0]) if len(at) else None


def _weight(one: Pageable, draft: Draft, near: set[str]) -> float:
    """People watch what their users feel, mostly, and what failed before."""
    golden = 4.0 if one.metric in GOLDEN else 1.0
    return golden * (4 if one.service in draft.layout.entries else 2 if one.service in near else 1)


def _rule(one: Pageable, threshold: float, draft: Draft) -> Rule:
    what = "Errors" if one.metric in RATIOS else "Latency" if "duration" in one.metric else one.name
    name = draft.dice.choice([f"{one.service}: {what}", f"{what}High", f"High{what}", f"{one.service}-slo-burn"])
    ways = ("{service}: $ is {value} (threshold {threshold})", "$ of {service} above {threshold}, now {value}",
            "[FIRING] {service} $ = {value}")  # fmt: skip
    summary = draft.dice.choice(ways).replace("$", one.name)
    severity = draft.dice.choice([Severity.CRITICAL, Severity.HIGH, Severity.HIGH, Severity.MEDIUM])
    return Rule(
        service=one.service, name=name[:80], metric=one.name, threshold=threshold, summary=summary, severity=severity
    )
