from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.analysis.logs import patterns, rank_by_logs, search
from agents.analysis.observations import Calls, LogPattern, Trend
from agents.analysis.redact import Redactor
from agents.analysis.split import Split
from incident.values import Window

FIRED = datetime(2026, 6, 20, 14, 0, tzinfo=UTC)
SPLIT = Split(FIRED - timedelta(hours=2), FIRED, FIRED + timedelta(minutes=5))
SCHEMA = {
    "timestamp": pl.Datetime("us", "UTC"),
    "service": pl.String,
    "level": pl.String,
    "message": pl.String,
    "trace_id": pl.String,
    "attributes": pl.String,
}


def lines(*rows: tuple[object, ...]) -> pl.DataFrame:
    """Each row: minutes from the alert, service, level, message, and maybe trace and attributes."""
    full = [(FIRED + timedelta(minutes=float(str(m))), *rest, *[None] * (5 - len(rest))) for m, *rest in rows]
    return pl.DataFrame(full, schema=SCHEMA, orient="row")


def healthy(service: str = "cart", first: int = -120, last: int = 5) -> list[tuple[object, ...]]:
    return [(m, service, "INFO", f"handled request {m + 500} in {m % 7}ms") for m in range(first, last)]


def only(found: list[LogPattern], words: str) -> LogPattern:
    return next(p for p in found if words in p.template)


def test_an_error_that_newly_appears_leads_with_its_exact_times_and_counts() -> None:
    broken = [(m, "cart", "ERROR", f"pool exhausted after {m + 77}ms") for m in range(-6, 3)]
    first = patterns(lines(*healthy(), *broken), SPLIT)[0]
    assert (first.template, first.trend, first.before, first.after) == ("pool exhausted after <*>", Trend.NEW, 0, 9)
    assert first.first_at == FIRED - timedelta(minutes=6)
    assert first.last_at == FIRED + timedelta(minutes=2)


def test_an_error_that_began_long_before_the_alert_is_new_from_its_own_first_line_on() -> None:
    leak = [(m, "cart", "ERROR", "cannot allocate") for m in range(-60, 3)]
    assert only(patterns(lines(*healthy(), *leak), SPLIT), "allocate").trend is Trend.NEW


def test_an_error_that_was_always_there_is_steady() -> None:
    noise = [(m, "cart", "ERROR", "metrics push failed") for m in range(-120, 5)]
    found = only(patterns(lines(*healthy(), *noise), SPLIT), "metrics push")
    assert found.trend is Trend.STEADY
    assert found.score < 3


def test_a_line_that_bursts_and_a_line_that_stops_are_told_apart() -> None:
    retries = [(m / 10, "cart", "WARN", "retrying payment") for m in range(-1200, -100, 100)]
    retries += [(m / 10, "cart", "WARN", "retrying payment") for m in range(-90, 40)]
    heartbeat = [(m, "cart", "INFO", "order confirmed") for m in range(-120, -10)]
    found = patterns(lines(*healthy(), *retries, *heartbeat), SPLIT)
    assert only(found, "retrying").trend is Trend.BURSTING
    assert only(found, "confirmed").trend is Trend.VANISHED


def test_another_healthy_day_tells_what_is_new_when_the_window_holds_no_healthy_part() -> None:
    baseline = lines(*[(m, "cart", "ERROR", "known nuisance") for m in range(-2000, -1990)])
    now = lines(
        *[(m / 2, "cart", "ERROR", "known nuisance") for m in range(-8, 8, 2)],
        (0, "cart", "ERROR", "disk full"),
        (1, "cart", "ERROR", "disk full"),
    )
    found = patterns(now, SPLIT, baseline)
    assert only(found, "disk full").trend is Trend.NEW
    assert only(found, "nuisance").trend is not Trend.NEW


def test_nothing_after_the_moment_of_the_investigation_is_read() -> None:
    later = [(m, "cart", "ERROR", "tomorrow's trouble") for m in range(6, 30)]
    assert not [p for p in patterns(lines(*healthy(), *later), SPLIT) if "tomorrow" in p.template]


@pytest.mark.parametrize("level", ["E", "ERR", "SEVERE", "50", "error", " Error ", ""])
def test_levels_are_free_text_and_may_be_missing(level: str) -> None:
    assert patterns(lines((0, "cart", level, "write failed: disk full")), SPLIT)[0].level == "ERROR"


def test_a_json_line_is_read_by_its_message_and_error() -> None:
    line = '{"ts":1718,"level":"error","msg":"charge failed","err":"dial tcp 10.0.0.7:443: refused"}'
    found = patterns(lines((0, "pay", None, line)), SPLIT)[0]
    assert (found.template, found.level) == ("charge failed: dial tcp <*>: refused", "ERROR")


def test_lines_from_different_sources_and_outcomes_are_different_templates() -> None:
    found = patterns(
        lines(
            (0, "a", "INFO", "Seat#151 done 1"),
            (0, "a", "INFO", "Seat#166 done 2"),
            (0, "a", "INFO", "charge ok"),
            (0, "a", "INFO", "charge failed"),
        ),
        SPLIT,
    )
    assert {p.template for p in found} == {"Seat#151 done <*>", "Seat#166 done <*>", "charge ok", "charge failed"}


def test_a_stack_trace_is_one_pattern_with_its_exception_and_owner() -> None:
    trace = (
        "boom for order 17\njava.lang.IllegalStateException: x\n"
        "\tat org.apache.A.b(A.java:1)\n\tat com.acme.Orders.find(Orders.java:88)"
    )
    found = patterns(lines((0, "orders", "ERROR", trace), (1, "orders", "ERROR", trace.replace("17", "99"))), SPLIT)
    assert [(p.template, p.exception, p.frame) for p in found] == [
        ("boom for order <*>", "java.lang.IllegalStateException", "com.acme.Orders.find (Orders.java:88)")
    ]


def test_errors_of_one_trace_are_correlated_across_services() -> None:
    rows = [(m, s, "ERROR", f"{s} broke", f"t{m}") for m in range(-5, 3) for s in ("front", "cart")]
    found = only(patterns(lines(*healthy(), *rows, (0, "mail", "ERROR", "mail broke", "other")), SPLIT), "front broke")
    assert found.also_in == ("cart",)


def test_services_and_hosts_that_a_line_names_are_found() -> None:
    rows = [
        (
            0,
            "pay",
            "ERROR",
            "lookup api.stripe.com on 10.96.0.10:53 failed",
            None,
            '{"http.route": "/pay", "peer": "orders-db:5432"}',
        )
    ]
    assert patterns(lines(*rows), SPLIT)[0].names == ("api.stripe.com", "10.96.0.10", "orders-db")


def test_secrets_are_gone_before_a_pattern_exists() -> None:
    redactor = Redactor()
    found = patterns(
        lines((0, "pay", "ERROR", "login password=hunter2 for jane@example.com failed")), SPLIT, None, redactor
    )
    assert "hunter2" not in found[0].model_dump_json()
    assert "jane" not in found[0].model_dump_json()
    assert redactor.count >= 2


def test_searching_counts_matches_in_the_window_against_those_before() -> None:
    rows = [(m, "cart", "ERROR", f"disk {m} full") for m in (-50, -3, -2, -1)]
    found = search(lines(*healthy(), *rows), "cart", r"disk .* FULL", Window(FIRED - timedelta(minutes=10), FIRED))
    assert [(p.template, p.after) for p in found] == [("disk <*> full", 3)]


@pytest.mark.parametrize("pattern", ["pool (active=10", "[", "*", "(a{1000}){1000}", "(?=x)"])
def test_a_pattern_that_is_no_regular_expression_is_searched_as_written(pattern: str) -> None:
    logs = lines((0, "cart", "ERROR", f"saw {pattern} there"), (0, "cart", "ERROR", "something else"))
    assert len(search(logs, None, pattern, Window(FIRED, FIRED + timedelta(minutes=1)))) == 1


def test_of_too_many_patterns_the_most_telling_are_kept_and_not_the_oldest() -> None:
    flood = [
        (
            m / 10,
            "cart",
            "INFO",
            f"job {'abcdefghij'[m % 10]}{'klmnopqrst'[m // 10 % 10]}{'uvwxyz'[m // 100 % 6]} {'x ' * (m % 23)}done",
        )
        for m in range(-600, 0)
    ]
    found = patterns(lines(*flood, (4, "cart", "FATAL", "panic: out of memory")), SPLIT)
    assert len(found) <= 200
    assert any(p.level == "FATAL" for p in found)


def test_no_lines_are_no_patterns() -> None:
    assert patterns(lines(), SPLIT) == []
    assert rank_by_logs([], ["cart"], None).entries[0].score == 0


@settings(deadline=None)  # the first example pays for imports
@given(st.lists(st.text(max_size=80), max_size=8))
def test_any_text_can_be_logged(messages: list[str]) -> None:
    found = patterns(lines(*((0, "cart", None, m) for m in messages)), SPLIT)
    assert sum(p.after + p.before for p in found) == len(messages)


def test_who_is_named_by_those_who_complain_is_ranked_before_them() -> None:
    rows = [(m, "shop", "ERROR", "upstream orders-service timeout after 5000ms") for m in range(-5, 4)]
    rows += [(m, "front", "ERROR", "502 from shop") for m in range(-5, 4)]
    found = patterns(lines(*healthy("shop"), *healthy("front"), *rows), SPLIT)
    ranking = rank_by_logs(
        found, ["front", "idle", "orders", "shop"], Calls(depends_on={"shop": ("orders",)}, inferred=False)
    )
    assert ranking.entries[0].service == "orders"
    assert ranking.entries[0].score == 1.0
    assert ranking.entries[-1].service == "idle"


def test_the_service_whose_own_code_fails_first_leads_the_ranking() -> None:
    rows = [(m, "cart", "ERROR", "f.Cart#12 total is negative") for m in range(-8, 4)]
    rows += [(m, "front", "ERROR", "bad gateway") for m in range(-5, 4)]
    found = patterns(lines(*healthy("cart"), *healthy("front"), *rows), SPLIT)
    assert [e.service for e in rank_by_logs(found, ["cart", "front"], None).entries] == ["cart", "front"]
