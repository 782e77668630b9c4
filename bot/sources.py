"""Where settings come from: the environment, the files that it names, and `.env`; a mistake in them is one line."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from dotenv import dotenv_values
from pydantic import AliasChoices, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "SFA_"
DOTENV = ".env"
FROM_FILE = "_FILE"
"""What ends the name of a setting whose value is in a file, as secrets are handed to containers."""


def comma_separated(text: object) -> object:
    """Split `a, b`; a value that is no string is left alone."""
    return [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


class BadSetting(Exception):
    """A setting can't be used; the message names it and says what would be right."""


class NamedFiles(PydanticBaseSettingsSource):
    """Reads X from the file that X_FILE names; raises OSError."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the text of the file, None where none is named."""
        names = variables(field_name, field)
        path = next((path for name in names if (path := os.environ.get(f"{name}{FROM_FILE}"))), None)
        key = field_name if field.validation_alias is None else names[0]
        return Path(path).read_text(encoding="utf-8").strip() if path else None, key, False

    def __call__(self) -> dict[str, Any]:
        """Return every setting whose value is in a file."""
        found = (self.get_field_value(field, name) for name, field in self.settings_cls.model_fields.items())
        return {name: text for text, name, _ in found if text is not None}


class Sourced(BaseSettings):
    """Settings that are read once."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=DOTENV, extra="ignore", frozen=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment, then the files it names, then `.env`: the first that has a setting wins."""
        del file_secret_settings
        return init_settings, env_settings, NamedFiles(settings_cls), dotenv_settings


Kind = TypeVar("Kind", bound=Sourced)


def read(kind: type[Kind]) -> Kind:
    """Read settings; raises `BadSetting` with one line for all mistakes."""
    try:
        return kind()
    except ValidationError as wrong:
        raise BadSetting("; ".join(_mistakes(kind, wrong))) from wrong
    except UnicodeDecodeError as wrong:
        message = f"{DOTENV} is not UTF-8 text"
        raise BadSetting(message) from wrong
    except OSError as wrong:
        message = f"{wrong.filename}: {wrong.strerror}"
        raise BadSetting(message) from wrong


def variables(name: str, field: FieldInfo) -> tuple[str, ...]:
    """Return the variables that set a field, the one that counts most first."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return tuple(choice for choice in alias.choices if isinstance(choice, str) and choice.isupper())
    return (alias if isinstance(alias, str) else f"{PREFIX}{name.upper()}",)


def set_names() -> set[str]:
    """Return every name that is set, in the environment or in the file."""
    written = dotenv_values(DOTENV) if Path(DOTENV).is_file() else {}
    return {name.upper() for name in (*os.environ, *written)}


def _mistakes(kind: type[Sourced], wrong: ValidationError) -> Iterator[str]:
    for error in wrong.errors():
        words = error["msg"].removeprefix("Value error, ")
        yield f"{_named(kind, str(error['loc'][0]))}: {words}" if error["loc"] else words


def _named(kind: type[Sourced], place: str) -> str:
    field = kind.model_fields.get(place)
    return place if field is None else variables(place, field)[0]
