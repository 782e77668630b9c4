"""Every setting with its value and where that comes from; never a secret."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from dotenv import dotenv_values
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from bot.sources import DOTENV, FROM_FILE, PREFIX, set_names, variables
from incident.catalog import Catalog

PASSWORD = re.compile(r"(?<=://)([^/?#@:]*):.*@|((?:password|token|secret|key)=)[^&]*", re.IGNORECASE)
UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
DEFAULT = "default"


class Chosen(NamedTuple):
    """One setting. ``source`` is the environment, a file that it names, `.env`, or the default."""

    name: str
    value: str
    source: str


def chosen(*models: BaseSettings) -> tuple[Chosen, ...]:
    """Return the settings in force."""
    return tuple(_chosen(model, name, field) for model in models for name, field in type(model).model_fields.items())


def unread(*models: BaseSettings) -> tuple[str, ...]:
    """Return names that are set with our prefix and that nothing reads."""
    fields = ((name, field) for model in models for name, field in type(model).model_fields.items())
    read = {name for field in fields for name in variables(*field)}
    there = {name for name in set_names() if name.startswith(PREFIX)}
    return tuple(sorted(name for name in there if name.removesuffix(FROM_FILE) not in read))


def harmless(text: str) -> str:
    """Return an address without what lets one in."""
    return PASSWORD.sub(lambda found: f"{found[1] or ''}:***@" if found[2] is None else f"{found[2]}***", text)


def _chosen(model: BaseSettings, name: str, field: FieldInfo) -> Chosen:
    names = variables(name, field)
    return Chosen(names[0], written(getattr(model, name)), _source(names))


def _source(names: tuple[str, ...]) -> str:
    environment = {name.upper(): value for name, value in os.environ.items()}
    return next(_sources(names, environment), DEFAULT)


def _sources(names: tuple[str, ...], environment: Mapping[str, str]) -> Iterator[str]:
    """Yield where a setting is found, the source that wins first."""
    written = {name.upper() for name in _dotenv()}
    yield from ("environment" + _as(name, names) for name in names if name in environment)
    yield from (f"file {environment[name + FROM_FILE]}" for name in names if environment.get(name + FROM_FILE))
    yield from (DOTENV + _as(name, names) for name in names if name in written)


def _as(name: str, names: tuple[str, ...]) -> str:
    return "" if name == names[0] else f", as {name}"


def _dotenv() -> Mapping[str, str | None]:
    return dotenv_values(DOTENV) if Path(DOTENV).is_file() else {}


def written(value: Any) -> str:  # noqa: ANN401 - whatever a setting may be
    """Return a setting's value on one line; never a secret."""
    match value:
        case None | "":
            return "not set"
        case SecretStr():
            return "set, not shown"
        case bool():
            return str(value).lower()
        case timedelta():
            seconds = int(value.total_seconds())
            return next((f"{seconds // size}{unit}" for size, unit in UNITS if seconds % size == 0 and seconds), "0s")
        case Catalog():
            return str(value)
        case str() | int() | float():
            return harmless(str(value))
        case Mapping():
            return ", ".join(f"{name}={each}" for name, each in sorted(value.items())) or "none"
        case Iterable():
            return ", ".join(sorted(map(str, value))) or "none"
        case _:
            return str(value)
