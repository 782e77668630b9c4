"""The settings of interface.md, read once from the environment and `.env`."""

import re
from datetime import timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from incident.policy import Mode, Policy

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


class Settings(BaseSettings):
    """Names are those of interface.md without the prefix ``SFA_``."""

    model_config = SettingsConfigDict(env_prefix="SFA_", env_file=".env", extra="ignore", frozen=True)

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
    """Read them; raises `BadSetting` with one line a mistake."""
    try:
        return Settings()
    except ValidationError as wrong:
        mistakes = (f"{_name(e['loc'])}: {e['msg'].removeprefix('Value error, ')}" for e in wrong.errors())
        raise BadSetting("; ".join(mistakes)) from wrong


def _name(location: tuple[int | str, ...]) -> str:
    first = str(location[0]) if location else "settings"
    return first if first.startswith("SFA_") or not location else f"SFA_{first.upper()}"
