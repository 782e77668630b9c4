"""What may be asked of language models in a minute and in a day, what it costs, and where the counts are kept."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from incident.values import Value

if TYPE_CHECKING:
    from incident.account import Account

MILLION = 1_000_000
MINUTE, DAY = 60.0, 86_400.0
"""Seconds. A day is the last 24 hours, so that none begins with everything at once."""

Told = TypeVar("Told")


class Price(NamedTuple):
    """Dollars a million tokens."""

    prompt: float
    completion: float
    cached: float

    def __str__(self) -> str:
        """Return it as it is written in settings."""
        return "/".join(f"{amount:g}" for amount in self)

    def dollars(self, prompt: int, completion: int, cached: int = 0) -> float:
        """Return what a call costs; ``cached`` tokens are some of the prompt's."""
        paid = (prompt - cached) * self.prompt + cached * self.cached + completion * self.completion
        return paid / MILLION

    def most(self, tokens: int) -> float:
        """Return the most that so many tokens cost, whatever they are."""
        return max(self) * tokens / MILLION


class Caps(NamedTuple):
    """The most that people let all incidents and all models together take in 24 hours; None is no cap."""

    tokens_a_day: int | None = None
    dollars_a_day: float | None = None


class Limits(Value):
    """What a server lets one organisation ask of one model; None is no limit."""

    requests_a_minute: int | None = None
    requests_a_day: int | None = None
    tokens_a_minute: int | None = None
    tokens_a_day: int | None = None


FREE_PLAN = Limits(requests_a_minute=30, requests_a_day=1000, tokens_a_minute=8000, tokens_a_day=200_000)
"""Groq's, for the default models; what is assumed until a server has said otherwise."""


class Left(Limits):
    """What is left for one model; None where nothing limits it. ``dollars_a_day`` is left of the cap on money."""

    dollars_a_day: float | None = None


class Room(NamedTuple):
    """What one incident could have of a model within a stretch of time."""

    calls: int
    tokens: int


ENDLESS = MILLION
"""The room where nothing limits it: as many as anybody wants."""


class Lack(StrEnum):
    """What a call is refused for."""

    MINUTE = "minute"
    DAY = "day"
    CAP = "cap"
    TOO_LARGE = "too-large"


class Asked(Value):
    """A call that somebody wants to make. ``rank`` is 0 for the most severe incident; ``dollars`` is the most it costs.

    ``dollars`` is None where nobody knows what the model costs.
    """

    id: str
    incident: str
    rank: int
    model: str
    tokens: int
    dollars: float | None = None

    def held(self, at: float) -> "Call":
        """Return the call before anybody knows what it takes."""
        known = self.model_dump(include={"id", "incident", "model", "tokens"})
        return Call(at=at, dollars=self.dollars or 0.0, held=True, **known)


class Call(Value):
    """A call, or several of one incident that are over. ``held`` until it is known what it took.

    ``tokens`` are those that limits count: what a server had cached isn't among them.
    """

    id: str
    incident: str
    model: str
    at: float
    tokens: int
    dollars: float = 0.0
    calls: int = 1
    held: bool = False

    def and_also(self, other: "Call") -> "Call":
        """Return both as one, at the later of their times."""
        sums = {name: getattr(self, name) + getattr(other, name) for name in ("tokens", "dollars", "calls")}
        return self.model_copy(update={**sums, "at": max(self.at, other.at)})


class Granted(NamedTuple):
    """The call may be made; its tokens are held since ``at``, by the quota's own clock."""

    at: float


class Wait(NamedTuple):
    """It isn't its turn, or there is no room; ask again after so many seconds."""

    seconds: float


class Refused(NamedTuple):
    """It can't be had in time. ``seconds`` is when it could be; None is never."""

    lack: Lack
    seconds: float | None


class Heard(NamedTuple):
    """What an answer's headers say: of requests a day, and of tokens a minute. Seconds until they are whole again."""

    requests: int | None = None
    requests_left: int | None = None
    requests_reset: float | None = None
    tokens: int | None = None
    tokens_left: int | None = None
    tokens_reset: float | None = None
    retry_after: float | None = None


class Quota(Protocol):
    """Where the account is kept that all incidents of a process share, or all replicas of a database."""

    async def change(self, by: "Callable[[Account, float], tuple[Account, Told]]") -> Told:
        """Put the account's successor in its place and return what is told with it: alone, of all who share it.

        ``by`` gets the account as it is now, and the time in seconds by one clock for all; it is pure. Where it gives
        the very same account back nothing is written. Raises `Unkept`.
        """
