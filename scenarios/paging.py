"""What a made-up world's monitoring says when it pages."""

from datetime import datetime

import polars as pl

from incident.alert import Alert
from scenarios.schema import Rule, Scenario
from scenarios.simulation import Simulation
from scenarios.wording import fill

LOOKS_BACK = pl.duration(minutes=5)
"""A rule fires on what it has seen lately, not on a single reading."""


def page(scenario: Scenario, fired_at: datetime, model: Simulation) -> Alert:
    """Return the alert; its value is the worst reading of late, and never on the healthy side of the threshold."""
    rule = scenario.alert
    value = rule.value if rule.value is not None else _worst(rule, fired_at, model.metrics)
    shown = {"value": _plain(value), "threshold": _plain(rule.threshold), "service": rule.service}
    return Alert(
        service=rule.service,
        name=rule.name,
        summary=fill(rule.summary, shown),
        severity=rule.severity,
        fired_at=fired_at,
        metric=rule.metric,
        value=value,
        threshold=rule.threshold,
        labels=rule.labels,
    )


def _worst(rule: Rule, fired_at: datetime, metrics: pl.DataFrame) -> float:
    lately = pl.col("timestamp").is_between(fired_at - LOOKS_BACK, pl.lit(fired_at), closed="left")
    mine = metrics.filter(pl.col("service") == rule.service, pl.col("metric") == rule.metric, lately)["value"]
    seen = [float(value) for value in mine]
    return max([*seen, rule.threshold]) if rule.fires == "above" else min([*seen, rule.threshold - 1e-9])


def _plain(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.3g}"  # noqa: PLR2004 - three digits either way
