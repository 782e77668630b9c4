from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from incident.ports import NotRecorded
from incident.values import Window
from scenarios.answers import AnswerKey
from scenarios.files import load_scenario
from scenarios.names import called, metrics_of
from scenarios.schema import Scenario
from scenarios.world import World

FIRED = datetime(2026, 3, 10, 14, 7, 3, tzinfo=UTC)
OWN = Path(__file__).with_name("panaderia.yml")


def world(name: str | Path, seed: int = 1) -> World:
    return World(load_scenario(name), seed, FIRED, elapsed=lambda: 0.0)


async def series(of: World, service: str, metric: str) -> pl.DataFrame:
    rows = await of.metrics(await of.extent())
    return rows.filter(pl.col("service") == service, pl.col("metric") == metric).sort("timestamp")


async def onset(of: World, service: str, metric: str, above: float) -> datetime:
    moment = (await series(of, service, metric)).filter(pl.col("value") > above)["timestamp"].min()
    assert isinstance(moment, datetime)
    return moment


async def signals(of: World) -> list[object]:
    span = await of.extent()
    frames = [await of.metrics(span), await of.logs(span), await of.spans(span)]
    return [*(f.rows() for f in frames), await of.changes(span), await of.commits(span), await of.events(span)]


async def test_the_same_file_seed_and_time_give_the_same_world() -> None:
    assert await signals(world("inventory-memory", 4)) == await signals(world("inventory-memory", 4))


async def test_another_seed_gives_another_world() -> None:
    assert await signals(world("quiet-day", 1)) != await signals(world("quiet-day", 2))


async def test_what_has_been_read_does_not_change_when_time_goes_on() -> None:
    going = world("checkout-latency")
    span = await going.extent()
    before = await signals(going)
    await going.wait(timedelta(minutes=45))
    later = [(await going.metrics(span)).rows(), (await going.logs(span)).rows()]
    assert later == before[:2]


async def test_nothing_of_the_future_can_be_read() -> None:
    here = world("checkout-latency")
    ahead = Window(FIRED - timedelta(hours=9), FIRED + timedelta(days=1))
    end = here.now()
    assert (await here.metrics(ahead))["timestamp"].max() <= end
    assert (await here.logs(ahead))["timestamp"].max() <= end
    assert all(change.at <= end for change in await here.changes(ahead))


async def test_waiting_takes_simulated_time_only() -> None:
    here = world("quiet-day")
    start = here.clock.now()
    await here.clock.wait(timedelta(hours=2))
    assert here.clock.now() - start == timedelta(hours=2)
    assert (await here.extent()).end > FIRED + timedelta(hours=2)


async def test_tables_have_the_columns_that_the_port_promises() -> None:
    here, utc = world("checkout-latency"), pl.Datetime("us", "UTC")
    span = await here.extent()
    metrics, logs, spans = await here.metrics(span), await here.logs(span), await here.spans(span)
    assert metrics.columns == ["timestamp", "service", "metric", "value"]
    assert logs.columns == ["timestamp", "service", "level", "message", "trace_id", "attributes"]
    assert spans.columns == [
        "trace_id", "span_id", "parent_id", "service", "name", "start", "duration_ms", "status", "attributes",
    ]  # fmt: skip
    assert metrics.schema["timestamp"] == logs.schema["timestamp"] == spans.schema["start"] == utc


async def test_an_exhausted_pool_is_slow_at_its_service_and_fails_at_the_callers_later() -> None:
    here = world("checkout-latency")
    p99 = await series(here, "checkout-service", "http_request_duration_p99_ms")
    assert 1800 < p99["value"].tail(5).median() < 2300
    pool = await series(here, "checkout-service", "db_pool_in_use")
    assert pool["value"].to_list()[-1] == 10
    own = await onset(here, "checkout-service", "http_error_ratio", 0.1)
    assert await onset(here, "api-gateway", "http_error_ratio", 0.03) > own
    logs = await here.logs(await here.extent())
    text = logs.filter(pl.col("message").str.contains(r"pool exhausted \(active=10/10"))["message"]
    assert any("\n" in message and "at shop." in message for message in text)
    assert logs.filter(pl.col("service") == "api-gateway", pl.col("message").str.contains("502")).height > 0


async def test_a_failing_request_is_logged_under_one_trace_id_by_everybody_it_failed_at() -> None:
    here = world("checkout-latency")
    logs = await here.logs(await here.extent())
    failed = logs.filter(pl.col("message").str.contains("active="))["trace_id"]
    along = logs.filter(pl.col("trace_id").is_in(failed.implode()), pl.col("service") == "api-gateway")
    assert along.height > 0


async def test_spans_of_a_trace_hang_together() -> None:
    here = world("storefront-errors")
    spans = await here.spans(await here.extent())
    assert spans["span_id"].is_unique().all()
    orphans = spans.filter(pl.col("parent_id").is_not_null(), ~pl.col("parent_id").is_in(spans["span_id"].implode()))
    assert orphans.height < spans.height / 50, "only those whose caller had not ended yet"


async def test_a_leak_ends_in_a_kill_that_the_platform_reports() -> None:
    here = world("inventory-memory")
    events = await here.events(await here.extent())
    assert [(event.service, event.status) for event in events] == [("inventory-service", "OOMKilled")]
    memory = (await series(here, "inventory-service", "process_memory_mb"))["value"]
    assert memory.head(20).median() == pytest.approx(512, rel=0.1)
    assert memory.max() > 3700


async def test_a_database_that_is_down_takes_everybody_with_it_and_reports_only_that() -> None:
    here = world("storefront-errors")
    assert (await series(here, "postgres-db", "up"))["value"].to_list()[-1] == 0
    last = (await series(here, "postgres-db", "db_connections"))["timestamp"].max()
    assert last < FIRED - timedelta(minutes=3)
    for service in ("checkout-service", "payment-gateway", "inventory-service", "user-auth", "api-gateway"):
        assert (await series(here, service, "http_error_ratio"))["value"].to_list()[-1] > 0.3
    assert here.alert.value == pytest.approx(0.65, abs=0.05)


async def test_no_healthy_period_is_recorded_beside_the_window() -> None:
    with pytest.raises(NotRecorded):
        await world("quiet-day").baseline()


async def test_a_signal_that_a_file_calls_missing_is_not_recorded() -> None:
    with pytest.raises(NotRecorded, match="spans"):
        await world(OWN).spans(Window(FIRED - timedelta(hours=1), FIRED))


async def test_somebodys_own_scenario_speaks_its_own_words() -> None:
    here = world(OWN)
    assert here.alert.metric == "latencia_p99_ms"
    assert here.alert.value > 400
    assert (await here.signal(here.alert, await here.extent()))[-1].value > 400
    messages = " ".join((await here.logs(await here.extent()))["message"])
    assert "sin conexiones libres (2 de 2 ocupadas)" in messages
    assert "no se pudo hablar con pedidos" in messages
    assert (await series(here, "almacen", "disco_usado"))["value"].to_list()[-1] > 0.8
    assert (await series(here, "horno", "up")).height == 0, "nobody scrapes what belongs to somebody else"


async def test_a_wrong_clock_shows_in_logs() -> None:
    logs = await world(OWN).logs(Window(FIRED - timedelta(hours=9), FIRED + timedelta(hours=1)))
    first = logs.group_by("service").agg(pl.col("timestamp").min())
    assert dict(first.rows())["entrada"] > FIRED - timedelta(hours=3) + timedelta(seconds=90)


async def test_no_way_through_a_world_leads_to_its_answer_key() -> None:
    here = world("checkout-latency")
    await signals(here)
    seen: set[int] = set()
    waiting: list[object] = [here]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, str | int | float | pl.DataFrame):
            assert "cut from 100 to 10" not in str(thing)[:10_000]
            continue
        seen.add(id(thing))
        assert not isinstance(thing, AnswerKey)
        waiting += list(getattr(thing, "__dict__", {}).values())
        waiting += list(thing.items()) if isinstance(thing, dict) else []
        waiting += list(thing) if isinstance(thing, list | tuple | set | frozenset) else []


def made(system: dict[str, object], *faults: dict[str, object], **more: object) -> World:
    rule = {"service": "web", "name": "A", "metric": "http_error_ratio", "threshold": 0.5, "summary": ""}
    given = {"name": "made", "alert": rule, "system": system, "faults": faults} | more
    return World(Scenario.model_validate(given), 1, FIRED, elapsed=lambda: 0.0)


TWO: dict[str, object] = {
    "web": {"load": 50, "calls": {"slow": {"timeout": "2s"}}},
    "slow": {"p50": "150ms", "p99": "700ms"},
}


async def test_a_shorter_timeout_fails_calls_that_were_answered_well_before() -> None:
    cut = {"kind": "call_change", "service": "web", "to": "slow", "timeout": "200ms", "at": "-10m"}
    here = made({"services": TWO}, cut)
    own = await series(here, "web", "http_error_ratio")
    assert own["value"].head(60).max() < 0.02
    assert own["value"].tail(10).min() > 0.15
    assert (await series(here, "slow", "http_error_ratio"))["value"].max() < 0.02
    said = (await here.logs(await here.extent())).filter(pl.col("message").str.contains("timed out"))
    assert set(said["message"]) == {"call to slow timed out after 200ms"}
    waited = (await here.spans(await here.extent())).filter(pl.col("name") == "call slow", pl.col("status") == "ERROR")
    assert waited["duration_ms"].max() <= 200


async def test_more_retries_make_a_storm_of_what_fails() -> None:
    failing = {"kind": "error_rate", "service": "slow", "ratio": 0.8, "at": "-20m"}
    more = {"kind": "call_change", "service": "web", "to": "slow", "retries": 4, "at": "-10m"}
    asked = await series(made({"services": TWO}, failing, more), "slow", "http_requests_per_second")
    assert asked["value"].tail(10).median() > 2.5 * asked["value"].head(300).median()


async def test_more_calls_in_a_request_make_it_slow_and_its_callee_busy() -> None:
    many = {"kind": "call_change", "service": "web", "to": "slow", "share": 8, "at": "-10m"}
    services = TWO | {"slow": {"p50": "20ms", "capacity": 900}}
    here = made({"services": services}, many)
    asked = await series(here, "slow", "http_requests_per_second")
    assert asked["value"].tail(10).median() == pytest.approx(400, rel=0.1)
    p50 = (await series(here, "web", "http_request_duration_p50_ms"))["value"]
    assert p50.tail(10).median() > 4 * p50.head(200).median()
    spans = (await here.spans(await here.extent())).filter(pl.col("start") > FIRED - timedelta(minutes=8))
    assert spans.filter(pl.col("name") == "call slow").group_by("trace_id").len()["len"].median() == 8


async def test_only_the_operations_that_are_named_make_a_call() -> None:
    call = {"operations": ["buy"], "share": 0.5}
    web = {"load": 50, "operations": ["look", "buy"], "calls": {"slow": call}}
    broken = {"kind": "error_rate", "service": "slow", "ratio": 0.9, "at": "-10m"}
    here = made({"services": TWO | {"web": web}}, broken)
    said = (await here.logs(await here.extent())).filter(pl.col("message").str.contains("answered 502"))
    assert set(said["message"]) == {"buy failed: slow answered 502 Bad Gateway"}


async def test_a_gauge_can_follow_what_is_served_and_a_metric_can_have_another_unit() -> None:
    shop = {"load": 20, "gauges": {"orders": {"value": 1200, "follows": "successes"}}}
    rename = {"http_request_duration_p99_ms": {"name": "p99_seconds", "factor": 0.001}}
    here = made(
        {"services": {"web": shop}, "rename": rename},
        {"kind": "error_rate", "service": "web", "ratio": 0.5, "at": "-10m"},
    )
    orders = (await series(here, "web", "orders"))["value"]
    assert orders.tail(10).median() == pytest.approx(600, rel=0.1)
    assert orders.head(200).median() == pytest.approx(1200, rel=0.15)
    assert (await series(here, "web", "p99_seconds"))["value"].median() == pytest.approx(0.04, rel=0.2)


async def test_what_belongs_to_somebody_else_logs_nothing_and_its_callers_tell_of_it() -> None:
    system = {"web": {"load": 30, "calls": ["bank"]}, "bank": {"kind": "external"}}
    logs = ["{callee} answered 503", {"message": "we are on fire", "when": "active"}]
    here = made(
        {"services": system}, {"kind": "error_rate", "service": "bank", "ratio": 0.7, "at": "-6m", "logs": logs}
    )
    rows = await here.logs(await here.extent())
    assert set(rows["service"]) == {"web"}
    assert rows.filter(pl.col("message") == "bank answered 503").height > 5


async def test_a_change_is_felt_once_it_is_rolled_out_and_not_before() -> None:
    change = {"id": "c", "at": "-20m", "service": "web", "kind": "deploy", "title": ""}
    fault = {"kind": "error_rate", "service": "web", "ratio": 0.6, "caused_by": "c"}
    here = made({"services": TWO}, fault, changes=[change])
    began = await onset(here, "web", "http_error_ratio", 0.3)
    assert timedelta(seconds=10) < began - (FIRED - timedelta(minutes=20)) < timedelta(minutes=2)


async def test_who_is_asked_more_logs_more() -> None:
    here = made({"services": TWO}, {"kind": "traffic_surge", "service": "web", "factor": 3, "at": "-40m"})
    rows = (await here.logs(await here.extent())).filter(pl.col("level") == "INFO", pl.col("service") == "web")
    late = rows.filter(pl.col("timestamp") > FIRED - timedelta(minutes=38)).height / 38
    early = rows.filter(pl.col("timestamp") < FIRED - timedelta(minutes=40)).height / 140
    assert late > 2 * early


@pytest.mark.parametrize("name", ["quiet-day", "checkout-latency", OWN])
async def test_the_metrics_of_a_service_are_those_that_are_promised(name: str | Path) -> None:
    scenario, here = load_scenario(name), world(name)
    rows = await here.metrics(await here.extent())
    for service, described in scenario.system.services.items():
        seen = set(rows.filter(pl.col("service") == service)["metric"])
        assert seen == {called(scenario.system, metric) for metric in metrics_of(described)}
