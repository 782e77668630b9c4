"""The budget that all incidents share, on an account in memory and a clock of its own."""

import asyncio
from collections.abc import Callable

import pytest

from agents.clients.bills import Bill
from agents.clients.budget import Budget, Caller, Terms
from agents.clients.memory import MemoryQuota
from agents.clients.ratelimits import duration, heard
from agents.clients.unavailable import LLMUnavailable, Why
from incident.account import Account
from incident.alert import Severity
from incident.ports import Unkept
from incident.quota import Caps, Heard, Price, Told

MODEL = "openai/gpt-oss-120b"
ONE, TWO = Caller("INC-1", Severity.HIGH), Caller("INC-2", Severity.HIGH)
WORST = Caller("INC-WORST", Severity.CRITICAL)


class Time:
    """Passes when everybody pauses, to the moment at which the first one goes on."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._wakes: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        wake = self.now + seconds
        self._wakes.append(wake)
        try:
            while self.now < wake:
                await asyncio.sleep(0)
                self.now = max(self.now, min(self._wakes))
        finally:
            self._wakes.remove(wake)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def budget(time: Time) -> Budget:
    return bounded(time)


def bounded(time: Time, terms: Terms | None = None) -> Budget:
    return Budget(MemoryQuota(time), terms or Terms(), time, time.pause)


async def test_a_call_holds_the_most_it_can_take_and_leaves_what_it_did_take(budget: Budget) -> None:
    grant = await budget.take(ONE, MODEL, 3000, 5)
    assert (await budget.left(MODEL)).tokens_a_minute == 5000
    await budget.settle(grant, prompt=1500, completion=300, cached=1000)
    left = await budget.left(MODEL)
    assert (left.tokens_a_minute, left.requests_a_minute, left.tokens_a_day) == (7200, 29, 199_200)


async def test_a_call_that_was_not_made_is_given_back(budget: Budget) -> None:
    before = await budget.left(MODEL)
    await budget.settle(await budget.take(ONE, MODEL, 3000, 5), 0, 0)
    assert await budget.left(MODEL) == before
    assert budget.bills.of("INC-1") == Bill()


async def test_a_wait_ends_with_the_tokens_or_within_the_callers_seconds(budget: Budget, time: Time) -> None:
    await budget.settle(await budget.take(ONE, MODEL, 8000, 0), 7000, 1000)
    began = time.now
    with pytest.raises(LLMUnavailable) as refused:
        await budget.take(TWO, MODEL, 100, 20)
    assert (refused.value.why, refused.value.retry_after, time.now) == (Why.RATE_LIMITED, 60, began)
    await budget.take(TWO, MODEL, 100, 60)
    assert 60 <= time.now - began <= 61


async def test_whoever_waits_for_what_others_hold_gives_up_in_time(budget: Budget, time: Time) -> None:
    await budget.take(ONE, MODEL, 8000, 0)
    began = time.now
    with pytest.raises(LLMUnavailable) as refused:
        await budget.take(TWO, MODEL, 100, 3)
    assert refused.value.why is Why.RATE_LIMITED
    assert time.now - began <= 3


async def test_the_most_severe_of_those_who_wait_is_served_first(budget: Budget) -> None:
    grant = await budget.take(Caller("INC-0", Severity.LOW), MODEL, 8000, 0)
    served: list[str] = []

    async def call(caller: Caller) -> None:
        mine = await budget.take(caller, MODEL, 5000, 300)
        served.append(caller.incident)
        await budget.settle(mine, 4000, 1000)

    async with asyncio.TaskGroup() as group:
        group.create_task(call(ONE))
        await asyncio.sleep(0)
        group.create_task(call(WORST))
        await asyncio.sleep(0)
        await budget.settle(grant, 0, 0)
    assert served == ["INC-WORST", "INC-1"]


async def test_of_many_who_wait_all_are_served_and_the_account_is_not_asked_all_the_time(time: Time) -> None:
    class Counted(MemoryQuota):
        asked = 0

        async def change(self, by: Callable[[Account, float], tuple[Account, Told]]) -> Told:
            self.asked += 1
            return await super().change(by)

    quota, served = Counted(time), list[str]()
    busy, began = Budget(quota, Terms(), time, time.pause), time.now

    async def call(number: int) -> None:
        caller = Caller(f"INC-{number}", list(Severity)[number % 4])
        await busy.settle(await busy.take(caller, MODEL, 3000, 10_000), 2000, 1000)
        served.append(caller.incident)

    async with asyncio.TaskGroup() as group:
        for number in range(40):
            group.create_task(call(number))
    assert len(set(served)) == 40
    assert 19 * 60 <= time.now - began <= 21 * 60
    assert quota.asked < 25 * (time.now - began)


async def test_whoever_is_cancelled_while_waiting_holds_nobody_up(budget: Budget) -> None:
    grant = await budget.take(ONE, MODEL, 8000, 0)
    waiting = asyncio.create_task(budget.take(WORST, MODEL, 8000, 300))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await budget.settle(grant, 0, 0)
    await budget.take(TWO, MODEL, 8000, 0)


@pytest.mark.parametrize(
    ("caps", "tokens", "why"),
    [
        (Caps(tokens_a_day=500), 501, Why.OVER_BUDGET),
        (Caps(dollars_a_day=0.0005), 1000, Why.OVER_BUDGET),
        (Caps(), 8001, Why.TOO_LARGE),
    ],
)
async def test_a_refusal_says_what_is_spent(time: Time, caps: Caps, tokens: int, why: Why) -> None:
    capped = bounded(time, Terms(caps, {MODEL: Price(0.15, 0.60, 0.075)}))
    with pytest.raises(LLMUnavailable) as refused:
        await capped.take(ONE, MODEL, tokens, 60)
    assert refused.value.why is why


async def test_a_day_that_is_spent_is_told_at_once(budget: Budget, time: Time) -> None:
    for _ in range(25):
        await budget.settle(await budget.take(ONE, MODEL, 8000, 60), 8000, 0)
    with pytest.raises(LLMUnavailable) as refused:
        await budget.take(ONE, MODEL, 100, 60)
    assert refused.value.why is Why.DAY_SPENT
    assert time.now < 3000


async def test_the_bill_of_an_incident_is_in_tokens_and_dollars(time: Time) -> None:
    priced = bounded(time, Terms(prices={MODEL: Price(0.15, 0.60, 0.075)}))
    for caller, model in ((ONE, MODEL), (ONE, MODEL), (TWO, "own")):
        await priced.settle(await priced.take(caller, model, 3000, 5), 2000, 500, 1000)
    assert priced.bills.of("INC-1") == Bill(2, 4000, 1000, 2000, pytest.approx(0.00105))
    assert priced.bills.of("INC-2") == Bill(1, 2000, 500, 1000, None)
    assert set(priced.bills.models) == {MODEL, "own"}


async def test_an_account_that_cannot_be_read_makes_the_model_unavailable_and_nothing_else() -> None:
    class Away:
        async def change(self, by: Callable[[Account, float], tuple[Account, Told]]) -> Told:
            raise Unkept(by)

    away = Budget(Away())
    with pytest.raises(LLMUnavailable) as refused:
        await away.take(ONE, MODEL, 10, 5)
    assert refused.value.why is Why.UNCOUNTED
    await away.learn(MODEL, {})
    assert await away.room(ONE, MODEL, 5) == (0, 0)


async def test_what_a_real_answers_headers_say_is_learnt(budget: Budget) -> None:
    headers = {
        "X-RateLimit-Limit-Requests": "14400",
        "x-ratelimit-remaining-requests": "14370",
        "x-ratelimit-reset-requests": "2m59.56s",
        "x-ratelimit-limit-tokens": "18000",
        "x-ratelimit-remaining-tokens": "17997",
        "x-ratelimit-reset-tokens": "172ms",
    }
    assert heard(headers) == Heard(14400, 14370, pytest.approx(179.56), 18000, 17997, pytest.approx(0.172))
    await budget.learn(MODEL, headers)
    left = await budget.left(MODEL)
    assert (left.tokens_a_minute, left.requests_a_day, left.tokens_a_day) == (17997, 14370, None)


@pytest.mark.parametrize("nonsense", ["", "soon", "-5s", "5", "1e9s", "5s later", "٣s", "9" * 40 + "s"])
def test_a_reset_that_makes_no_sense_is_none(nonsense: str) -> None:
    assert duration(nonsense) is None


def test_headers_that_make_no_sense_say_nothing() -> None:
    said = {"x-ratelimit-limit-tokens": "lots", "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", "x-other": "1"}
    assert heard(said) == Heard()
    assert heard({"retry-after": "999999"}).retry_after == 86_400
    assert duration("1h2m3s") == 3723


async def test_what_is_shown_of_it_is_the_incidents_share_and_what_is_left_for_all(budget: Budget) -> None:
    assert await budget.spent("INC-1", MODEL, 8000) is None
    await budget.settle(await budget.take(ONE, MODEL, 3000, 5), 1500, 300)
    spent = await budget.spent("INC-1", MODEL, 8000, "No second round: it would not have fitted.")
    assert spent is not None
    assert (spent.calls, spent.tokens, spent.budget, spent.left.tokens_a_minute) == (1, 1800, 8000, 6200)
    assert spent.smaller == "No second round: it would not have fitted."


async def test_room_is_asked_before_an_investigation_is_planned(budget: Budget) -> None:
    await budget.settle(await budget.take(TWO, MODEL, 6000, 5), 5000, 1000)
    assert await budget.room(WORST, MODEL, 0) == (14, 1000)
    assert (await budget.room(WORST, MODEL, 60)).tokens == 5000
