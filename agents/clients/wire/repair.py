"""What a model meant where its server refused what it wrote: a call in the wrong notation, or words."""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import islice
from json import JSONDecoder, dumps
from typing import Any, Final

from autogen_core import FunctionCall

from agents.clients.wire.answers import Answer, bare, fresh

NAMED: Final = re.compile(r"(?:<function[=(]|to=(?:functions\.)?|<invoke name=\"?)(?P<name>[\w.-]{1,64})")
"""How Llama, gpt-oss and others name a function outside of JSON."""
NOTATION: Final = re.compile(r"<\|\w+\|>|</?(?:function|tool_call|invoke)\b")
LONGEST: Final = 20_000
MOST: Final = 8
"""Calls that anybody makes at once."""
ARGUMENTS: Final = ("arguments", "parameters", "args", "input")


def repaired(written: str, names: Collection[str], *, json: bool = False) -> Answer | None:
    """Return a call of one of these functions, or the text; None where it can only be asked again.

    ``json``: words are no answer, an object is.
    """
    written = written[:LONGEST]
    calls = tuple(_calls(written, names))
    if calls:
        return Answer("", calls, "function_calls")
    meant = _objects(written)
    if (
        not written.strip()
        or (json and not meant)
        or NOTATION.search(written)
        or any({"name", "tool_calls"} & set(each) for each in meant)
    ):
        return None
    return Answer(written.strip())


def _calls(written: str, names: Collection[str]) -> Iterator[FunctionCall]:
    objects = _objects(written)
    if (name := _named(written, names)) is not None:
        yield _call(name, objects[0] if objects else {})
        return
    listed = (each for one in objects for each in _listed(one) if isinstance(each, dict))
    for each in listed:
        function = each.get("function")
        meant = function if isinstance(function, dict) else each
        name = bare(str(meant.get("name")))
        if name in names:
            yield _call(name, next((meant[key] for key in ARGUMENTS if key in meant), {}))


def _listed(one: dict[str, Any]) -> list[Any]:
    several = one.get("tool_calls")
    return several if isinstance(several, list) else [one]


def _named(written: str, names: Collection[str]) -> str | None:
    """Return the function that is named outside of JSON: by its notation, or right before its arguments."""
    found = NAMED.search(written)
    if found:
        return bare(found["name"]) if bare(found["name"]) in names else None
    begun = re.match(r"\W*([\w.-]{1,64})\s*[({]", written)
    return bare(begun[1]) if begun and bare(begun[1]) in names else None


def _call(name: str, given: object) -> FunctionCall:
    if isinstance(given, str):
        given = _objects(given)[0] if _objects(given) else {}
    return FunctionCall(id=fresh(), name=name, arguments=dumps(given if isinstance(given, dict) else {}))


def _objects(written: str) -> list[dict[str, Any]]:
    """Return the JSON objects that a text holds, one behind the other."""
    found: list[dict[str, Any]] = []
    reader, at = JSONDecoder(), 0
    for start in (each.start() for each in islice(re.finditer(r"\{", written), 10 * MOST)):
        if start < at:
            continue
        with suppress(ValueError, RecursionError):
            read, at = reader.raw_decode(written, start)
            found.append(read)
    return found[:MOST]
