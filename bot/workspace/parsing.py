"""JSON from outside: read only as deep as anything real is, so that nothing that was let in can fail later."""

from collections.abc import Iterable
from typing import Any

import orjson

DEEPEST = 60
"""Levels of JSON within JSON. Slack's own objects have about fifteen."""


def parsed(sent: bytes | str) -> Any:  # noqa: ANN401 - anything may be sent
    """JSON as it was sent; raises `ValueError` where it is none, or too deep."""
    said = orjson.loads(sent)
    level: list[Any] = [said]
    for _ in range(DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
    if level:
        raise ValueError("too deep")
    return said


def _inside(value: object) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
