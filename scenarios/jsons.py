"""JSON that anybody could have written: bounded in size and in depth."""

from codecs import BOM_UTF8
from pathlib import Path
from typing import cast

import orjson

from incident.ports import Unreadable
from incident.values import Json

DOCUMENT = 16 << 20
"""Bytes of one JSON document (alert, topology): thousands of services fit."""
DEEPEST = 100
"""Levels of nesting in JSON: it can be parsed deeper than it can be written again."""


def document(path: Path) -> Json:
    """Return the content of a small JSON file; raises `Unreadable` with what is wrong."""
    try:
        with path.open("rb") as file:
            text = file.read(DOCUMENT + 1)
    except OSError as error:
        message = f"{path.name} can't be opened: {error.strerror}"
        raise Unreadable(message) from error
    if len(text) > DOCUMENT:
        message = f"{path.name} is larger than {DOCUMENT >> 20} MiB, which no such file needs"
        raise Unreadable(message)
    try:
        return parsed(text.removeprefix(BOM_UTF8))
    except orjson.JSONDecodeError as error:
        message = f"{path.name} is not JSON{'' if _utf8(text) else ' in UTF-8'}: {error}"
        raise Unreadable(message) from error


def _utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def parsed(text: bytes) -> Json:
    """Return what JSON text says; raises `orjson.JSONDecodeError`, also for what is nested without end."""
    value = cast("Json", orjson.loads(text))
    if text.count(b"[") + text.count(b"{") > DEEPEST and _bottomless(value):
        message = f"it is nested deeper than {DEEPEST} levels"
        raise orjson.JSONDecodeError(message, "", 0)
    return value


def _bottomless(value: Json) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        inside = [v.values() if isinstance(v, dict) else v for v in level if isinstance(v, dict | list)]
        level = [inner for values in inside for inner in values]
    return bool(level)
