import asyncio
import json
import time

import pytest
from autogen_core import FunctionCall
from pydantic import SecretStr

from agents.clients.budget import Budget, Caller
from agents.clients.groq import Door
from agents.clients.groq import Groq as OurGroq
from agents.clients.memory import MemoryQuota
from agents.clients.unavailable import Why
from incident.alert import Severity
from tests.agents.clients.asking import ASKED, LARGE, SEARCH, SMALL, Finding, talking, why
from tests.groq_standin import Answer, Asked, Groq, refused, said

MINUTE = "Rate limit reached for model in organization on tokens per minute (TPM): Limit 8000, Used 7900, Requested 900"
DAY = "Rate limit reached for model in organization on tokens per day (TPD): Limit 200000, Used 199900, Requested 900"


async def test_a_minute_that_is_used_up_is_waited_for() -> None:
    async with Groq(refused(429, "rate_limit_exceeded", MINUTE, wait=0.2), said("yes")) as groq, talking(groq) as room:
        result = await room.client.create(ASKED)
    assert (result.content, room.waited, groq.models) == ("yes", [0.2], [LARGE, LARGE])


async def test_a_wait_that_is_longer_than_the_time_left_is_not_begun() -> None:
    async with Groq(by=lambda _: refused(429, "rate_limit_exceeded", MINUTE, wait=90)) as groq, talking(groq) as room:
        unavailable = await why(room.client)
    assert (unavailable.why, unavailable.retry_after, room.waited) == (Why.RATE_LIMITED, 90, [])
    assert groq.models == [LARGE, SMALL]


async def test_limits_in_the_middle_of_parallel_calls_cost_none_of_them_its_answer() -> None:
    seen: list[str] = []

    def by(asked: Asked) -> Answer:
        seen.append(asked.words)
        return refused(429, "rate_limit_exceeded", MINUTE, wait=0.05) if len(seen) in {2, 3} else said("yes")

    async with Groq(by=by, headers={}) as groq, talking(groq) as room:
        results = await asyncio.gather(*(room.client.create(ASKED) for _ in range(3)))
    assert [result.content for result in results] == ["yes"] * 3
    assert (groq.models, room.waited) == ([LARGE] * 5, [0.05, 0.05])


async def test_a_spent_day_is_not_waited_for_and_another_model_has_its_own() -> None:
    async with Groq(refused(429, "rate_limit_exceeded", DAY, wait=1), said("yes")) as groq, talking(groq) as room:
        assert (await room.client.create(ASKED)).content == "yes"
    assert (groq.models, room.waited) == ([LARGE, SMALL], [])


async def test_where_every_day_is_spent_that_is_said() -> None:
    async with Groq(by=lambda _: refused(429, "rate_limit_exceeded", DAY, wait=700)) as groq, talking(groq) as room:
        unavailable = await why(room.client)
    assert (unavailable.why, unavailable.retry_after) == (Why.DAY_SPENT, 700)


async def test_what_is_too_large_is_asked_once_though_it_calls_itself_a_rate_limit() -> None:
    async with Groq(refused(413, "rate_limit_exceeded", MINUTE)) as groq, talking(groq) as room:
        assert (await why(room.client)).why is Why.TOO_LARGE
    assert groq.models == [LARGE]


@pytest.mark.parametrize(
    "gone",
    [
        refused(404, "model_not_found", "The model does not exist or you do not have access to it."),
        refused(400, "model_decommissioned", "The model has been decommissioned"),
        Answer({"object": "error", "message": "The model does not exist.", "code": 404}, 404),
        Answer({"error": {"message": "model not found, try pulling it first", "type": "api_error"}}, 404),
    ],
)
async def test_a_model_that_is_gone_is_replaced_by_name_and_not_asked_again(gone: Answer) -> None:
    async with Groq(gone, said("yes"), said("again")) as groq, talking(groq) as room:
        answers = [await room.client.create(ASKED) for _ in range(2)]
    assert [(answer.content, answer.model) for answer in answers] == [("yes", SMALL), ("again", SMALL)]
    assert groq.models == [LARGE, SMALL, SMALL]


async def test_where_all_models_are_gone_that_is_said_without_asking_again() -> None:
    async with Groq(by=lambda _: refused(404, "model_not_found")) as groq, talking(groq) as room:
        assert [(await why(room.client)).why for _ in range(2)] == [Why.MODEL_GONE, Why.MODEL_GONE]
    assert groq.models == [LARGE, SMALL]


@pytest.mark.parametrize("status", [498, 500, 502, 503])
async def test_a_server_in_trouble_is_asked_again_and_then_another_model(status: int) -> None:
    async with Groq(*[refused(status)] * 3, said("yes")) as groq, talking(groq) as room:
        assert (await room.client.create(ASKED)).content == "yes"
    assert (groq.models, room.waited) == ([LARGE, LARGE, LARGE, SMALL], [0.5, 1.0])


async def test_a_server_that_stays_in_trouble_is_given_up() -> None:
    async with Groq(by=lambda _: Answer("<html>bad gateway</html>", 502)) as groq, talking(groq) as room:
        assert (await why(room.client)).why is Why.AT_CAPACITY
    assert len(groq.asked) == 6


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (refused(401, "invalid_api_key"), Why.WRONG_KEY),
        (refused(400, "context_length_exceeded"), Why.TOO_LARGE),
        (Answer("not found", 404), Why.REFUSED),
        (Answer("", 301, {"location": "https://elsewhere.example/"}), Why.REFUSED),
    ],
)
async def test_what_no_other_try_can_change_is_asked_once(answer: Answer, reason: Why) -> None:
    async with Groq(answer) as groq, talking(groq) as room:
        assert (await why(room.client)).why is reason
    assert len(groq.asked) == 1


@pytest.mark.parametrize(("status", "times"), [(400, 2), (403, 1), (422, 2)])
async def test_what_one_model_is_refused_plainly_too_another_may_be_asked(status: int, times: int) -> None:
    async with Groq(*[refused(status)] * times, said("yes")) as groq, talking(groq) as room:
        assert (await room.client.create(ASKED)).content == "yes"
    assert groq.models == [LARGE] * times + [SMALL]


@pytest.mark.parametrize(("key", "reason"), [("", Why.NO_KEY), ("gsk_\n", Why.WRONG_KEY), ("gsk_ü", Why.WRONG_KEY)])
async def test_without_a_key_that_could_be_one_nobody_is_asked(key: str, reason: Why) -> None:
    groq = OurGroq(Door(SecretStr(key), (LARGE,)), Budget(MemoryQuota()))
    assert (await why(groq.client(Caller("inc-1", Severity.CRITICAL), lambda: 5.0))).why is reason
    await groq.close()


async def test_a_server_that_is_not_there_is_tried_three_times() -> None:
    async with Groq() as groq:
        pass
    async with talking(groq) as room:
        assert (await why(room.client)).why is Why.UNREACHABLE
    assert room.waited == [0.5, 1.0]


async def test_a_dropped_connection_is_tried_again() -> None:
    async with Groq(Answer(broken=True), said("yes")) as groq, talking(groq) as room:
        assert (await room.client.create(ASKED)).content == "yes"


async def test_a_server_that_never_answers_costs_the_seconds_left_and_no_more() -> None:
    end = time.monotonic() + 2.0
    async with (
        Groq(by=lambda _: Answer(hangs=True)) as groq,
        talking(groq, seconds=lambda: end - time.monotonic()) as room,
    ):
        assert (await why(room.client)).why is Why.NO_ANSWER
    assert groq.models[:2] == [LARGE, SMALL]


async def test_no_time_left_is_no_answer() -> None:
    async with Groq(said("yes")) as groq, talking(groq, seconds=lambda: 0.0) as room:
        assert (await why(room.client)).why in {Why.NO_ANSWER, Why.RATE_LIMITED}


@pytest.mark.parametrize(
    "answer",
    [
        Answer("this is no JSON"),
        Answer("[" * 100_000),
        Answer([1, 2]),
        Answer({}),
        Answer({"choices": []}),
        Answer({"choices": [{"message": {"content": 7, "tool_calls": [{"function": 3}]}}]}),
        said("  "),
        said("x" * 1_100_000),
    ],
)
async def test_nonsense_is_asked_again_once_and_then_of_another_model(answer: Answer) -> None:
    async with Groq(answer, answer, said("yes")) as groq, talking(groq) as room:
        assert (await room.client.create(ASKED)).content == "yes"
    assert groq.models == [LARGE, LARGE, SMALL]


async def test_nothing_but_nonsense_is_called_that() -> None:
    async with Groq(by=lambda _: Answer("?")) as groq, talking(groq) as room:
        assert (await why(room.client)).why is Why.NONSENSE
    assert len(groq.asked) == 4


async def test_a_call_that_the_server_could_not_read_is_repaired() -> None:
    written = '<function=search_logs>{"text": "timeout"}</function>'
    failed = refused(400, "tool_use_failed", "Failed to call a function", failed_generation=written)
    async with Groq(failed) as groq, talking(groq) as room:
        result = await room.client.create(ASKED, tools=[SEARCH])
    assert isinstance(result.content, list)
    (call,) = result.content
    assert isinstance(call, FunctionCall)
    assert (call.name, json.loads(call.arguments)) == ("search_logs", {"text": "timeout"})


async def test_words_where_a_call_was_expected_are_the_answer() -> None:
    failed = refused(400, "tool_use_failed", failed_generation="The pool ran empty (E7).")
    async with Groq(failed) as groq, talking(groq) as room:
        assert (await room.client.create(ASKED, tools=[SEARCH])).content == "The pool ran empty (E7)."


async def test_a_call_of_nothing_known_is_drawn_again_once() -> None:
    failed = refused(400, "tool_use_failed", failed_generation='{"name": "rm", "arguments": {}}')
    async with Groq(failed, said("yes")) as groq, talking(groq) as room:
        assert (await room.client.create(ASKED, tools=[SEARCH])).content == "yes"
    assert groq.models == [LARGE, LARGE]


@pytest.mark.parametrize("written", ["", '{"finding": "x', "The pool ran empty."])
async def test_json_that_is_none_is_drawn_again(written: str) -> None:
    failed = refused(400, "json_validate_failed", failed_generation=written)
    async with Groq(failed, said('{"finding": "x"}')) as groq, talking(groq) as room:
        assert (await room.client.create(ASKED, json_output=Finding)).content == '{"finding": "x"}'
    assert groq.models == [LARGE, LARGE]


async def test_json_that_is_some_other_than_asked_for_is_taken() -> None:
    failed = refused(400, "json_validate_failed", failed_generation='{"finding": 3}')
    async with Groq(failed) as groq, talking(groq) as room:
        assert (await room.client.create(ASKED, json_output=Finding)).content == '{"finding": 3}'


async def test_a_refused_call_gives_back_what_it_held() -> None:
    async with Groq(refused(401), said("yes")) as groq, talking(groq) as room:
        await why(room.client)
        assert room.budget.bills.of("inc-1").calls == 0
        await room.client.create(ASKED)
        assert room.budget.bills.of("inc-1").calls == 1
