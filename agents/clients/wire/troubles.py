"""What each way in which a server does not answer means, and what may be tried instead."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Self

from agents.clients.unavailable import LLMUnavailable, Why

DAY: Final = re.compile(r"\bper day\b|\b[TR]PD\b")
TOO_LONG: Final = frozenset({"context_length_exceeded", "request_too_large"})
NO_JSON: Final = "json_validate_failed"
UNREADABLE: Final = frozenset({"tool_use_failed", NO_JSON})
CAPACITY: Final = 498
SHARED: Final = frozenset({Why.OVER_BUDGET, Why.UNCOUNTED})
A_DAY: Final = 24 * 3600.0


class Trouble(NamedTuple):
    """``again``: how many more times the same may be asked of the same model; ``elsewhere``: another may do better.

    ``plainer``: without what not every server knows it may work. ``wait``: seconds that the server wants to be left
    alone, None where it doesn't say. ``took`` tells whether it may have counted tokens all the same.
    """

    why: Why
    again: int = 0
    elsewhere: bool = False
    plainer: bool = False
    wait: float | None = None
    took: bool = False

    @classmethod
    def of(cls, refused: LLMUnavailable) -> Self:
        """Return what it means that there is no budget: each model has limits of its own, all share the money."""
        return cls(refused.why, elsewhere=refused.why not in SHARED, wait=refused.retry_after)


SLOW: Final = Trouble(Why.NO_ANSWER, elsewhere=True, took=True)
AWAY: Final = Trouble(Why.UNREACHABLE, again=2)
CUT: Final = Trouble(Why.BROKEN_OFF, again=1, elsewhere=True, took=True)
ODD: Final = Trouble(Why.NONSENSE, again=1, elsewhere=True, took=True)


class Refusal(NamedTuple):
    """What a server says instead of an answer; ``status`` is 0 where it says so in the middle of a stream."""

    status: int
    headers: Mapping[str, str]
    error: Mapping[str, Any]

    @property
    def code(self) -> str:
        """The server's own name of it."""
        return str(self.error.get("code") or self.error.get("type") or "")

    @property
    def message(self) -> str:
        """Read for what it is about, never shown: it may hold what was asked."""
        return str(self.error.get("message") or "")

    @property
    def meant(self) -> str | None:
        """What the model wrote, where the server could make nothing of it."""
        return str(self.error.get("failed_generation") or "") if self.code in UNREADABLE else None

    @property
    def is_about_json(self) -> bool:
        """True where JSON was wanted, and it wasn't that."""
        return self.code == NO_JSON


def refusal(status: int, headers: Mapping[str, str], body: object) -> Refusal:
    """Return what a server said; Groq, vLLM, Ollama and llama.cpp differ in where they put it."""
    inner = body.get("error") if isinstance(body, Mapping) else None
    error = inner if isinstance(inner, Mapping) else body if isinstance(body, Mapping) else {}
    return Refusal(status, headers, error)


def trouble(said: Refusal) -> Trouble:
    """Return what it means."""
    match said.status, said.code:
        case _, code if code in UNREADABLE:
            return ODD
        case (413, _):
            return Trouble(Why.TOO_LARGE)
        case _, code if code in TOO_LONG:
            return Trouble(Why.TOO_LARGE)
        case (429, _) | (0, "rate_limit_exceeded"):
            return _limited(said)
        case (401, _):
            return Trouble(Why.WRONG_KEY)
        case (404, _) if said.message:
            return Trouble(Why.MODEL_GONE, elsewhere=True)
        case _, "model_decommissioned" | "model_not_found":
            return Trouble(Why.MODEL_GONE, elsewhere=True)
        case (0, _):
            return CUT
        case (status, _) if status == CAPACITY or status >= 500 or status in {408, 409, 425}:  # noqa: PLR2004 - HTTP
            return Trouble(Why.AT_CAPACITY, again=2, elsewhere=True, wait=seconds(said.headers))
        case (400 | 422, _):
            return Trouble(Why.REFUSED, plainer=True, elsewhere=True)
        case _:
            return Trouble(Why.REFUSED, elsewhere=said.status == 403)  # noqa: PLR2004 - this model may be forbidden


def seconds(headers: Mapping[str, str]) -> float | None:
    """Return how long to wait by the headers, None where they don't say it in seconds."""
    try:
        wait = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return min(max(0.0, wait), A_DAY) if wait == wait else None  # noqa: PLR0124 - not a number


def _limited(said: Refusal) -> Trouble:
    wait = seconds(said.headers)
    if DAY.search(said.message):
        return Trouble(Why.DAY_SPENT, elsewhere=True, wait=wait)
    return Trouble(Why.RATE_LIMITED, again=4, elsewhere=True, wait=wait)
