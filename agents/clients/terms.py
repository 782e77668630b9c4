"""On which terms a relay asks an LLM: whom, for how many tokens, and what is said where that is less than usual."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from autogen_core.models import ChatCompletionClient

from agents.allowance import CALLS, TOKENS, WORTH, Allowance, Part, part_of
from agents.case import Case
from agents.clients.unavailable import LLMUnavailable, Why
from agents.investigator import OFFLINE
from incident.diagnosis import Spent
from incident.facts import Agent
from incident.quota import Room

ONE_ROUND = "{:,} tokens an investigation leave no room for a second round"
TOO_LITTLE = "the LLM has {:,} tokens for this investigation, too few to be asked anything"
SMALLER = "the LLM has {:,} tokens for this investigation: it is asked for {} only"
Seconds = Callable[[], float]


class Terms(NamedTuple):
    """Whom to ask and on which terms. ``make`` is given the seconds that are left for a call.

    ``room`` says what the LLM's limits have for this incident within some seconds; None where nothing limits it.
    ``cost`` says what the incident has had, and what was left out of it beforehand.
    """

    make: Callable[[Case, Seconds], ChatCompletionClient]
    tokens: int = TOKENS
    room: Callable[[Case, float], Awaitable[Room | None]] | None = None
    cost: Callable[[Case, str], Awaitable[Spent | None]] | None = None


class Taken(NamedTuple):
    """Who took a turn; ``by`` None is the LLM's first model.

    ``notes`` say in a line why it was another, or what was left out.
    """

    by: str | None = None
    notes: tuple[str, ...] = ()


class DoesNotFit(LLMUnavailable):
    """The call doesn't fit into what is left of the investigation's tokens or calls."""

    def __init__(self, tokens: int) -> None:
        super().__init__(Why.OVER_BUDGET)
        self.tokens = tokens

    def __str__(self) -> str:
        """Say it in a clause."""
        return f"this investigation's {self.tokens:,} tokens are spoken for"


def shared_out(case: Case, tokens: int, calls: int = CALLS) -> Allowance:
    """Return what is left of an allowance; what an earlier process took of it counts."""
    allowance = Allowance(tokens, min(calls, CALLS))
    for place, turn in enumerate(case.turns):
        planned = any(earlier.agent is Agent.COMMANDER for earlier in case.turns[:place])
        allowance.passed(part_of(turn.agent, planned=planned), paid=turn.by != OFFLINE)
    return allowance


def left_out(allowance: Allowance) -> str:
    """Say what an investigation has no room for from the start, nothing where it has room for everything."""
    if not allowance.parts:
        return TOO_LITTLE.format(allowance.tokens)
    if len(allowance.parts) < len(WORTH):
        return SMALLER.format(allowance.tokens, _listed(allowance.parts))
    return "" if allowance.again() else ONE_ROUND.format(allowance.tokens)


def _listed(parts: Sequence[Part]) -> str:
    names = {Part.PLAN: "the commander's plan", Part.DECISION: "the commander's decision"}
    return " and ".join(names.get(part, f"the {part} agent") for part in parts)
