import asyncio
import json
import logging

import pytest
from autogen_agentchat.agents import AssistantAgent
from autogen_core import CancellationToken, FunctionCall
from autogen_core.models import RequestUsage

from tests.agents.clients.asking import ASKED, LARGE, SEARCH, Finding, heard, talking, why
from tests.groq_standin import KEY, Answer, Asked, Groq, called, calls, refused, said


async def test_an_answer_is_text_with_what_it_took() -> None:
    async with Groq(said("the pool")) as groq, talking(groq) as room:
        result = await room.client.create(ASKED)
    assert (result.content, result.finish_reason, result.usage) == ("the pool", "stop", RequestUsage(100, 20))
    assert room.client.total_usage() == room.client.actual_usage() == RequestUsage(100, 20)


async def test_the_question_names_who_says_what_and_asks_for_no_tools() -> None:
    async with Groq(said("yes")) as groq, talking(groq) as room:
        await room.client.create(ASKED, extra_create_args={"max_completion_tokens": 300, "reasoning_effort": "low"})
    assert groq.asked[0].body == {
        "model": LARGE,
        "messages": [
            {"role": "system", "content": "You read logs."},
            {"role": "user", "content": "commander: What failed first?"},
        ],
        "max_completion_tokens": 300,
        "max_tokens": 300,
        "reasoning_effort": "low",
    }
    assert (groq.asked[0].path, groq.asked[0].headers["Authorization"]) == (
        "/openai/v1/chat/completions",
        f"Bearer {KEY}",
    )


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/", "/openai/v1/chat/completions"),
        ("/openai/v1", "/openai/v1/chat/completions"),
        ("/v1", "/v1/chat/completions"),
        ("/v1/", "/v1/chat/completions"),
        ("/api/llm/v1", "/api/llm/v1/chat/completions"),
    ],
)
async def test_any_compatible_server_is_asked_at_its_own_address(path: str, asked: str) -> None:
    async with Groq(said("yes"), said("yes")) as groq, talking(groq, path=path) as room:
        await room.client.create(ASKED)
        await heard(room.client)
    assert [each.path for each in groq.asked] == [asked, asked]


async def test_a_server_without_limits_or_usage_is_counted_by_the_bound() -> None:
    async with Groq(said("the pool", usage=None), headers={}) as groq, talking(groq) as room:
        result = await room.client.create(ASKED)
        left = await room.budget.left(LARGE)
    assert result.usage.prompt_tokens == room.client.count_tokens(ASKED)
    assert result.usage.completion_tokens > 300
    assert left.tokens_a_minute is None


async def test_tools_are_offered_lean_and_in_one_order() -> None:
    tools = [SEARCH, {"name": "changes", "description": "What was deployed."}]
    async with Groq(called("search_logs", {"text": "timeout"})) as groq, talking(groq) as room:
        result = await room.client.create(ASKED, tools=tools)  # type: ignore[arg-type]
    functions = [tool["function"] for tool in groq.asked[0].body["tools"]]
    assert [function["name"] for function in functions] == ["changes", "search_logs"]
    assert functions[1]["parameters"]["properties"]["text"] == {"type": "string", "description": "text"}
    assert groq.asked[0].body["tool_choice"] == "auto"
    assert result.content == [FunctionCall(id="call_0", name="search_logs", arguments='{"text": "timeout"}')]
    assert result.finish_reason == "function_calls"


async def test_one_tool_can_be_required_and_none_means_that_none_is_offered() -> None:
    async with Groq(called("search_logs"), said("none")) as groq, talking(groq) as room:
        await room.client.create(ASKED, tools=[SEARCH], tool_choice=SEARCH)
        await room.client.create(ASKED, tools=[SEARCH], tool_choice="none")
    assert groq.asked[0].body["tool_choice"] == {"type": "function", "function": {"name": "search_logs"}}
    assert not {"tools", "tool_choice"} & set(groq.asked[1].body)


async def test_a_call_with_no_arguments_has_an_empty_object_of_them() -> None:
    leaked = called("functions.search_logs<|channel|>commentary", "")
    async with Groq(leaked) as groq, talking(groq) as room:
        result = await room.client.create(ASKED, tools=[SEARCH])
    assert result.content == [FunctionCall(id="call_0", name="search_logs", arguments="{}")]


async def test_a_shape_is_strict_where_the_model_can_be_held_to_it() -> None:
    async with Groq(said('{"finding": "x"}')) as groq, talking(groq) as room:
        await room.client.create(ASKED, json_output=Finding)
    shape = groq.asked[0].body["response_format"]["json_schema"]
    assert shape["strict"]
    assert shape["schema"]["required"] == ["finding", "evidence", "confidence"]
    assert shape["schema"]["additionalProperties"] is False
    assert "schema" not in groq.asked[0].words


async def test_beside_tools_a_shape_is_asked_for_in_words() -> None:
    async with Groq(said('{"finding": "x"}')) as groq, talking(groq) as room:
        await room.client.create(ASKED, tools=[SEARCH], json_output=Finding)
    assert "response_format" not in groq.asked[0].body
    assert [message["role"] for message in groq.asked[0].body["messages"]] == ["system", "system", "user"]
    assert '"finding":{"type":"string"}' in groq.asked[0].words


async def test_other_models_are_not_asked_strictly_nor_for_an_effort() -> None:
    async with Groq(said("{}")) as groq, talking(groq, models=("qwen/qwen3-32b",)) as room:
        await room.client.create(ASKED, json_output=Finding, extra_create_args={"reasoning_effort": "low"})
    assert not groq.asked[0].body["response_format"]["json_schema"]["strict"]
    assert "reasoning_effort" not in groq.asked[0].body


async def test_a_server_that_knows_no_schemas_is_asked_once_more_in_words() -> None:
    async with Groq(refused(400, message="unknown field response_format"), said("{}")) as groq, talking(groq) as room:
        await room.client.create(ASKED, json_output=Finding)
    assert "response_format" not in groq.asked[1].body
    assert '"finding":{"type":"string"}' in groq.asked[1].words
    assert groq.models == [LARGE, LARGE]


async def test_any_json_is_asked_for_with_the_word_in_the_prompt() -> None:
    async with Groq(said("{}")) as groq, talking(groq) as room:
        await room.client.create(ASKED, json_output=True)
    assert groq.asked[0].body["response_format"] == {"type": "json_object"}
    assert "JSON" in groq.asked[0].words


async def test_an_answer_that_was_cut_off_says_so_and_makes_no_half_calls() -> None:
    cut = calls(("search_logs", '{"text": "time'), finish="length")
    async with Groq(said("the po", "length"), said(None, "length"), cut) as groq, talking(groq) as room:
        results = [await room.client.create(ASKED, tools=[SEARCH]) for _ in range(3)]
    assert [(result.finish_reason, result.content) for result in results] == [
        ("length", "the po"),
        ("length", ""),
        ("length", ""),
    ]


async def test_reasoning_is_neither_given_on_nor_sent_back() -> None:
    answer = said("the pool")
    answer.body["choices"][0]["message"]["reasoning"] = "hmm, secret thoughts"
    async with Groq(answer) as groq, talking(groq) as room:
        result = await room.client.create(ASKED)
    assert "hmm" not in result.model_dump_json()


async def test_what_it_took_is_settled_and_limits_are_learnt() -> None:
    async with Groq(said("yes")) as groq, talking(groq) as room:
        await room.client.create(ASKED)
        left = await room.budget.left(LARGE)
    assert left.tokens_a_minute is not None
    assert left.tokens_a_minute <= 8000
    assert room.budget.bills.of("inc-1").completion == 20


async def test_three_calls_are_under_way_at_once_at_most() -> None:
    async with Groq(by=lambda _: said("yes").late(0.05), headers={}) as groq, talking(groq) as room:
        await asyncio.gather(*(room.client.create(ASKED) for _ in range(8)))
    assert groq.most_at_once == 3


async def test_a_cancelled_question_is_dropped_at_once_and_leaves_room_for_others() -> None:
    async with Groq(Answer(hangs=True), said("yes")) as groq, talking(groq) as room:
        token = CancellationToken()
        work = asyncio.ensure_future(room.client.create(ASKED, cancellation_token=token))
        await groq.reached.wait()
        token.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert (await room.client.create(ASKED)).content == "yes"


async def test_an_argument_that_no_server_knows_is_a_mistake_of_ours() -> None:
    async with Groq() as groq, talking(groq) as room:
        with pytest.raises(ValueError, match="max_completion_tokens"):
            await room.client.create(ASKED, extra_create_args={"max_tokens": 5})
    assert not groq.asked


async def test_neither_key_nor_words_are_in_logs_errors_or_dumps(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [said("a-private-answer"), refused(503, message="What failed first?"), refused(401, message=KEY)]
    async with Groq(*answers) as groq, talking(groq) as room:
        await room.client.create(ASKED)
        unavailable = await why(room.client)
        with pytest.raises(AttributeError, match="component_type"):
            room.client.dump_component()
    written = caplog.text + repr(vars(room.client)) + repr(vars(room.groq)) + repr(unavailable) + str(unavailable)
    for secret in (KEY, "What failed", "You read logs", "a-private-answer"):
        assert secret not in written
    assert unavailable.__cause__ is unavailable.__context__ is None


async def test_what_is_sent_fits_into_what_is_counted() -> None:
    async with Groq(said("yes")) as groq, talking(groq) as room:
        await room.client.create(ASKED, tools=[SEARCH], json_output=Finding)
        counted = room.client.count_tokens(ASKED, tools=[SEARCH])
        assert room.client.remaining_tokens(ASKED) < 131_072
    assert counted > len(json.dumps(groq.asked[0].body["tools"])) / 4


async def test_a_function_may_answer_from_the_question() -> None:
    def by(asked: Asked) -> Answer:
        return said(asked.words.rpartition("commander: ")[2])

    async with Groq(by=by) as groq, talking(groq) as room:
        result = await room.client.create(ASKED)
    assert result.content == "What failed first?"


async def test_an_assistant_works_through_its_tools_and_reports_in_words() -> None:
    """AutoGen's own loop: a call, its result, and a last call without tools in which nothing may be called."""
    async with Groq(called("search_logs", {"text": "timeout"}), said("so")) as groq, talking(groq) as room:
        assistant = AssistantAgent(
            "logs",
            model_client=room.client,
            system_message="You read logs.",
            tools=[SEARCH],
            max_tool_iterations=1,
            reflect_on_tool_use=True,
        )
        result = await assistant.run(task="What failed first?")
        assert result.messages[-1].to_text() == "so"
    assert [message["role"] for message in groq.asked[1].body["messages"]] == ["system", "user", "user"]
    assert "search_logs answered: timeout 30" in groq.asked[1].words
    assert [("tools" in asked.body, "tool_choice" in asked.body) for asked in groq.asked] == [
        (True, True),
        (False, False),
    ]


async def test_a_proxy_that_the_environment_names_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Groq(said("through the proxy"), headers={}) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        async with talking("http://llm.internal.example/v1") as room:
            assert (await room.client.create(ASKED)).content == "through the proxy"
    assert proxy.asked[0].headers["Host"] == "llm.internal.example"
