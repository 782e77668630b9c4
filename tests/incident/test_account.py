"""The account of calls to language models: limits, turns, and what a server says of itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.account import GONE, LAPSE, Account
from incident.quota import DAY, ENDLESS, FREE_PLAN, Asked, Call, Caps, Granted, Heard, Lack, Left, Limits, Refused, Wait

MODEL = "openai/gpt-oss-120b"
NO_CAPS = Caps()


def asked(tokens: int, incident: str = "INC-1", rank: int = 1, name: str | None = None, **more: object) -> Asked:
    values = {"id": name or f"{incident}-{tokens}", "incident": incident, "rank": rank, "model": MODEL}
    return Asked.model_validate({**values, "tokens": tokens, **more})


def took(tokens: int, at: float = 0.0, **more: object) -> Call:
    return Call.model_validate(
        {"id": f"c{at}", "incident": "INC-1", "model": MODEL, "at": at, "tokens": tokens, **more}
    )


def account(*calls: Call) -> Account:
    return Account(calls=calls)


def heard(left: int, reset: float, limit: int = 8000) -> Heard:
    return Heard(tokens=limit, tokens_left=left, tokens_reset=reset)


def test_the_free_plans_minute_is_assumed_until_a_server_has_said_otherwise() -> None:
    left = Account().left(MODEL, NO_CAPS, 0)
    assert left.model_dump(exclude_none=True) == FREE_PLAN.model_dump()
    first, answer = Account().ask(asked(8000), NO_CAPS, 0, 0)
    assert answer == Granted(0)
    assert first.left(MODEL, NO_CAPS, 0).tokens_a_minute == 0


def test_what_was_taken_comes_back_a_minute_later_and_not_before() -> None:
    spent = account(took(5000, at=0), took(2000, at=20))
    assert spent.at(30).ask(asked(3500), NO_CAPS, 60, 30)[1] == Wait(30)
    assert spent.at(61).ask(asked(3500), NO_CAPS, 60, 61)[1] == Granted(61)
    assert spent.at(30).ask(asked(7000), NO_CAPS, 60, 30)[1] == Wait(50)


def test_what_cannot_be_had_in_time_is_refused_at_once_and_leaves_no_trace() -> None:
    spent = account(took(8000, at=0))
    assert spent.ask(asked(100), NO_CAPS, 20, 10) == (spent, Refused(Lack.MINUTE, 50))


def test_what_is_held_may_come_back_at_any_time_so_that_it_is_waited_for() -> None:
    held, _ = Account().ask(asked(8000), NO_CAPS, 0, 0)
    waiting, answer = held.ask(asked(500), NO_CAPS, 5, 0)
    assert isinstance(answer, Wait)
    settled = waiting.entering(took(1200, id="INC-1-8000"))
    assert settled.ask(asked(500), NO_CAPS, 5, 1)[1] == Granted(1)


def test_a_call_larger_than_any_minute_is_refused_for_that() -> None:
    assert Account().ask(asked(8001), NO_CAPS, 600, 0)[1] == Refused(Lack.TOO_LARGE, None)


def test_thirty_requests_are_a_minute_however_small_they_are() -> None:
    busy = account(*(took(1, at=n / 10) for n in range(30)))
    assert busy.ask(asked(1), NO_CAPS, 60, 3)[1] == Wait(57)


def test_a_day_is_the_last_24_hours_and_its_calls_are_kept_as_few() -> None:
    day = account(*(took(5000, at=n * 300.0) for n in range(40))).at(40 * 300.0)
    assert len(day.calls) == 20
    assert day.left(MODEL, NO_CAPS, 40 * 300.0).tokens_a_day == 0
    assert day.ask(asked(100), NO_CAPS, 60, 40 * 300.0)[1] == Refused(Lack.DAY, pytest.approx(DAY - 39 * 300))
    tomorrow = 40 * 300.0 + DAY
    assert day.at(tomorrow).calls == ()


def test_caps_are_of_all_models_together() -> None:
    caps = Caps(tokens_a_day=10_000, dollars_a_day=1.0)
    other = account(took(9_900, model="another", dollars=0.25))
    assert other.ask(asked(101, dollars=0.1), caps, 60, 1)[1] == Refused(Lack.CAP, DAY - 1)
    left = other.left(MODEL, caps, 1)
    assert (left.tokens_a_day, left.dollars_a_day) == (100, 0.75)
    assert other.ask(asked(10, dollars=0.8), caps, 60, 1)[1] == Refused(Lack.CAP, DAY - 1)


def test_under_a_cap_on_money_a_model_whose_price_nobody_knows_is_refused() -> None:
    capped = Caps(dollars_a_day=100.0)
    assert Account().ask(asked(1, dollars=None), capped, 60, 0)[1] == Refused(Lack.CAP, None)
    assert Account().ask(asked(1, dollars=0.0), capped, 60, 0)[1] == Granted(0)


def test_a_reservation_of_a_process_that_died_lapses() -> None:
    held, _ = Account().ask(asked(8000), NO_CAPS, 0, 0)
    assert held.at(LAPSE - 1).calls != ()
    lapsed = held.at(LAPSE)
    assert lapsed.left(MODEL, NO_CAPS, LAPSE).tokens_a_day == FREE_PLAN.tokens_a_day


def waiting(*each: Asked, spent: int = 8000) -> Account:
    """Return an account in which these wait, one second after the other, from second 1 on."""
    queued = account(took(spent, at=0, incident="OTHER"))
    for at, one in enumerate(each, 1):
        queued, _ = queued.ask(one, NO_CAPS, 120, at)
    return queued


def test_the_more_severe_incident_comes_first_whoever_waited_longer() -> None:
    low, critical = asked(2000, "INC-LOW", rank=3), asked(2000, "INC-CRIT", rank=0)
    queued = waiting(low, critical)
    now = 3.0
    free = queued.model_copy(update={"calls": ()})
    assert isinstance(free.ask(low, NO_CAPS, 60, now)[1], Wait)
    assert free.ask(critical, NO_CAPS, 60, now)[1] == Granted(now)


def test_of_equals_the_incident_that_has_had_less_comes_first() -> None:
    greedy, modest = asked(2000, "INC-GREEDY"), asked(2000, "INC-MODEST")
    free = waiting(greedy, modest).model_copy(update={"calls": (took(3000, incident="INC-GREEDY"),)})
    assert isinstance(free.ask(greedy, NO_CAPS, 60, 3)[1], Wait)
    assert free.ask(modest, NO_CAPS, 60, 3)[1] == Granted(3)


def test_a_small_call_does_not_overtake_a_large_one_that_waits() -> None:
    large, small = asked(7000, "INC-LARGE"), asked(100, "INC-SMALL")
    queued = waiting(large, small, spent=4000)
    assert isinstance(queued.ask(small, NO_CAPS, 60, 3)[1], Wait)


def test_whoever_has_waited_long_enough_comes_before_a_severe_one_that_has_just_come() -> None:
    low = asked(2000, "INC-LOW", rank=3)
    alone = waiting(low).model_copy(update={"calls": ()})
    kept = alone.model_copy(update={"waiting": tuple(one.model_copy(update={"seen": 70.0}) for one in alone.waiting)})
    newcomer = asked(2000, "INC-CRIT", rank=0)
    assert isinstance(kept.ask(newcomer, NO_CAPS, 60, 71)[1], Wait)


def test_whoever_waited_and_is_gone_holds_nobody_up() -> None:
    queued = waiting(asked(2000, "INC-DEAD", rank=0)).model_copy(update={"calls": ()})
    assert queued.at(1 + GONE).ask(asked(2000, "INC-2"), NO_CAPS, 0, 1 + GONE)[1] == Granted(1 + GONE)


def test_waiting_for_one_model_holds_nobody_up_at_another() -> None:
    queued = waiting(asked(2000))
    assert queued.ask(asked(2000, model="another"), NO_CAPS, 0, 2)[1] == Granted(2)


def test_what_the_server_says_is_left_counts_more_than_our_own_sums() -> None:
    others_use_the_key = account().learn(MODEL, heard(left=500, reset=30), 10)
    assert others_use_the_key.left(MODEL, NO_CAPS, 10).tokens_a_minute == 500
    assert others_use_the_key.ask(asked(1000), NO_CAPS, 60, 10)[1] == Wait(30)
    assert others_use_the_key.ask(asked(1000), NO_CAPS, 60, 40)[1] == Granted(40)


def test_a_server_whose_resets_are_those_of_a_bucket_is_believed_to_fill_it_evenly() -> None:
    """2,000 of 8,000 are missing and whole again in 15 s: that is a quarter of a minute. Once that may be by chance."""
    once = account(took(2000, at=0)).learn(MODEL, heard(left=6000, reset=15), 1)
    assert once.ask(asked(7000), NO_CAPS, 60, 1)[1] == Wait(15)
    bucket = once.learn(MODEL, heard(left=6000, reset=15), 1)
    assert bucket.left(MODEL, NO_CAPS, 8.5).tokens_a_minute == 7000
    assert bucket.ask(asked(7000), NO_CAPS, 60, 1)[1] == Wait(pytest.approx(7.5))
    assert bucket.learn(MODEL, heard(left=6000, reset=30), 1).ask(asked(7000), NO_CAPS, 60, 1)[1] == Wait(30)


def test_what_was_taken_since_the_server_spoke_counts_against_what_it_said() -> None:
    since = account(took(1000, at=0), took(1500, at=5)).learn(MODEL, heard(left=7000, reset=50), 2)
    assert since.left(MODEL, NO_CAPS, 6).tokens_a_minute == 5500


def test_larger_limits_are_adopted_and_say_that_it_is_not_the_free_plan() -> None:
    said = Heard(requests=500_000, requests_left=499_999, requests_reset=0.2, tokens=250_000, tokens_left=249_000,
                 tokens_reset=0.24)  # fmt: skip
    learnt = Account().learn(MODEL, said, 0)
    assert learnt.server(MODEL).limits == Limits(requests_a_day=500_000, tokens_a_minute=250_000)
    smaller = learnt.learn(MODEL, heard(left=100, reset=50, limit=6000), 1)
    assert smaller.server(MODEL).limits.tokens_a_minute == 6000


def test_a_server_that_names_no_limits_has_none_but_the_caps_of_settings() -> None:
    home = Account().learn(MODEL, Heard(), 0)
    assert home.left(MODEL, NO_CAPS, 0) == Left()
    assert home.ask(asked(900_000), NO_CAPS, 0, 0)[1] == Granted(0)
    assert home.ask(asked(900), Caps(tokens_a_day=800), 0, 0)[1] == Refused(Lack.CAP, None)
    assert home.learn(MODEL, heard(8000, 0), 1).server(MODEL).limits == FREE_PLAN


def test_an_answer_without_headers_changes_nothing_of_limits_that_were_named() -> None:
    learnt = Account().learn(MODEL, heard(500, 30), 0)
    assert learnt.learn(MODEL, Heard(), 1).server(MODEL).limits == FREE_PLAN


def test_after_a_refusal_nobody_asks_before_the_server_wants_it() -> None:
    closed = Account().learn(MODEL, Heard(retry_after=7.0), 0)
    assert closed.ask(asked(10), NO_CAPS, 20, 1)[1] == Wait(6)
    assert closed.ask(asked(10), NO_CAPS, 2, 1)[1] == Refused(Lack.MINUTE, 6)
    assert closed.ask(asked(10), NO_CAPS, 2, 7)[1] == Granted(7)
    assert Account().learn(MODEL, Heard(retry_after=500), 0).ask(asked(10), NO_CAPS, 9, 1)[1] == Refused(Lack.DAY, 499)


def test_room_is_what_can_be_had_in_time() -> None:
    spent = account(took(6000, at=0))
    one = asked(1)
    assert spent.room(one, NO_CAPS, 0, 30).tokens == 2000
    assert spent.room(one, NO_CAPS, 30, 30).tokens == 8000
    assert spent.room(one, NO_CAPS, 90, 30).tokens == 16_000
    assert spent.room(one, Caps(tokens_a_day=6500), 90, 30).tokens == 500
    assert spent.room(asked(1, dollars=0.001), Caps(dollars_a_day=1.5), 0, 30).tokens == 1500
    assert account(*(took(1, at=n) for n in range(28))).room(one, NO_CAPS, 0, 30).calls == 2


def test_room_is_shared_with_the_incidents_that_are_at_it() -> None:
    busy, _ = Account().ask(asked(2000, "INC-2"), NO_CAPS, 0, 0)
    assert busy.room(asked(1, "INC-1"), NO_CAPS, 0, 0).tokens == 3000
    assert busy.room(asked(1, "INC-2"), NO_CAPS, 0, 0).tokens == 6000


def test_without_limits_there_is_room_for_anything_and_while_closed_for_nothing() -> None:
    assert Account().learn(MODEL, Heard(), 0).room(asked(1, dollars=0.0), NO_CAPS, 5, 0) == (ENDLESS, ENDLESS)
    assert Account().learn(MODEL, Heard(retry_after=30), 0).room(asked(1), NO_CAPS, 5, 0) == (0, 0)


def test_it_is_kept_as_text_and_read_back_the_same() -> None:
    full = waiting(asked(2000)).learn(MODEL, heard(1, 2), 3).learn(MODEL, Heard(retry_after=1), 4)
    assert Account.model_validate_json(full.model_dump_json()) == full


calls = st.lists(st.tuples(st.floats(0, 40), st.integers(1, 4000), st.booleans()), max_size=60)


@given(calls)
def test_whatever_happens_no_minute_ever_takes_more_than_its_limit(steps: list[tuple[float, int, bool]]) -> None:
    ledger, now, granted = Account(), 0.0, list[tuple[float, int]]()
    for number, (passed, tokens, all_of_it) in enumerate(steps):
        now += passed
        ledger, answer = ledger.at(now).ask(asked(tokens, f"INC-{number}", name=str(number)), NO_CAPS, 0, now)
        if isinstance(answer, Granted):
            used = tokens if all_of_it else tokens // 2
            granted.append((now, used))
            ledger = ledger.entering(took(used, at=now, id=str(number)))
    for at, _ in granted:
        assert sum(used for when, used in granted if at - 60 < when <= at) <= 8000
