from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from agents.clients.wire.schemas import declared, in_words, response_format


class Kind(StrEnum):
    CHANGE = "change"
    NONE = "none"


class Ask(BaseModel):
    agent: str
    title: str = "none"


class Decision(BaseModel):
    """A decision."""

    kind: Kind = Kind.NONE
    asks: list[Ask] = []
    sure: float | None = None


class Open(BaseModel):
    labels: dict[str, str]


def shape(of: type[BaseModel], model: str = "openai/gpt-oss-20b") -> dict[str, Any]:
    return dict(response_format(of, model)["json_schema"])


def test_a_strict_shape_is_closed_all_the_way_down() -> None:
    strict = shape(Decision)
    assert strict["strict"]
    assert strict["schema"]["required"] == ["kind", "asks", "sure"]
    ask = strict["schema"]["$defs"]["Ask"]
    assert (ask["required"], ask["additionalProperties"]) == (["agent", "title"], False)
    assert "default" not in str(strict)


def test_a_property_that_is_called_like_a_keyword_stays() -> None:
    assert set(shape(Decision)["schema"]["$defs"]["Ask"]["properties"]) == {"agent", "title"}


def test_what_has_names_that_nobody_knows_beforehand_is_not_asked_strictly() -> None:
    assert not shape(Open)["strict"]
    assert shape(Open)["schema"]["properties"]["labels"]["additionalProperties"] == {"type": "string"}
    assert not shape(Decision, "llama-3.1-8b-instant")["strict"]


def test_a_shape_in_words_is_the_schema_itself() -> None:
    assert '"kind":{"$ref":"#/$defs/Kind"}' in in_words(Decision)
    assert "JSON object" in in_words(True)  # noqa: FBT003 - AutoGen's own way to ask for any JSON


def test_a_tool_is_declared_without_what_goes_without_saying() -> None:
    parameters = {
        "type": "object",
        "properties": {"a": {"type": "string", "title": "A"}},
        "required": ["a"],
        "$defs": {},
    }
    assert declared({"name": "look", "description": "Look.", "parameters": parameters})["function"] == {  # type: ignore[typeddict-unknown-key,unused-ignore]
        "name": "look",
        "description": "Look.",
        "parameters": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "$defs": {}},
    }
    assert declared({"name": "look"})["function"]["parameters"] == {"type": "object", "properties": {}}
