"""Which keys may be written at a place of a document, to answer a mistyped one with the nearest."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel

Schema = Mapping[str, Any]
"""JSON schema, as pydantic describes a model."""


def nearest(model: type[BaseModel], place: Sequence[str | int]) -> tuple[str, ...]:
    """Return the keys that may have been meant by the last part of the place, the likeliest first, or else all."""
    *above, key = place
    known = _keys(model, above)
    return tuple(get_close_matches(str(key), known, n=1, cutoff=0.5)) or tuple(known)


def _keys(model: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    whole = model.model_json_schema()
    here = [*_shapes(whole, whole)]
    for part in place:
        here = [shape for outer in here for inner in _into(outer, part) for shape in _shapes(inner, whole)]
    return sorted({key for shape in here for key in shape.get("properties", {})})


def _shapes(schema: Schema, whole: Schema) -> Iterator[Schema]:
    """Yield what a schema may stand for, references and alternatives followed."""
    if "$ref" in schema:
        yield from _shapes(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    elif alternatives := schema.get("anyOf") or schema.get("oneOf"):
        for alternative in alternatives:
            yield from _shapes(alternative, whole)
    else:
        yield schema


def _into(schema: Schema, part: str | int) -> Iterator[Schema]:
    properties = schema.get("properties", {})
    if isinstance(part, int):
        yield from [schema["items"]] if "items" in schema else []
    elif part in properties:
        yield properties[part]
    elif isinstance(schema.get("additionalProperties"), dict):
        yield schema["additionalProperties"]
    elif any(value.get("const") == part for value in properties.values()):
        yield schema  # pydantic names the kind of a fault in its places
