"""Did the signal recover?"""

from collections.abc import Callable
from datetime import timedelta

from incident.facts import Reading, Recovery
from incident.policy import Policy
from incident.recovery import KEPT, assess
from tests.incident.made import ALERT, T

POLICY = Policy()
MINUTE = timedelta(minutes=1)


def read(value: Callable[[int], float], start: int = -10, end: int = 5) -> tuple[Reading, ...]:
    return tuple(Reading(at=T + m * MINUTE, value=value(m)) for m in range(start, end + 1))


def test_a_signal_that_stays_quiet_has_recovered() -> None:
    check = assess(ALERT, read(lambda m: 900 if m < 1 else 200), T, T + 5 * MINUTE, POLICY)
    assert check is not None
    assert (check.result, check.before, check.after) == (Recovery.RECOVERED, 900, 200)


def test_nothing_is_said_before_the_settling_time_has_passed() -> None:
    assert assess(ALERT, read(lambda m: 900 if m < 0 else 200, end=2), T, T + 2 * MINUTE, POLICY) is None


def test_one_bad_reading_while_settling_means_waiting_on() -> None:
    assert assess(ALERT, read(lambda m: 900 if m in {-1, 4} else 200), T, T + 5 * MINUTE, POLICY) is None


def test_a_signal_that_stays_bad_has_not_recovered_once_time_is_up() -> None:
    check = assess(ALERT, read(lambda _: 900, end=20), T, T + 20 * MINUTE, POLICY)
    assert check is not None
    assert check.result is Recovery.NOT_RECOVERED


def test_a_signal_that_grew_is_worse() -> None:
    check = assess(ALERT, read(lambda m: 900 if m < 0 else 1500, end=20), T, T + 20 * MINUTE, POLICY)
    assert check is not None
    assert check.result is Recovery.WORSE


def test_a_signal_that_is_bad_when_low_is_worse_when_lower() -> None:
    rate = ALERT.model_copy(update={"value": 0.5, "threshold": 0.9})
    check = assess(rate, read(lambda m: 0.5 if m < 0 else 0.2, end=20), T, T + 20 * MINUTE, POLICY)
    assert check is not None
    assert (check.result, check.before) == (Recovery.WORSE, 0.5)


def test_a_signal_that_cannot_be_read_is_unknown_once_time_is_up() -> None:
    check = assess(ALERT, (), T, T + 20 * MINUTE, POLICY)
    assert check is not None
    assert (check.result, check.before, check.after) == (Recovery.UNKNOWN, 900.0, None)


def test_a_signal_without_a_threshold_is_unknown() -> None:
    check = assess(ALERT.model_copy(update={"threshold": None}), read(lambda _: 1), T, T + 5 * MINUTE, POLICY)
    assert check is not None
    assert check.result is Recovery.UNKNOWN


def test_a_check_keeps_few_enough_readings_to_draw() -> None:
    many = read(lambda m: 900 if m < 0 else 200, start=-3000)
    check = assess(ALERT, many, T, T + 5 * MINUTE, POLICY)
    assert check is not None
    assert len(check.readings) <= KEPT
    assert check.readings[-1] == many[-1]


def test_one_quiet_reading_is_not_enough() -> None:
    assert assess(ALERT, (Reading(at=T + 2 * MINUTE, value=200),), T, T + 4 * MINUTE, POLICY) is None


def test_where_readings_are_rare_the_last_two_decide() -> None:
    rare = tuple(Reading(at=T + m * MINUTE, value=200) for m in (1, 6))
    check = assess(ALERT, rare, T, T + 7 * MINUTE, POLICY)
    assert check is not None
    assert check.result is Recovery.RECOVERED


def test_the_worst_of_a_signal_that_is_bad_when_low_is_its_lowest() -> None:
    rate = ALERT.model_copy(update={"value": 0.5, "threshold": 0.9})
    check = assess(rate, read(lambda m: 0.3 if m == -5 else 0.5, end=20), T, T + 20 * MINUTE, POLICY)
    assert check is not None
    assert check.before == 0.3
