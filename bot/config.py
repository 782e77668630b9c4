"""The settings of interface.md, read once from the environment and `.env`."""

import difflib
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, model_validator
from pydantic_settings import NoDecode

from bot.catalog import read_catalog
from bot.github_settings import GitHubSettings
from bot.llm_settings import LLMSettings
from bot.slack_settings import SlackSettings
from bot.sources import FROM_FILE, PREFIX, Sourced, comma_separated, read, set_names, variables
from incident.catalog import Catalog, known_zone
from incident.mode import Mode
from incident.policy import Pause, Policy

SLACK_PREFIX = "SLACK_"
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
DURATION = re.compile(r"^\s*(\d{1,6})\s*([smhd])\s*$")
LONGEST = timedelta(days=366)
BEGUN = datetime.now(UTC)
LEGACY_THRESHOLD = "SFA_CONFIDENCE_THRESHOLD_FOR_ACTION"


def duration(text: object) -> object:
    """Read `30m`, `60s`, `24h` or `15d`."""
    if isinstance(text, timedelta | None):
        return text
    found = DURATION.match(str(text))
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


Duration = Annotated[timedelta, BeforeValidator(duration), AfterValidator(within_a_year)]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Settings(Sourced):
    """Names are those of interface.md without the prefix ``SFA_``."""

    database_url: str = "sqlite+aiosqlite:///first-responder.db"
    confidence_auto: Probability = Field(
        0.85, validation_alias=AliasChoices("SFA_CONFIDENCE_AUTO", LEGACY_THRESHOLD, "confidence_auto")
    )
    confidence_ask: Probability = 0.50
    mode: Mode = Mode.ASK
    paused: bool = False
    environments: Annotated[frozenset[str], NoDecode, BeforeValidator(comma_separated)] = frozenset({"production"})
    approval_ttl: Duration = timedelta(minutes=30)
    veto_window: Duration | None = None
    reopen: Duration = timedelta(hours=24)
    investigation_deadline: Duration = timedelta(seconds=120)
    window: Duration = timedelta(hours=3)
    catalog: Annotated[Catalog, NoDecode, BeforeValidator(read_catalog)] = Catalog()
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

    @property
    def held(self) -> Pause | None:
        """The pause that holds as long as this process has these settings."""
        return Pause(by="SFA_PAUSED", since=BEGUN) if self.paused else None

    def policy(self, *, rehearse: bool = False) -> Policy:
        """Return what people allow; ``rehearse`` judges and executes nothing."""
        shared = self.model_dump(include=set(Policy.model_fields) & set(type(self).model_fields))
        return Policy(rehearse=rehearse, **shared)


def read_settings() -> Settings:
    """Read them; raises `BadSetting` with one line for all mistakes."""
    return read(Settings)


def odd_settings() -> tuple[str, ...]:
    """Return one sentence for each name that is outdated, or that was probably meant to be another."""
    fields = {**Settings.model_fields, **SlackSettings.model_fields, **GitHubSettings.model_fields}
    fields |= LLMSettings.model_fields
    known = {name for field in fields.items() for name in variables(*field)}
    names = sorted(name for name in set_names() if name.startswith((PREFIX, SLACK_PREFIX)))
    return tuple(sentence for name in names if (sentence := _odd(name, known)))


def _odd(name: str, known: set[str]) -> str:
    if name == LEGACY_THRESHOLD:
        return f"{name} is the older name of SFA_CONFIDENCE_AUTO: please use that"
    plain = name.removesuffix(FROM_FILE)
    near = [] if plain in known else difflib.get_close_matches(plain, sorted(known), n=1, cutoff=0.85)
    return f"{name} is no setting and is not used; did you mean {near[0]}?" if near else ""
