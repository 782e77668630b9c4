"""What tools and answers have to look like, as a server is told of it."""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal

from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel

UNSAID: Final = frozenset({"title", "default", "examples"})
"""Keywords that cost tokens and tell a model nothing, or that strict mode refuses."""


def declared(tool: Tool | ToolSchema) -> dict[str, Any]:
    """Return a function as it is offered to a model."""
    schema = tool.schema if isinstance(tool, Tool) else tool
    given = _lean(schema.get("parameters", {}))
    idle = {"required": [], "additionalProperties": False}  # what they say goes without saying, and costs tokens
    said = {key: part for key, part in given.items() if key not in idle or idle[key] != part}
    takes = {"type": "object", "properties": {}, **said}
    function = {"name": schema["name"], "description": schema.get("description", ""), "parameters": takes}
    return {"type": "function", "function": function}


Shape = type[BaseModel] | Literal[True]
"""Of an answer: JSON of a schema, or any JSON object."""


def in_words(wanted: Shape) -> str:
    """Return what asks for JSON where the server can't be held to it."""
    if wanted is True:
        return "Answer with one JSON object and nothing around it."
    schema = json.dumps(_lean(wanted.model_json_schema()), separators=(",", ":"), ensure_ascii=False)
    return f"Your answer, once you give it, is one JSON object of this JSON schema and nothing around it: {schema}"


def response_format(wanted: Shape, model: str) -> dict[str, Any]:
    """Return what holds a server to JSON; strictly on gpt-oss alone, which is where Groq can."""
    if wanted is True:
        return {"type": "json_object"}
    schema = _lean(wanted.model_json_schema())
    strict = "gpt-oss" in model and not _open(schema)
    shape = {"name": wanted.__name__, "schema": _closed(schema) if strict else schema, "strict": strict}
    return {"type": "json_schema", "json_schema": shape}


def _lean(schema: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(schema, Mapping):
        kept = {key: part for key, part in schema.items() if key not in UNSAID or isinstance(part, Mapping)}
        return {key: _lean(part) for key, part in kept.items()}
    return [_lean(part) for part in schema] if isinstance(schema, list | tuple) else schema


def _open(schema: Any) -> bool:  # noqa: ANN401 - JSON
    """Tell whether anything may have properties that are not named, which strict mode has no way to say."""
    if isinstance(schema, Mapping):
        return bool(schema.get("additionalProperties")) or any(_open(part) for part in schema.values())
    return isinstance(schema, list) and any(_open(part) for part in schema)


def _closed(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """Require every property and allow no other."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    closed = {key: _closed(part) for key, part in schema.items()}
    if isinstance(properties := closed.get("properties"), dict) and closed.get("type") == "object":
        closed |= {"required": list(properties), "additionalProperties": False}
    return closed
