"""What faults, traffic and sampling do to a small made-up world."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from scenarios.releases import shipped
from scenarios.schema import Scenario
from scenarios.simulation import Simulation

FIRED = datetime(2026, 3, 10, 14, 20, tzinfo=UTC)


def scenario(*faults: dict[str, Any], **more: Any) -> Scenario:  # noqa: ANN401 - a scenario has sides of many types
    services = {
        "web": {"load": 60, "calls": {"quotes": {"timeout": 2}}},
        "quotes": {"calls": {"store": {}}, "pool": {"to": "store", "size": 30, "hold": 0.02, "timeout": 1}},
        "store": {"kind": "database"},
    }
    alert = {"service": "web", "name": "Errors", "metric": "up", "threshold": 1, "value": 1, "summary": "errors"}
    system = {"services": services, **more.pop("system", {})}
    whole = {"name": "small", "system": system, "alert": alert, "faults": faults, "before": "1h"}
    return Scenario.model_validate(whole | more)


def run(*faults: dict[str, Any], **more: Any) -> Simulation:  # noqa: ANN401
    made = scenario(*faults, **more)
    return Simulation(made, 4, FIRED, shipped(made, FIRED)).until(0)


def late(model: Simulation, service: str, of: str) -> float:
    """Return the mean over the last five minutes."""
    happened = model.happened
    return float(getattr(happened.course, of)[-10:, happened.net.at(service)].mean())


def read(model: Simulation, service: str, metric: str) -> list[float]:
    mine = model.metrics.filter(pl.col("service") == service, pl.col("metric") == metric)
    return [float(value) for value in mine["value"]]


def test_a_wrong_result_fails_whoever_needs_it_and_not_who_gives_it() -> None:
    model = run({"kind": "wrong_result", "service": "quotes", "at": "-15m", "ratio": 0.4})
    assert late(model, "web", "errors") == pytest.approx(0.4, abs=0.05)
    assert late(model, "quotes", "errors") < 0.02
    failed = model.spans.filter(pl.col("status") == "ERROR")
    assert failed.filter(pl.col("service") == "web").height > 20 * failed.filter(pl.col("service") == "quotes").height
    assert model.logs.filter(pl.col("message").str.contains("unexpected answer of quotes")).height > 5


def test_leaked_connections_run_the_pool_dry_and_come_back_with_a_restart() -> None:
    model = run({"kind": "connection_leak", "service": "quotes", "at": "-40m", "until": "-10m", "per_minute": 1.5})
    used = model.happened.course.pool_used[:, model.happened.net.at("quotes")]
    assert used[:30].max() < 10
    assert used[90:100].max() == 30
    assert used[-8:].max() < 10


def test_a_way_that_turns_calls_away_fails_them_at_once() -> None:
    model = run({"kind": "link_delay", "service": "web", "to": "quotes", "at": "-15m", "refused": 1.0})
    assert late(model, "web", "errors") > 0.95
    assert late(model, "web", "p99") < 0.2
    assert late(model, "quotes", "errors") < 0.02
    assert model.logs.filter(pl.col("message").str.contains("connect to quotes failed")).height > 5


def test_a_counter_only_grows_and_began_long_before() -> None:
    rename = {"http_requests_per_second": {"name": "requests_total", "counter": True}}
    total = np.array(read(run(system={"rename": rename}), "web", "requests_total"))
    assert (np.diff(total) > 0).all()
    assert np.diff(total).mean() == pytest.approx(60 * 30, rel=0.2)
    assert total[0] > 100_000


def test_metrics_that_nobody_scrapes_are_not_there_and_cannot_page() -> None:
    assert read(run(system={"unread": ["http_error_ratio"]}), "web", "http_error_ratio") == []
    alert = {"service": "web", "name": "x", "metric": "http_error_ratio", "threshold": 1, "summary": "x"}
    with pytest.raises(ValidationError, match="web has up"):
        scenario(system={"unread": ["http_error_ratio"]}, alert=alert)


def test_bursts_come_on_top_of_the_day_and_flat_traffic_is_flat() -> None:
    flat = run(traffic={"swing": 0, "bursts": 0}, before="12h", noise=0).happened.on.load[:, 0]
    assert flat.max() == pytest.approx(flat.min())
    bursty = run(traffic={"swing": 0, "bursts": 2, "height": 1}, before="12h", noise=0).happened.on.load[:, 0]
    assert bursty.max() == pytest.approx(120)
    assert np.median(bursty) < 90


def test_a_sampling_collector_keeps_its_share_of_lines_and_always_the_same() -> None:
    whole, sampled = run().logs, run(log_share=0.3).logs
    assert 0.2 < sampled.height / whole.height < 0.4
    made = scenario(log_share=0.3)
    longer = Simulation(made, 4, FIRED, shipped(made, FIRED)).until(600).logs
    assert longer.filter(pl.col("timestamp") < FIRED).equals(sampled.filter(pl.col("timestamp") < FIRED))
