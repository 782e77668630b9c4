from autogen_core import FunctionCall, Image
from autogen_core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    SystemMessage,
    UserMessage,
)
from PIL.Image import new

from agents.clients.wire.messages import wired


def call(id_: str, arguments: str = "{}") -> FunctionCall:
    return FunctionCall(id=id_, name="search_logs", arguments=arguments)


def result(id_: str) -> FunctionExecutionResult:
    return FunctionExecutionResult(content=f"lines of {id_}", name="search_logs", call_id=id_)


def asking(*calls: FunctionCall) -> AssistantMessage:
    return AssistantMessage(content=list(calls), thought="a secret thought", source="logs")


def answering(*ids: str) -> FunctionExecutionResultMessage:
    return FunctionExecutionResultMessage(content=[result(id_) for id_ in ids])


def roles(*messages: LLMMessage, tools: bool = True) -> list[str]:
    return [sent["role"] for sent in wired(messages, tools=tools)]


def test_everybody_is_named_in_what_is_said_since_templates_drop_names() -> None:
    sent = wired(
        [
            SystemMessage(content="You command."),
            UserMessage(content="the pool", source="metrics"),
            AssistantMessage(content="I see", thought="secret", source="commander"),
        ],
        tools=True,
    )
    assert sent == [
        {"role": "system", "content": "You command."},
        {"role": "user", "content": "metrics: the pool"},
        {"role": "assistant", "content": "I see"},
    ]


def test_a_call_and_its_result_belong_together() -> None:
    sent = wired([asking(call("1", '{"text": "x"}')), answering("1")], tools=True)
    assert sent[0]["tool_calls"] == [
        {"id": "1", "type": "function", "function": {"name": "search_logs", "arguments": '{"text": "x"}'}}
    ]
    assert sent[1] == {"role": "tool", "content": "lines of 1", "tool_call_id": "1"}
    assert "secret" not in str(sent)


def test_arguments_that_are_no_object_are_none() -> None:
    calls = [call(str(n), text) for n, text in enumerate(["", "{", "[1]", "null", '{"a": 1}', "[" * 100_000])]
    sent = wired([asking(*calls), answering(*(each.id for each in calls))], tools=True)
    assert [each["function"]["arguments"] for each in sent[0]["tool_calls"]] == ["{}"] * 4 + ['{"a": 1}', "{}"]


def test_a_result_that_nobody_called_for_is_told_as_text() -> None:
    assert wired([answering("9")], tools=True) == [{"role": "user", "content": "search_logs answered: lines of 9"}]
    assert roles(asking(call("1")), answering("1", "1")) == ["assistant", "tool", "user"]
    assert roles(asking(call("1")), answering("1"), UserMessage(content="x", source="u"), answering("1")) == [
        "assistant",
        "tool",
        "user",
        "user",
    ]


def test_a_call_that_was_never_answered_is_left_out() -> None:
    assert roles(asking(call("1"))) == []
    sent = wired([asking(call("1"), call("2")), answering("2")], tools=True)
    assert [each["id"] for each in sent[0]["tool_calls"]] == ["2"]


def test_results_in_several_messages_belong_to_the_calls_before_them() -> None:
    assert roles(asking(call("1"), call("2")), answering("1"), answering("2")) == ["assistant", "tool", "tool"]


def test_where_nothing_may_be_called_no_calls_are_seen() -> None:
    assert roles(asking(call("1")), answering("1"), tools=False) == ["user"]


def test_pictures_are_told_of_and_not_sent() -> None:
    (sent,) = wired([UserMessage(content=["look", Image(new("RGB", (1, 1)))], source="people")], tools=True)
    assert sent["content"] == "people: look\n(an image, which you can't see)"
