import asyncio
import time

import pytest
from autogen_core import CancellationToken, FunctionCall
from autogen_core.models import CreateResult, RequestUsage

from agents.clients.unavailable import LLMUnavailable, Why
from tests.agents.clients.asking import ASKED, LARGE, SEARCH, SMALL, Finding, heard, talking
from tests.groq_standin import Answer, Groq, called, piece, refused, said, streamed

END = piece(finish="stop", x_groq={"id": "r", "usage": {"prompt_tokens": 9, "completion_tokens": 4}})
FAILED = {"error": {"message": "Internal error of What failed first?", "type": "server_error"}}


async def test_a_stream_is_its_pieces_and_then_the_whole_with_what_it_took() -> None:
    async with Groq(streamed("the ", "pool", END)) as groq, talking(groq) as room:
        pieces, result = await heard(room.client)
    assert pieces == ["the ", "pool"]
    assert isinstance(result, CreateResult)
    assert (result.content, result.usage, result.finish_reason) == ("the pool", RequestUsage(9, 4), "stop")


async def test_usage_where_openai_has_it_is_read_too_and_without_any_it_is_bounded() -> None:
    last = {"id": "c", "choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 6}}
    answers = (streamed("x", piece(finish="stop"), last), streamed("x", piece(finish="stop")))
    async with Groq(*answers) as groq, talking(groq) as room:
        results = [(await heard(room.client))[1] for _ in range(2)]
    assert isinstance(results[0], CreateResult)
    assert isinstance(results[1], CreateResult)
    assert results[0].usage == RequestUsage(5, 6)
    assert results[1].usage.prompt_tokens >= 20


async def test_calls_are_put_together_from_their_pieces() -> None:
    def part(**function: str) -> dict[str, object]:
        delta = {"tool_calls": [{"index": 0, "id": "c1", "function": function}]}
        return {**piece(), "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}

    events = [part(name="search_logs"), part(arguments='{"text":'), part(arguments=' "x"}'), piece(finish="tool_calls")]
    async with Groq(streamed(*events), called("search_logs")) as groq, talking(groq) as room:
        results = [[item async for item in room.client.create_stream(ASKED, tools=[SEARCH])] for _ in range(2)]
    assert [len(each) for each in results] == [1, 1]
    assert isinstance(results[0][0], CreateResult)
    assert results[0][0].content == [FunctionCall(id="c1", name="search_logs", arguments='{"text": "x"}')]


async def test_a_shape_is_asked_for_in_words_since_strict_ones_are_not_streamed() -> None:
    async with Groq(said("{}")) as groq, talking(groq) as room:
        assert [item async for item in room.client.create_stream(ASKED, json_output=Finding)]
    assert "response_format" not in groq.asked[0].body
    assert "JSON schema" in groq.asked[0].words


@pytest.mark.parametrize(
    "dying",
    [
        streamed("the ", broken=True),
        streamed("the "),
        streamed("the ", FAILED),
        streamed("the ", {"error": {"message": "x", "code": "rate_limit_exceeded"}}),
        streamed("the ", piece(x_groq={"id": "r", "error": "over capacity"})),
        Answer(events=(piece("the "), "no JSON")),
        Answer(events=(piece("the "), {"choices": [{"delta": {"tool_calls": [3]}}]})),
        Answer(events=(piece("the "), "[1]")),
    ],
)
async def test_a_stream_that_dies_after_text_was_shown_is_never_played_again(dying: Answer) -> None:
    async with Groq(dying, said("again")) as groq, talking(groq) as room:
        pieces, ended = await heard(room.client)
    assert pieces == ["the "]
    assert isinstance(ended, LLMUnavailable)
    assert ended.why is Why.BROKEN_OFF
    assert len(groq.asked) == 1


@pytest.mark.parametrize(
    "dying",
    [streamed(broken=True), streamed(), streamed(FAILED), Answer(events=("{",)), Answer(events=("[" * 100_000,))],
)
async def test_a_stream_that_dies_before_is_asked_for_again(dying: Answer) -> None:
    async with Groq(dying, said("again")) as groq, talking(groq) as room:
        pieces, ended = await heard(room.client)
    assert isinstance(ended, CreateResult)
    assert "".join(pieces) == ended.content == "again"
    assert groq.models == [LARGE, LARGE]


async def test_what_not_every_server_knows_is_asked_for_once_and_then_left_out() -> None:
    async with Groq(refused(422, message="Extra inputs"), said("yes")) as groq, talking(groq, path="/v1") as room:
        assert (await heard(room.client))[0] == ["yes"]
    assert [set(each.body) - {"model", "messages", "stream", "max_completion_tokens"} for each in groq.asked] == [
        {"stream_options", "max_tokens"},
        set(),
    ]


async def test_limits_and_models_that_are_gone_are_met_before_a_stream_too() -> None:
    answers = (refused(404, "model_not_found"), refused(429, "rate_limit_exceeded", wait=0.1), said("yes"))
    async with Groq(*answers) as groq, talking(groq) as room:
        assert (await heard(room.client))[0] == ["yes"]
    assert (groq.models, room.waited) == ([LARGE, SMALL, SMALL], [0.1])


async def test_a_stream_that_stops_coming_is_broken_off_when_time_is_up() -> None:
    end = time.monotonic() + 0.5
    stalling = Answer(events=(piece("the "),), stalls=True)
    async with Groq(stalling) as groq, talking(groq, seconds=lambda: end - time.monotonic()) as room:
        pieces, ended = await heard(room.client)
    assert pieces == ["the "]
    assert isinstance(ended, LLMUnavailable)
    assert ended.why is Why.BROKEN_OFF


async def test_a_stream_that_nobody_hears_any_more_is_hung_up() -> None:
    async with Groq(Answer(events=(piece("the "),), stalls=True), said("yes")) as groq, talking(groq) as room:
        stream = room.client.create_stream(ASKED)
        assert await anext(stream) == "the "
        await stream.aclose()
        assert (await room.client.create(ASKED)).content == "yes"


async def test_cancelling_ends_a_stream() -> None:
    token = CancellationToken()
    async with Groq(Answer(events=(piece("the "),), stalls=True)) as groq, talking(groq) as room:
        stream = room.client.create_stream(ASKED, cancellation_token=token)
        assert await anext(stream) == "the "
        token.cancel()
        with pytest.raises(asyncio.CancelledError):
            await anext(stream)
