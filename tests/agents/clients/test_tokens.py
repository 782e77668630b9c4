"""Beside each text of counted.json stands its true count by o200k_base, the vocabulary of gpt-oss."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from autogen_core import FunctionCall, Image
from autogen_core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    SystemMessage,
    UserMessage,
)
from autogen_core.tools import FunctionTool
from PIL.Image import new

from agents.clients.tokens import request_tokens, tokens

COUNTED = json.loads((Path(__file__).parent / "counted.json").read_text("utf-8"))


@pytest.mark.parametrize(("true", "text"), COUNTED)
def test_it_is_never_under_the_true_count(true: int, text: str) -> None:
    assert tokens(text) >= true


def test_it_is_at_most_half_over_on_what_an_investigation_says() -> None:
    ours = [(true, text) for true, text in COUNTED if text.isascii() and len(text) > 60]
    assert sum(tokens(text) for _, text in ours) <= 1.5 * sum(true for true, _ in ours)


def test_an_empty_text_takes_none_and_a_longer_one_never_fewer() -> None:
    text = "E12 ts-order-service: 503 rose from 0.2 % to 41 % at 14:02 (deploy 9f3c2ab1)"
    counts = [tokens(text[:end]) for end in range(0, len(text), 7)]
    assert counts[0] == 0
    assert counts[-1] == max(counts)


def test_broken_text_and_a_megabyte_are_counted_too() -> None:
    assert tokens("\ud800") >= 1
    assert tokens("a" * 1_000_000) >= 125_000


def test_every_part_of_a_request_is_counted() -> None:
    call = FunctionCall(id="1", name="search_logs", arguments='{"text": "timeout"}')
    messages: list[LLMMessage] = [
        SystemMessage(content="You read logs."),
        UserMessage(content=["What failed first?", Image(new("RGB", (1, 1)))], source="commander"),
        AssistantMessage(content=[call], source="logs"),
        FunctionExecutionResultMessage(
            content=[FunctionExecutionResult(content="found 3 lines", name="search_logs", call_id="1")]
        ),
        AssistantMessage(content="the pool was empty", source="logs"),
    ]
    counts = [request_tokens(messages[:end]) for end in range(len(messages) + 1)]
    assert all(after > before for before, after in pairwise(counts))


def test_tools_are_counted_alike_as_objects_and_as_schemas() -> None:
    async def search(text: str) -> str:
        return text

    tool = FunctionTool(search, description="Find log lines that contain a text.")
    assert request_tokens([], [tool]) == request_tokens([], [tool.schema]) > request_tokens([])
