from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from agents.analysis.metric_kinds import bad_direction, signal_of
from agents.analysis.observations import AlertSignal, MetricShift, Signal
from agents.analysis.paged import alert_signal
from agents.analysis.quantiles import Floats
from agents.analysis.series import shifts
from agents.analysis.split import Split
from incident.alert import Alert

FIRED = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SPLIT = Split(FIRED - timedelta(hours=1), FIRED, FIRED + timedelta(minutes=2))
Values = Floats | list[float]
NOISE = np.random.default_rng(7)


def series(
    metric: str, values: Values, *, service: str = "orders", every: float = 60.0, split: Split = SPLIT
) -> pl.DataFrame:
    times = [split.start + timedelta(seconds=every * i) for i in range(len(values))]
    return pl.DataFrame(
        {"timestamp": times, "service": service, "metric": metric, "value": np.asarray(values, dtype=float)}
    )


def noisy(level: float, spread: float, n: int = 63) -> Floats:
    return level + spread * NOISE.standard_normal(n)


def step(before: float, after: float, at: int) -> Floats:
    return np.where(np.arange(63) < at, before, after) * (1 + 0.02 * NOISE.standard_normal(63))


def only(frame: pl.DataFrame, baseline: pl.DataFrame | None = None, split: Split = SPLIT) -> MetricShift:
    (shift,) = shifts(frame, split, baseline)
    return shift


def test_a_step_is_found_with_its_levels_and_its_onset() -> None:
    shift = only(series("http_request_duration_p99_ms", step(200, 2000, 45)))
    assert shift.signal is Signal.LATENCY
    assert shift.before == pytest.approx(200, rel=0.05)
    assert shift.after == pytest.approx(2000, rel=0.05)
    assert shift.onset == SPLIT.start + timedelta(minutes=45)
    assert not shift.gradual
    assert shift.score > 10


def test_a_leak_is_gradual_and_begins_where_it_starts_to_climb() -> None:
    climb = np.concatenate([np.full(25, 512.0), np.linspace(512, 3800, 38)]) + NOISE.standard_normal(63)
    shift = only(series("process_memory_mb", climb))
    assert shift.gradual
    assert shift.onset is not None
    assert abs(shift.onset - (SPLIT.start + timedelta(minutes=33))) < timedelta(minutes=10)


def test_a_quiet_hour_has_no_notable_shift() -> None:
    quiet = [series(f"queue_depth_{i}", noisy(20, 2)) for i in range(300)]
    assert len(shifts(pl.concat(quiet), SPLIT, None)) <= 1


def test_a_nearly_constant_gauge_that_twitches_is_no_shift() -> None:
    values = np.full(63, 40.0)
    values[-4:] = 40.4
    assert shifts(series("threads_active", values), SPLIT, None) == []


def test_an_anomaly_an_hour_ago_does_not_win_over_the_one_at_the_alert() -> None:
    old = step(100, 100, 0)
    old[5:9] = 5000
    frame = pl.concat(
        [series("latency_ms", old, service="old"), series("latency_ms", step(100, 400, 58), service="new")]
    )
    assert [shift.service for shift in shifts(frame, SPLIT, None)] == ["new"]


def test_a_series_that_swings_as_much_every_day_is_no_shift() -> None:
    swing = 100 + 60 * np.sin(np.arange(24 * 60) / 90)
    baseline = series("requests_per_second", swing, split=SPLIT._replace(start=SPLIT.start - timedelta(days=1)))
    assert shifts(series("requests_per_second", 100 + 60 * np.sin(np.arange(63) / 45)), SPLIT, baseline) == []


def test_two_bad_points_of_five_are_enough_where_a_healthy_day_is_known() -> None:
    split = Split(FIRED - timedelta(minutes=14), FIRED, FIRED + timedelta(minutes=10))
    frame = series("latency_average", [0.02, 0.021, 0.4, 0.38, 0.02], every=300, split=split)
    shift = only(frame, series("latency_average", noisy(0.02, 0.001, 500), every=300), split)
    assert shift.onset == split.start + timedelta(minutes=10)


def test_a_growing_counter_is_read_as_growth_a_minute() -> None:
    counted = np.cumsum(np.where(np.arange(63) < 50, 10.0, 200.0))
    shift = only(series("http_errors_total", counted))
    assert shift.before == pytest.approx(10)
    assert shift.after == pytest.approx(200)


def test_missing_points_nan_and_text_times_do_not_matter() -> None:
    frame = series("latency_ms", step(50, 900, 50)).with_row_index().filter(pl.col("index") % 7 != 3).drop("index")
    holes = series("latency_ms", [np.nan, np.inf, 50.0])
    text = pl.concat([frame, holes]).with_columns(pl.col("timestamp").dt.to_string("iso:strict"))
    assert only(text).score > 10


def test_nothing_after_as_of_is_used() -> None:
    later = SPLIT._replace(start=SPLIT.as_of + timedelta(minutes=1))
    assert (
        only(
            pl.concat([series("latency_ms", step(50, 900, 50)), series("latency_ms", np.full(30, 1e9), split=later)])
        ).peak
        < 2000
    )


def test_no_rows_give_no_shifts() -> None:
    assert shifts(series("latency_ms", []), SPLIT, None) == []


@pytest.mark.parametrize(
    ("metric", "signal", "bad"),
    [
        ("http_request_duration_p99_ms", Signal.LATENCY, 1),
        ("http_5xx_per_sec", Signal.ERRORS, 1),
        ("checkoutSuccessRate", Signal.ERRORS, -1),
        ("db_pool_in_use", Signal.SATURATION, 1),
        ("cpu_utilization_ratio", Signal.RESOURCE, 1),
        ("requests_per_second", Signal.TRAFFIC, 0),
        ("requests.timer.upper_99", Signal.LATENCY, 1),
        ("db.query_ms.mean", Signal.LATENCY, 1),
        ("requests.timer.count", Signal.TRAFFIC, 0),
        ("http_server_requests_seconds_count", Signal.TRAFFIC, 0),
        ("cache_hit_ratio", Signal.SATURATION, -1),
        ("pod_ready_replicas", Signal.SATURATION, -1),
        ("frobnication_level", Signal.OTHER, 0),
    ],
)
def test_names_tell_what_is_measured_and_which_way_is_bad(metric: str, signal: Signal, bad: int) -> None:
    assert (signal_of(metric), bad_direction(metric)) == (signal, bad)


def test_a_pool_saturates_against_its_sibling_limit() -> None:
    frame = pl.concat([series("db_pool_in_use", step(3, 10, 45)), series("db_pool_max", np.full(63, 10.0))])
    assert only(frame).limit == 10


def paged(values: Floats) -> AlertSignal:
    alert = Alert(service="orders", metric="latency_p99_ms", value=900, threshold=500, fired_at=FIRED)
    return alert_signal(alert, series("latency_p99_ms", values), SPLIT)


def test_a_signal_that_is_still_bad_says_so() -> None:
    signal = paged(step(200, 900, 45))
    assert (signal.breached, signal.excursion) == (True, True)
    assert signal.onset == SPLIT.start + timedelta(minutes=45)


def test_a_signal_that_healed_by_itself_says_so() -> None:
    values = step(200, 900, 54)
    values[59:] = 200
    signal = paged(values)
    assert (signal.breached, signal.excursion) == (False, True)
    assert signal.peak > 800


def test_a_signal_that_never_left_its_range_says_so() -> None:
    signal = paged(noisy(200, 6))
    assert (signal.breached, signal.excursion, signal.onset) == (False, False, None)


def test_an_alert_whose_signal_nobody_recorded_stays_unknown() -> None:
    alert = Alert(service="orders", metric="latency_p99_ms", fired_at=FIRED)
    signal = alert_signal(alert, series("cpu", [1.0, 2.0], service="other"), SPLIT)
    assert (signal.latest, signal.breached, signal.excursion) == (None, None, None)


def test_five_thousand_series_are_measured_in_one_go() -> None:
    n = 400
    times = [SPLIT.start + timedelta(seconds=9 * i) for i in range(n)]
    names = [f"latency_{i}_ms" for i in range(5000)]
    frame = pl.DataFrame(
        {
            "timestamp": times * 5000,
            "service": "orders",
            "metric": np.repeat(names, n),
            "value": NOISE.normal(50, 3, 5000 * n),
        }
    )
    assert len(shifts(frame, SPLIT, None)) < 50


def test_a_fault_that_leaked_into_the_second_of_two_healthy_readings_hides_nothing_where_another_day_is_known() -> None:
    coarse = Split(FIRED - timedelta(minutes=13), FIRED, FIRED + timedelta(minutes=10))
    frame = series("latency_p99_ms", [31, 480, 491, 498, 33], every=300, split=coarse)
    healthy = series("latency_p99_ms", noisy(50, 10, 200), every=300)
    shift = only(frame, healthy, coarse)
    assert shift.before == pytest.approx(31, abs=20)
    assert shift.onset == coarse.start + timedelta(minutes=5)
    assert shift.score > 10


def test_a_level_that_is_higher_than_on_the_other_day_is_this_days_own() -> None:
    coarse = Split(FIRED - timedelta(minutes=13), FIRED, FIRED + timedelta(minutes=10))
    frame = series("requests_sum", [400, 410, 405, 402, 408], every=300, split=coarse)
    assert shifts(frame, coarse, series("requests_sum", noisy(100, 5, 200), every=300)) == []


def test_a_shift_knows_how_often_its_service_was_asked() -> None:
    frame = pl.concat([series("latency_p99_ms", step(200, 2000, 45)), series("requests_per_second", noisy(80, 1))])
    assert only(frame).asked == pytest.approx(80, rel=0.05)
