"""The settings of interface.md, read once from the environment and `.env`."""

import difflib
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from incident.policy import Mode, Policy

PREFIX = "SFA_"
DOTENV = ".env"
FROM_FILE = "_FILE"
"""What ends the name of a setting whose value is in a file, as secrets are handed to containers."""
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
DURATION = re.compile(r"^\s*(\d{1,6})\s*([smhd])\s*$")
LONGEST = timedelta(days=366)
LEGACY_THRESHOLD = "SFA_CONFIDENCE_THRESHOLD_FOR_ACTION"


class BadSetting(Exception):
    """A setting can't be used; the message names it and says what would be right."""


def duration(text: object) -> object:
    """Read `30m`, `60s`, `24h` or `15d`; anything else is left for pydantic to refuse."""
    if not isinstance(text, str):
        return text
    found = DURATION.match(text)
    if not found:
        message = "write a number and s, m, h or d, like 30m"
        raise ValueError(message)
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def within_a_year(length: timedelta) -> timedelta:
    """Refuse what no incident can need."""
    if not timedelta(0) <= length <= LONGEST:
        message = "write a duration of at most 366d"
        raise ValueError(message)
    return length


def known_zone(name: str) -> str:
    """Refuse a time zone that this machine does not know."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        message = "name a zone like Europe/Berlin or UTC"
        raise ValueError(message) from unknown
    return name


def comma_separated(text: object) -> object:
    """Split `a, b`; a value that is no string is left alone."""
    return [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


Duration = Annotated[timedelta, BeforeValidator(duration), AfterValidator(within_a_year)]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class _NamedFiles(PydanticBaseSettingsSource):
    """Reads SFA_X from the file that SFA_X_FILE names; raises OSError."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the text of the file, None where none is named."""
        del field
        path = os.environ.get(f"{PREFIX}{field_name.upper()}{FROM_FILE}")
        return Path(path).read_text(encoding="utf-8").strip() if path else None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return every setting whose value is in a file."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: text for name, text in found.items() if text is not None}


class Settings(BaseSettings):
    """Names are those of interface.md without the prefix ``SFA_``."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=DOTENV, extra="ignore", frozen=True)

    database_url: str = "sqlite+aiosqlite:///first-responder.db"
    confidence_auto: Probability = Field(
        0.85, validation_alias=AliasChoices("SFA_CONFIDENCE_AUTO", LEGACY_THRESHOLD, "confidence_auto")
    )
    confidence_ask: Probability = 0.50
    mode: Mode = Mode.ASK
    environments: Annotated[frozenset[str], NoDecode, BeforeValidator(comma_separated)] = frozenset({"production"})
    approval_ttl: Duration = timedelta(minutes=30)
    veto_window: Duration | None = None
    reopen: Duration = timedelta(hours=24)
    investigation_deadline: Duration = timedelta(seconds=120)
    window: Duration = timedelta(hours=3)
    timezone: Annotated[str, AfterValidator(known_zone)] = "UTC"
    log_level: Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$"), BeforeValidator(str.upper)] = "INFO"

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
        return init_settings, env_settings, _NamedFiles(settings_cls), dotenv_settings

    @model_validator(mode="after")
    def _bands_in_order(self) -> Self:
        if self.confidence_ask > self.confidence_auto:
            message = "SFA_CONFIDENCE_ASK must not be above SFA_CONFIDENCE_AUTO"
            raise ValueError(message)
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone that reports show beside UTC."""
        return ZoneInfo(self.timezone)

    def policy(self, *, rehearse: bool = False) -> Policy:
        """Return what people allow; ``rehearse`` judges and executes nothing."""
        shared = self.model_dump(include=set(Policy.model_fields) & set(type(self).model_fields))
        return Policy(rehearse=rehearse, **shared)


def read_settings() -> Settings:
    """Read them; raises `BadSetting` with one line for all mistakes."""
    try:
        return Settings()
    except ValidationError as wrong:
        mistakes = (f"{_name(e['loc'])}: {e['msg'].removeprefix('Value error, ')}" for e in wrong.errors())
        raise BadSetting("; ".join(mistakes)) from wrong
    except UnicodeDecodeError as wrong:
        message = f"{DOTENV} is not UTF-8 text"
        raise BadSetting(message) from wrong
    except OSError as wrong:
        message = f"{wrong.filename}: {wrong.strerror}"
        raise BadSetting(message) from wrong


def odd_settings() -> tuple[str, ...]:
    """Return one sentence for each name that is outdated, or that was probably meant to be another."""
    names = sorted(name for name in _all_names() if name.startswith(PREFIX))
    return tuple(sentence for name in names if (sentence := _odd(name)))


def _odd(name: str) -> str:
    if name == LEGACY_THRESHOLD:
        return f"{name} is the older name of SFA_CONFIDENCE_AUTO: please use that"
    known = [_name((field,)) for field in Settings.model_fields]
    plain = name.removesuffix(FROM_FILE)
    near = [] if plain in known else difflib.get_close_matches(plain, known, n=1, cutoff=0.85)
    return f"{name} is no setting and is not used; did you mean {near[0]}?" if near else ""


def _all_names() -> set[str]:
    """Return every name that is set, in the environment or in the file."""
    written = dotenv_values(DOTENV) if Path(DOTENV).is_file() else {}
    return {name.upper() for name in (*os.environ, *written)}


def _name(location: tuple[int | str, ...]) -> str:
    first = str(location[0]) if location else "settings"
    return first if first.startswith(PREFIX) or not location else f"{PREFIX}{first.upper()}"
