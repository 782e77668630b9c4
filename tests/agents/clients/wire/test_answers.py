"""Whatever JSON a server sends, it is an answer or nonsense, and never anything else."""

import json
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agents.clients.unavailable import Why
from agents.clients.wire.answers import Answer, BrokenOff, Nonsense, Took, read, took
from agents.clients.wire.pieces import Pieces
from agents.clients.wire.repair import repaired
from agents.clients.wire.troubles import Trouble, refusal, trouble

NAMES = [
    "choices", "message", "delta", "content", "tool_calls", "function", "name", "arguments", "id", "index", "usage",
    "finish_reason", "prompt_tokens", "completion_tokens", "x_groq", "error", "code", "failed_generation",
]  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["stop", "length"])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=20,
)


@given(JSON, JSON)
def test_an_answer_of_any_shape_is_read_or_called_nonsense(whole: object, message: object) -> None:
    for body in (whole, {"choices": [{"message": message, "finish_reason": "stop"}], "usage": whole}):
        with suppress(Nonsense):
            answer = read(body)
            assert answer.counted(10).result().model_dump_json()


@given(
    st.lists(JSON | st.fixed_dictionaries({"choices": st.lists(st.fixed_dictionaries({"delta": JSON}))}), max_size=4)
)
def test_pieces_of_any_shape_are_an_answer_nonsense_or_broken_off(chunks: list[Any]) -> None:
    pieces = Pieces()
    with suppress(Nonsense, BrokenOff):
        for chunk in chunks:
            assert isinstance(pieces.take(chunk), str)
        assert isinstance(pieces.whole(), Answer)


@given(st.integers(min_value=300, max_value=599) | st.just(0), JSON, st.text(max_size=6))
def test_a_refusal_of_any_shape_has_a_reason(status: int, body: object, wait: str) -> None:
    said = refusal(status, {"retry-after": wait}, body)
    means = trouble(said)
    assert isinstance(means, Trouble)
    assert means.why in set(Why)
    if said.meant is not None:
        assert repaired(said.meant, {"look"}) is None or repaired(said.meant, {"look"})


def test_what_no_database_takes_is_left_out() -> None:
    call = {"function": {"name": "look\ud800", "arguments": '{"a": "\0"}'}}
    message = json.loads(json.dumps({"content": "a\0b\udc00", "tool_calls": [call]}))
    answer = read({"choices": [{"message": message, "finish_reason": "tool_calls"}]})
    assert (answer.text, answer.calls[0].name, answer.calls[0].arguments) == ("ab?", "look?", '{"a": ""}')


def test_usage_is_believed_where_it_is_a_count() -> None:
    assert took(
        {"usage": {"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 9}}}
    ) == (Took(5, 1, 5))
    for wrong in (-1, 10**30, True, "5", None, 2.5):
        assert took({"usage": {"prompt_tokens": wrong, "completion_tokens": 1}}) == Took(0, 0)
