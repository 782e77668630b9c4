import json

import pytest
from autogen_core import FunctionCall

from agents.clients.wire.repair import repaired

NAMES = {"search_logs", "changes"}


@pytest.mark.parametrize(
    "written",
    [
        '{"name": "search_logs", "arguments": {"text": "x"}}',
        '[{"name": "search_logs", "parameters": {"text": "x"}}]',
        '{"type": "function", "function": {"name": "search_logs", "arguments": "{\\"text\\": \\"x\\"}"}}',
        '```\n{"tool_calls": [{"id": "1", "function": {"name": "search_logs", "arguments": {"text": "x"}}}]}\n```',
        '<function=search_logs>{"text": "x"}</function>',
        '<function=search_logs{"text": "x"}</function>',
        'search_logs{"text": "x"}</function>',
        '<tool_call>{"name": "search_logs", "arguments": {"text": "x"}}</tool_call>',
        '<|channel|>commentary to=functions.search_logs <|constrain|>json<|message|>{"text": "x"}<|call|>',
        'I will look. {"name": "functions.search_logs", "arguments": {"text": "x"}}',
    ],
)
def test_a_call_in_another_notation_is_the_call_it_means(written: str) -> None:
    answer = repaired(written, NAMES)
    assert answer is not None
    (call,) = answer.calls
    assert (call.name, json.loads(call.arguments)) == ("search_logs", {"text": "x"})


def test_several_calls_stay_several_with_ids_of_their_own() -> None:
    written = '[{"name": "search_logs", "arguments": {"text": "x"}}, {"name": "changes", "arguments": ""}]'
    answer = repaired(written, NAMES)
    assert answer is not None
    assert [(call.name, call.arguments) for call in answer.calls] == [
        ("search_logs", '{"text": "x"}'),
        ("changes", "{}"),
    ]
    assert len({call.id for call in answer.calls}) == 2


@pytest.mark.parametrize(
    "written",
    [
        "",
        "  \n",
        '{"name": "rm", "arguments": {"path": "/"}}',
        "<function=rm>{}</function>",
        "<|channel|>commentary to=functions.rm <|message|>{}",
        '{"tool_calls": [{"function": {"name": "rm"}}]}',
    ],
)
def test_a_call_of_nothing_that_was_offered_is_neither_made_nor_shown(written: str) -> None:
    assert repaired(written, NAMES) is None


@pytest.mark.parametrize("written", ["The pool ran empty (E7).", '{"finding": "the pool", "evidence": ["E7"]}'])
def test_words_are_an_answer(written: str) -> None:
    answer = repaired(written, NAMES)
    assert answer is not None
    assert (answer.text, answer.calls) == (written, tuple[FunctionCall, ...]())


@pytest.mark.parametrize("written", ['{"a":' * 100_000, "{" * 1_000_000, "[" * 1_000_000, '{"name": {"name": 3}}'])
def test_what_is_made_to_take_long_does_not(written: str) -> None:
    assert repaired(written, NAMES) is None or repaired(written, NAMES)
