"""What owners say about their services: an entry only ever narrows what the settings allow."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from incident.mode import Mode
from incident.values import Name, Text, Value

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = timedelta(days=7)
WEEKLY = re.compile(r"(?P<day>[a-z]{3})[a-z]*\s+(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)", re.IGNORECASE)


def read_moment(told: object) -> object:
    """Return an aware moment, or one of each week such as `fri 16:00`; refuses what is neither."""
    text = told.strip() if isinstance(told, str) else ""
    found = WEEKLY.fullmatch(text)
    if found is not None and found["day"].lower() in DAYS:
        return f"{found['day'].lower()} {int(found['hour']):02}:{found['minute']}"
    try:
        moment = datetime.fromisoformat(text) if text else told
    except ValueError:
        moment = None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        message = "write a moment with its zone like 2026-12-20T00:00:00Z, or one of each week like fri 16:00"
        raise ValueError(message)
    return moment


def is_app(login: str) -> bool:
    """Tell whether a GitHub login is an app's."""
    return login.casefold().endswith("[bot]")


def read_off(told: object) -> object:
    """Take the word off back: YAML reads it as false."""
    return "off" if told is False else told


def known_zone(name: str) -> str:
    """Refuse a time zone that this machine does not know."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        message = "name a zone like Europe/Berlin or UTC"
        raise ValueError(message) from unknown
    return name


Moment = Annotated[datetime | str, BeforeValidator(read_moment)]
USER = r"[UW][A-Z0-9]{2,20}"
"""How Slack writes a person's id."""
SlackUser = Annotated[str, StringConstraints(pattern=f"^{USER}$")]
REPOSITORY = r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}"
"""How an owner/name is written."""
Repository = Annotated[str, StringConstraints(pattern=f"^{REPOSITORY}$")]


class Freeze(Value):
    """A time in which nothing is changed: once (two dates) or each week (two moments of it), in ``timezone``."""

    starts: Moment
    ends: Moment
    timezone: Annotated[str, AfterValidator(known_zone)] = "UTC"
    because: Text = ""

    @model_validator(mode="after")
    def _in_order(self) -> "Freeze":
        if isinstance(self.starts, str) is not isinstance(self.ends, str):
            message = "let both starts and ends be dates, or both moments of a week"
            raise ValueError(message)
        if isinstance(self.starts, datetime) and isinstance(self.ends, datetime) and self.ends <= self.starts:
            message = "it ends before it starts"
            raise ValueError(message)
        return self

    def holds(self, at: datetime) -> bool:
        """Tell whether it is in force at an aware moment."""
        if isinstance(self.starts, str) and isinstance(self.ends, str):
            start, end = _since_monday(self.starts), _since_monday(self.ends)
            local = at.astimezone(ZoneInfo(self.timezone))
            now = timedelta(days=local.weekday(), hours=local.hour, minutes=local.minute, seconds=local.second)
            return (now - start) % WEEK < ((end - start) % WEEK or WEEK)
        return isinstance(self.starts, datetime) and isinstance(self.ends, datetime) and self.starts <= at < self.ends

    def __str__(self) -> str:
        """Say from when to when."""
        why = f" ({self.because})" if self.because else ""
        if isinstance(self.starts, datetime) and isinstance(self.ends, datetime):
            return f"{_shown(self.starts)} to {_shown(self.ends)} UTC{why}"
        return f"each week {self.starts} to {self.ends} {self.timezone}{why}"


class Entry(Value):
    """What is said of one service; None and empty say nothing.

    ``on_call`` (a user group) and ``approvers`` are Slack's ids or @handles.
    ``environment``: the only one in which anything may be done to it. ``workflow``: the file in the repository.
    ``llm`` off: no LLM is told of its incidents.
    """

    aliases: tuple[Name, ...] = ()
    environment: Name | None = None
    repository: Repository | None = None
    workflow: Name | None = None
    on_call: Name | None = None
    approvers: tuple[Name, ...] | None = None
    mode: Annotated[Mode | None, BeforeValidator(read_off)] = None
    freeze: tuple[Freeze, ...] = ()
    reversible: bool | None = None
    llm: Annotated[Literal["off"] | None, BeforeValidator(read_off)] = None


class Catalog(Value):
    """Every service that is known by name, and the times in which nothing is changed anywhere.

    ``people`` says who in Slack somebody is who deploys, by their GitHub login.
    """

    services: Mapping[Name, Entry] = Field(default_factory=dict)
    people: Mapping[Name, SlackUser] = Field(default_factory=dict)
    freeze: tuple[Freeze, ...] = ()

    def find(self, name: str) -> str | None:
        """Return the service that a name or an alias means, whatever letters' case; None where there is none."""
        wanted = name.strip().casefold()
        return next((service for told, service in self._names() if told.casefold() == wanted), None)

    def names(self) -> tuple[str, ...]:
        """Return every name and alias."""
        return tuple(told for told, _ in self._names())

    def entry(self, name: str | None) -> Entry:
        """Return what is said of a service, an empty entry where nothing is; what holds for all is in it."""
        service = None if name is None else self.find(name)
        own = Entry() if service is None else self.services[service]
        return own.model_copy(update={"freeze": (*own.freeze, *self.freeze)})

    def person(self, login: str | None) -> str | None:
        """Return who in Slack deploys under this name; an app is nobody, whoever it is said to be."""
        if login is None or is_app(login):
            return None
        wanted = login.casefold()
        return next((who for told, who in self.people.items() if told.casefold() == wanted), None)

    def __str__(self) -> str:
        """Say what is in it."""
        count = len(self.services)
        return f"{count} service{'' if count == 1 else 's'}: {', '.join(self.services)}" if count else "no services"

    def twins(self) -> dict[str, tuple[str, ...]]:
        """Return the names that mean several services, in lower case."""
        meant: dict[str, tuple[str, ...]] = {}
        for told, service in self._names():
            meant[told.casefold()] = (*meant.get(told.casefold(), ()), service)
        return {told: services for told, services in meant.items() if len(services) > 1}

    def _names(self) -> list[tuple[str, str]]:
        return [(told, service) for service, entry in self.services.items() for told in (service, *entry.aliases)]


def _since_monday(moment: str) -> timedelta:
    day, _, clock = moment.partition(" ")
    told = time.fromisoformat(clock)
    return timedelta(days=DAYS.index(day), hours=told.hour, minutes=told.minute)


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"
