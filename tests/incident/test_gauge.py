"""One limit: what is free of it, and when some amount will be."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incident.gauge import SOON, Gauge, Said, Taken

LIMIT, MINUTE, NOW = 8000, 60.0, 100.0
taken = st.lists(st.builds(Taken, st.floats(30, 100), st.integers(1, 4000), st.just(value=False)), max_size=20)
said = st.none() | st.builds(
    lambda left, at, reset, evenly: Said(limit=LIMIT, left=left, at=at, whole_at=at + reset, evenly=evenly),
    st.integers(0, LIMIT), st.floats(50, 100), st.floats(0.1, 120), st.booleans(),
)  # fmt: skip


@given(taken, said, st.integers(1, LIMIT))
@example(
    calls=[Taken(51.0, 7964, held=False)],
    news=Said(limit=LIMIT, left=20, at=50.0, whole_at=111.0, evenly=True),
    amount=81,
)
def test_the_wait_that_is_told_is_long_enough_and_not_longer(
    calls: list[Taken], news: Said | None, amount: int
) -> None:
    """A server's reading lasts until it says that all is whole; from then on our own sums count."""
    gauge = Gauge(LIMIT, MINUTE, tuple(calls), news)
    after = gauge.after(amount, NOW)
    then = NOW + after
    fits = gauge.free(then + 0.001) >= amount
    assert fits or (news is not None and then + 0.001 >= news.whole_at)
    if after > SOON:
        assert gauge.free(then - 0.01) < amount


@given(taken, said, st.floats(0, 200))
def test_more_time_never_gives_less(calls: list[Taken], news: Said | None, seconds: float) -> None:
    gauge = Gauge(LIMIT, MINUTE, tuple(calls), news)
    if news is None:
        assert gauge.within(seconds, NOW) <= gauge.within(seconds + 10, NOW)
    assert gauge.within(seconds, NOW) >= 0


def test_what_a_limit_never_has_room_for_is_never_waited_for() -> None:
    assert math.isinf(Gauge(LIMIT, MINUTE, ()).after(LIMIT + 1, NOW))
    assert math.isinf(Gauge(0, MINUTE, ()).after(1, NOW))


@pytest.mark.parametrize("reset", [10.0, 15.03, 40.0])
def test_a_reset_that_does_not_fit_what_is_missing_may_come_all_at_once(reset: float) -> None:
    """A quarter is missing, which a bucket would fill in 15 seconds."""
    said = Said(limit=LIMIT, left=6000, at=NOW, whole_at=NOW + reset)
    gauge = Gauge(LIMIT, MINUTE, (), said.since(said.since(None, MINUTE), MINUTE))
    assert gauge.free(NOW + reset / 2) == 6000
    assert gauge.after(6001, NOW) == pytest.approx(reset)


def test_one_request_of_a_thousand_a_day_comes_back_every_86_seconds() -> None:
    """Groq's own example of a reset, with the limit that it has there: 30 of 14,400 requests are gone."""
    before = Said(limit=14_400, left=14_371, at=NOW - 1, whole_at=NOW - 1 + 173.9)
    said = Said(limit=14_400, left=14_370, at=NOW, whole_at=NOW + 179.56).since(before.since(None, 86_400), 86_400)
    assert Gauge(14_400, 86_400, (), said).after(14_371, NOW) == pytest.approx(179.56 / 30)
