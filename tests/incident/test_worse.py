"""Worse than before the rollback is told early where it is clear and lasts, and a recovery is never given up for it."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest

from incident.alert import Alert
from incident.facts import Check, Reading, Recovery
from incident.paged import Seen
from incident.policy import Policy
from incident.recovery import assess
from incident.values import Window
from tests.incident.made import ALERT, T

POLICY = Policy()
MINUTE = timedelta(minutes=1)
EARLY = 10
"""Minutes by which a clear "worse" has to be told."""
RATIO = ALERT.model_copy(update={"metric": "success_ratio", "value": 0.6, "threshold": 0.95})
COUNTED = ALERT.model_copy(update={"metric": "errors_total", "value": 5000.0, "threshold": 1000.0})
STEPS = [timedelta(seconds=15), MINUTE, 2 * MINUTE]
SEEDS = range(6)
Shape = Callable[[float], float]
"""How far a signal is from its usual level (0) towards what it was before the rollback (1), minutes after it ended."""


def lasting(_: float) -> float:
    return 2.0


def growing(minute: float) -> float:
    return 1 + minute / 4


def outage(minute: float) -> float:
    return 0.2 if minute < 2 else 2.5


def spike(minute: float) -> float:
    return 3.0 if minute < 4 else 0.0


def averaged_spike(minute: float) -> float:
    """Three minutes of a spike, as a rate over five minutes shows it."""
    return max(min(minute, 3, 8 - minute), 0)


def fading(minute: float) -> float:
    """Cold caches that fill: five times as bad, and usual after eleven minutes."""
    return max(5 - 0.45 * minute, 0)


def two_spikes(minute: float) -> float:
    return 3.0 if minute < 3 or 6 < minute < 9 else 0.0


def late(minute: float) -> float:
    return 1.0 if minute < 15 else 0.0


def drained(minute: float) -> float:
    """A backlog that grows until the consumers are up, and is worked off."""
    return 1 + 0.4 * minute / 3 if minute < 3 else max(1.4 - (minute - 3) * 0.13, 0)


def unchanged(_: float) -> float:
    return 1.0


class Made:
    """A signal with its alert: usual until the trouble ten minutes before the rollback, then as its shape says."""

    def __init__(self, shape: Shape, seed: int, step: timedelta, alert: Alert = ALERT, noise: float = 0.05) -> None:
        self.alert, dice = alert, random.Random(seed)  # noqa: S311 - a seed makes the same signal again
        usual, bad = (0.99, 0.6) if alert.fires_below else (100.0, 800.0)

        def value(minute: float) -> float:
            off = _off(shape, minute) * dice.gauss(1, noise) + dice.gauss(0, 0.02)
            return max(usual + (bad - usual) * off, 0.0)

        moments = [T + n * step for n in range(int(-70 * MINUTE / step), int(21 * MINUTE / step))]
        self.readings = tuple(Reading(at=at, value=value((at - T) / MINUTE)) for at in moments)

    def checks(self, rollback: Window) -> Iterator[Check]:
        """Yield what is told, looking twice a minute as `verify` does."""
        usual = [r for r in self.readings if r.at < T - 11 * MINUTE]
        for n in count():
            now = rollback.end + n * POLICY.poll
            seen = [r for r in self.readings if T - 10 * MINUTE <= r.at < now]
            told = assess(self.alert, Seen(seen, usual), rollback, now, POLICY)
            if told is not None:
                yield told

    def told(self) -> Check:
        return next(self.checks(Window(T, T)))


def _off(shape: Shape, minute: float) -> float:
    if minute < -10:
        return 0.0
    return 1.0 if minute < 0 else shape(minute)


def minutes(check: Check) -> float:
    return (check.at - T) / MINUTE


every_kind = pytest.mark.parametrize("alert", [ALERT, RATIO], ids=["high-is-bad", "low-is-bad"])
every_step = pytest.mark.parametrize("step", STEPS, ids=str)


@every_step
@every_kind
@pytest.mark.parametrize("shape", [lasting, outage])
def test_clearly_and_lastingly_worse_is_told_before_time_is_up(shape: Shape, alert: Alert, step: timedelta) -> None:
    told = [Made(shape, seed, step, alert).told() for seed in SEEDS]
    assert {check.result for check in told} == {Recovery.WORSE}
    assert max(map(minutes, told)) <= EARLY + 4 * step / MINUTE
    assert all("clearly worse than before the rollback since" in check.reason for check in told)


@every_kind
def test_a_signal_that_goes_on_growing_is_worse_before_time_is_up(alert: Alert) -> None:
    told = [Made(growing, seed, MINUTE, alert).told() for seed in SEEDS]
    assert {check.result for check in told} == {Recovery.WORSE}
    assert max(map(minutes, told)) <= EARLY + 2


@every_step
@every_kind
@pytest.mark.parametrize("shape", [spike, averaged_spike, two_spikes, fading, late, drained])
def test_a_recovery_is_waited_for_through_restarts_and_until_the_end(
    shape: Shape, alert: Alert, step: timedelta
) -> None:
    assert {Made(shape, seed, step, alert).told().result for seed in SEEDS} == {Recovery.RECOVERED}


@every_kind
@pytest.mark.parametrize("noise", [0.02, 0.1, 0.3])
def test_noise_is_not_worse_and_what_stays_bad_is_watched_until_time_is_up(noise: float, alert: Alert) -> None:
    told = [Made(unchanged, seed, timedelta(seconds=15), alert, noise).told() for seed in range(20)]
    assert {minutes(check) for check in told} == {20}
    assert {check.result for check in told} == {Recovery.NOT_RECOVERED}


def test_a_noisy_signal_has_to_be_further_off_to_be_worse() -> None:
    calm, noisy = (Made(lambda _: 1.4, 1, MINUTE, noise=noise).told() for noise in (0.01, 0.25))
    assert (calm.result, minutes(calm) <= EARLY) == (Recovery.WORSE, True)
    assert minutes(noisy) == 20


def test_of_a_counter_its_growth_is_what_is_worse() -> None:
    made = Made(lasting, 1, MINUTE, COUNTED)
    total, counted = 0.0, []
    for reading in made.readings:
        total += reading.value
        counted.append(Reading(at=reading.at, value=total))
    made.readings = tuple(counted)
    told = made.told()
    assert (told.result, minutes(told) <= EARLY) == (Recovery.WORSE, True)


def test_readings_that_stop_while_it_is_worse_are_unknown() -> None:
    made = Made(lasting, 1, MINUTE)
    made.readings = tuple(r for r in made.readings if r.at < T + 7 * MINUTE)
    told = made.told()
    assert (told.result, minutes(told)) == (Recovery.UNKNOWN, 20)


def test_what_was_hardly_read_before_the_rollback_cannot_be_clearly_worse() -> None:
    made = Made(lasting, 1, MINUTE)
    made.readings = tuple(r for r in made.readings if not T - 10 * MINUTE <= r.at < T - 3 * MINUTE)
    told = made.told()
    assert (told.result, minutes(told)) == (Recovery.WORSE, 20)


def test_what_a_rollback_did_while_it_ran_is_not_what_was_before_it() -> None:
    made = Made(lasting, 1, MINUTE)
    ran = Window(T, T + 6 * MINUTE)
    told = next(made.checks(ran))
    assert told.result is Recovery.WORSE
    assert told.before is not None
    assert told.before < 1000
    assert told.at - ran.end <= EARLY * MINUTE
