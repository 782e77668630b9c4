"""What one investigation may take of an LLM, shared out beforehand: calls, and tokens of every kind.

Counted by `agents.clients.tokens`, whose bound no real count exceeds, and never by less.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from agents.clients.tokens import REASONING
from agents.messages import SPECIALISTS
from incident.facts import Agent

CALLS = 7
"""Five for who speaks in one round, two for what a specialist asks its tools more, or for one further question."""
TOKENS = 8_000


class Part(StrEnum):
    """What a call to a model is for."""

    PLAN = "plan"
    METRICS = "metrics"
    LOGS = "logs"
    DEPLOY = "deploy"
    DECISION = "decision"


class Share(NamedTuple):
    """What a call may take in all, and how much of that its answer."""

    tokens: int
    answer: int

    @property
    def completion(self) -> int:
        """The most that a model may write: it thinks before it answers."""
        return REASONING + self.answer

    @property
    def prompt(self) -> int:
        """The most that it may be told."""
        return self.tokens - self.completion


SHARES: Mapping[Part, Share] = MappingProxyType(
    {
        Part.PLAN: Share(1_200, 150),
        Part.METRICS: Share(1_310, 220),
        Part.LOGS: Share(1_310, 220),
        Part.DEPLOY: Share(1_510, 220),
        Part.DECISION: Share(2_670, 360),
    }
)
"""Together `TOKENS`: some 600 tokens of each are rules, page and question."""
WORTH = (Part.DECISION, Part.DEPLOY, Part.LOGS, Part.METRICS, Part.PLAN)
"""Whom a model helps most first: the last go without it where there is not enough for all."""


def part_of(agent: Agent, *, planned: bool) -> Part:
    """Return what an agent's next call is for."""
    if agent is Agent.COMMANDER:
        return Part.DECISION if planned else Part.PLAN
    return Part(agent.value)


class Allowance:
    """Shared out when made: ``parts`` are asked of a model, and what is left over pays for more."""

    def __init__(self, tokens: int = TOKENS, calls: int = CALLS) -> None:
        self.tokens = tokens
        self.calls = calls
        self.asked = 0
        self.spent = 0
        self.parts = _planned(tokens, calls)
        self._kept = {part: SHARES[part].tokens for part in self.parts}

    def left(self) -> int:
        """Return what nobody has taken and nothing is kept for."""
        return self.tokens - self.spent - sum(self._kept.values())

    def calls_left(self) -> int:
        """Return how many calls nothing is kept for."""
        return self.calls - self.asked - len(self._kept)

    def again(self) -> bool:
        """Tell whether one further question and the decision after it fit in."""
        most = max(SHARES[Part(agent.value)].tokens for agent in SPECIALISTS) + SHARES[Part.DECISION].tokens
        return self.left() >= most and self.calls_left() >= 2  # noqa: PLR2004 - the question, and the decision

    def keep(self, *parts: Part) -> None:
        """Keep back what another round takes."""
        self._kept |= {part: SHARES[part].tokens for part in parts}

    def take(self, part: Part, tokens: int, *, then: int = 0) -> bool:
        """Take a call and its tokens where they fit and leave room for another of ``then``; else take nothing."""
        own = self._kept.get(part, 0)
        calls = self.calls_left() + (part in self._kept)
        fits = tokens + then <= max(own, self.left() + own) and self.spent + tokens <= self.tokens
        if not fits or calls < 1 + bool(then):
            return False
        self._kept.pop(part, None)
        self.asked += 1
        self.spent += tokens
        return True

    def passed(self, part: Part, *, paid: bool) -> None:
        """Note a call that an earlier process has made; what it took is not known any more, its share is the most."""
        kept = self._kept.pop(part, 0)
        self.spent += kept if paid else 0
        self.asked += paid

    def settle(self, taken: int, used: int) -> None:
        """Give back what a call did not use of what was taken for it, or take what it used more."""
        self.spent += used - taken


def _planned(tokens: int, calls: int) -> tuple[Part, ...]:
    parts: list[Part] = []
    for part in WORTH:
        if sum(SHARES[p].tokens for p in (*parts, part)) <= tokens and len(parts) < calls:
            parts.append(part)
    return tuple(parts)
