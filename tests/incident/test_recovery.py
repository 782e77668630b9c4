"""Did the signal recover?"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from incident.alert import Alert
from incident.facts import Check, Reading, Recovery
from incident.paged import Seen
from incident.policy import Policy
from incident.recovery import KEPT, assess, unasked
from incident.values import Window
from tests.incident.made import ALERT, T

POLICY = Policy()
MINUTE = timedelta(minutes=1)
QUIET_RATE = ALERT.model_copy(update={"value": 0.5, "threshold": 0.9})
COUNTED = ALERT.model_copy(update={"metric": "errors_total", "value": 5000.0, "threshold": 1000.0})


def read(value: Callable[[int], float], start: int = -10, end: int = 5) -> tuple[Reading, ...]:
    return tuple(Reading(at=T + m * MINUTE, value=value(m)) for m in range(start, end + 1))


def level(value: float) -> tuple[Reading, ...]:
    """What was usual in the hour before the trouble, with a little noise."""
    return read(lambda m: value * (1 + 0.02 * (m % 5)), start=-70, end=-11)


def after(minutes: int, seen: Seen | tuple[Reading, ...], alert: Alert = ALERT) -> Check | None:
    seen = seen if isinstance(seen, Seen) else Seen(seen)
    return assess(alert, seen, Window(T, T), T + minutes * MINUTE, POLICY)


def result(minutes: int, seen: Seen | tuple[Reading, ...], alert: Alert = ALERT) -> Recovery | None:
    check = after(minutes, seen, alert)
    return None if check is None else check.result


def test_a_signal_that_stays_quiet_near_its_usual_level_has_recovered() -> None:
    check = after(5, Seen(read(lambda m: 900 if m < 1 else 200), level(190)))
    assert check is not None
    assert (check.result, check.before, check.after) == (Recovery.RECOVERED, 900, 200)
    assert check.usual == pytest.approx(197.6)
    assert "usually 197.6" in check.reason
    assert check.readings[0].at < T - 60 * MINUTE


def test_nothing_is_said_before_the_settling_time_has_passed() -> None:
    assert after(2, read(lambda m: 900 if m < 0 else 200, end=2)) is None


def test_one_bad_reading_while_settling_means_waiting_on() -> None:
    assert after(5, read(lambda m: 900 if m in {-1, 4} else 200)) is None


def test_just_below_the_threshold_and_far_above_its_usual_level_is_not_recovered() -> None:
    seen = Seen(read(lambda m: 900 if m < 0 else 480, end=20), level(190))
    assert after(10, seen) is None
    check = after(20, seen)
    assert check is not None
    assert check.result is Recovery.NOT_RECOVERED
    assert "far from its usual level" in check.reason


def test_a_little_above_its_usual_level_is_noise_or_another_time_of_day() -> None:
    assert result(10, Seen(read(lambda m: 900 if m < 0 else 270, end=10), level(190))) is Recovery.RECOVERED


def test_noise_around_the_usual_level_is_not_held_against_it() -> None:
    noisy = read(lambda m: 100 if m % 2 else 300, start=-70, end=-11)
    seen = Seen(read(lambda m: 900 if m < 0 else 310 if m % 2 else 290, end=6), noisy)
    assert result(6, seen) is Recovery.RECOVERED


def test_few_readings_of_before_say_nothing_and_the_threshold_decides() -> None:
    check = after(5, Seen(read(lambda m: 900 if m < 1 else 450), level(190)[:4]))
    assert check is not None
    assert (check.result, check.usual) == (Recovery.RECOVERED, None)
    assert "what is usual could not be read" in check.reason


def test_back_at_a_usual_level_above_the_threshold_nobody_can_tell() -> None:
    check = after(20, Seen(read(lambda m: 2000 if m < 0 else 710, end=20), level(700)))
    assert check is not None
    assert check.result is Recovery.UNKNOWN
    assert "usual for it" in check.reason


def test_a_signal_that_stays_bad_has_not_recovered_once_time_is_up() -> None:
    assert result(20, Seen(read(lambda _: 900, end=20), level(190))) is Recovery.NOT_RECOVERED


def test_a_signal_that_grew_is_worse() -> None:
    assert result(20, read(lambda m: 900 if m < 0 else 1500, end=20)) is Recovery.WORSE


def test_a_signal_that_is_bad_when_low_is_worse_when_lower() -> None:
    check = after(20, read(lambda m: 0.5 if m < 0 else 0.2, end=20), QUIET_RATE)
    assert check is not None
    assert (check.result, check.before) == (Recovery.WORSE, 0.5)


def test_the_worst_of_a_signal_that_is_bad_when_low_is_its_lowest() -> None:
    check = after(20, read(lambda m: 0.3 if m == -5 else 0.5, end=20), QUIET_RATE)
    assert check is not None
    assert check.before == 0.3


@pytest.mark.parametrize(("now", "expected"), [(0.91, Recovery.NOT_RECOVERED), (0.985, Recovery.RECOVERED)])
def test_a_ratio_that_is_bad_when_low_has_to_come_back_near_its_usual_level_too(now: float, expected: Recovery) -> None:
    usual = read(lambda m: 0.999 - 0.001 * (m % 3), start=-70, end=-11)
    assert result(20, Seen(read(lambda m: 0.5 if m < 0 else now, end=20), usual), QUIET_RATE) is expected


def test_errors_that_are_usually_none_may_leave_a_few() -> None:
    alert = ALERT.model_copy(update={"value": 0.4, "threshold": 0.05})
    none = read(lambda _: 0.0, start=-70, end=-11)
    assert result(5, Seen(read(lambda m: 0.4 if m < 0 else 0.001), none), alert) is Recovery.RECOVERED
    assert result(20, Seen(read(lambda m: 0.4 if m < 0 else 0.04, end=20), none), alert) is Recovery.NOT_RECOVERED


@pytest.mark.parametrize(("a_minute", "expected"), [(2, Recovery.RECOVERED), (400, Recovery.NOT_RECOVERED)])
def test_of_a_counter_its_growth_is_compared(a_minute: int, expected: Recovery) -> None:
    usual = read(lambda m: 2.0 * (m + 70), start=-70, end=-11)
    bad = read(lambda m: 120.0 + 400 * (m + 11) if m < 0 else 4500.0 + a_minute * m, end=20)
    check = after(20, Seen(bad, usual), COUNTED)
    assert check is not None
    assert (check.result, check.usual, check.after, check.threshold) == (expected, 2.0, float(a_minute), None)


def test_a_signal_that_cannot_be_read_is_unknown_once_time_is_up_and_not_before() -> None:
    assert after(19, ()) is None
    check = after(20, ())
    assert check is not None
    assert (check.result, check.before, check.after) == (Recovery.UNKNOWN, 900.0, None)


def test_readings_that_stop_after_the_rollback_are_not_quiet() -> None:
    seen = Seen(read(lambda m: 900 if m < 0 else 200, end=1), level(190))
    assert after(6, seen) is None
    check = after(20, seen)
    assert check is not None
    assert check.result is Recovery.UNKNOWN
    assert "have stopped" in check.reason


def test_a_gap_while_pods_restart_begins_the_settling_anew() -> None:
    seen = tuple(r for r in read(lambda m: 900 if m < 0 else 200, end=12) if not T + MINUTE < r.at < T + 10 * MINUTE)
    assert after(12, seen) is None


def test_where_readings_are_rare_the_last_two_decide() -> None:
    rare = tuple(Reading(at=T + m * MINUTE, value=200) for m in (1, 6))
    assert result(7, rare) is Recovery.RECOVERED


def test_one_quiet_reading_is_not_enough() -> None:
    assert after(4, (Reading(at=T + 2 * MINUTE, value=200),)) is None


def test_without_a_threshold_the_usual_level_decides_where_it_was_left() -> None:
    alert = ALERT.model_copy(update={"threshold": None})
    assert result(5, Seen(read(lambda m: 900 if m < 0 else 200), level(190)), alert) is Recovery.RECOVERED
    assert result(20, Seen(read(lambda _: 195, end=20), level(190)), alert) is Recovery.UNKNOWN
    assert result(20, read(lambda _: 1, end=20), alert) is Recovery.UNKNOWN


def test_a_signal_that_went_quiet_at_the_last_minute_is_unknown() -> None:
    assert result(20, read(lambda m: 900 if m < 19 else 200, end=20)) is Recovery.UNKNOWN


def test_a_check_keeps_few_enough_readings_to_draw() -> None:
    many = read(lambda m: 900 if m < 0 else 200, start=-3000)
    check = after(5, many)
    assert check is not None
    assert len(check.readings) <= KEPT
    assert check.readings[-1] == many[-1]


def test_quiet_because_nobody_asks_is_not_recovered() -> None:
    check = after(5, Seen(read(lambda m: 900 if m < 1 else 200), level(190)))
    assert check is not None
    doubted = unasked(check, level(100), read(lambda _: 0.5))
    assert doubted is not None
    assert doubted.result is Recovery.UNKNOWN
    assert "hardly anybody asks" in doubted.reason
    assert unasked(check, level(100), read(lambda _: 40)) is None
    assert unasked(check, level(100), ()) is None
    assert unasked(check, (), read(lambda _: 0.0)) is None
