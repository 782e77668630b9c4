"""Asks an LLM first; where no answer of use comes, the offline reasoner takes that turn, from the same evidence.

An LLM is never cut off in the middle: a call is made where all of it fits into what is left, or not at all.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from autogen_core import CancellationToken
from autogen_core.models import CreateResult, LLMMessage, RequestUsage
from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel

from agents.allowance import CALLS, SHARES, Part, part_of
from agents.answers import Undecided, is_of_use, shape, without_asks
from agents.case import Case
from agents.clients.exchange import RESULTS, Exchange, answered, asked_tools, shortened
from agents.clients.offline import OfflineClient, addressed
from agents.clients.terms import DoesNotFit, Taken, Terms, left_out, shared_out
from agents.clients.unavailable import LLMUnavailable, Why
from agents.clients.wire.answers import Result
from agents.investigator import OFFLINE
from agents.messages import decision
from incident.diagnosis import Usage

UNTIL = {Part.PLAN: 0.2, Part.DECISION: 0.9}
FINDINGS_UNTIL = 0.65
"""The shares of the whole time at which it is no longer waited for: the offline reasoner needs some, too."""
TOO_LATE_TO_ASK = 0.45
"""The share of the time after which nobody is sent out a second time."""
AGAIN = 2
"""How often a specialist may go back to its tools in one turn."""
TIRED = 2
"""Failures after which an LLM is not asked any more in this incident; a minute that is used up is over in a minute."""
FOR_GOOD = frozenset(
    {Why.NO_KEY, Why.WRONG_KEY, Why.MODEL_GONE, Why.DAY_SPENT, Why.OVER_BUDGET, Why.TOO_LARGE, Why.UNCOUNTED}
)
"""What doesn't mend within an incident."""
BEGUN = frozenset({Why.NO_ANSWER, Why.BROKEN_OFF, Why.NONSENSE})
"""After these nobody knows what the call took."""
TAKEN = "{}: the offline reasoner took this turn"


class Relay(OfflineClient):
    """One incident's. Who took an agent's last turn is in ``taken``."""

    def __init__(self, case: Case, terms: Terms) -> None:
        super().__init__(case)
        self.allowance = shared_out(case, terms.tokens)
        self._terms = terms
        self._part = Part.PLAN
        self._llm = terms.make(case, lambda: self._left(self._part))
        self._usage = RequestUsage(0, 0)
        self._given_up: LLMUnavailable | None = None
        self._failures = 0
        self.smaller = ""
        self._notes: list[str] = []

    async def begin(self) -> None:
        """Share out what the LLM's limits have now; what an earlier process took of it counts."""
        room = await self._terms.room(self._case, self._left(Part.DECISION)) if self._terms.room else None
        tokens = self._terms.tokens if room is None else min(self._terms.tokens, room.tokens)
        self.allowance = shared_out(self._case, tokens, CALLS if room is None else room.calls)
        self.smaller = left_out(self.allowance)
        self._notes = [self.smaller] if self.smaller else []

    def may_ask(self) -> bool:
        """Tell whether one more question and the decision after it would fit: tokens, calls and time."""
        return self.allowance.again() and self._case.deadline.until(TOO_LATE_TO_ASK) > 0

    async def create(  # noqa: PLR0913 - AutoGen's signature
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = (),
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] | None = None,
        cancellation_token: CancellationToken | None = None,
    ) -> CreateResult:
        """Answer, whoever does."""
        del json_output, extra_create_args
        agent = addressed(messages)
        self._part = part_of(agent, planned=self._case.planned)
        offered = () if tool_choice == "none" or asked_tools(messages) >= AGAIN else tools
        left_out, self._notes = tuple(self._notes), []
        try:
            result = await self._ask(self._part, messages, offered)
        except LLMUnavailable as why:
            self.taken[agent] = Taken(OFFLINE, (*left_out, TAKEN.format(why)))
            return await super().create(messages, cancellation_token=cancellation_token)
        self.taken[agent] = Taken(result.model if isinstance(result, Result) else None, left_out)
        return result

    def actual_usage(self) -> RequestUsage:
        """Return what the LLM took."""
        return self._usage

    def total_usage(self) -> RequestUsage:
        """Return what the LLM took."""
        return self._usage

    async def usage(self, counted: Usage) -> Usage:
        """Return what the LLM took: not every answer was its own, nor is every question answered."""
        took = {
            "model_calls": self.allowance.asked,
            "prompt_tokens": self._usage.prompt_tokens,
            "completion_tokens": self._usage.completion_tokens,
            "spent": await self._terms.cost(self._case, self.smaller) if self._terms.cost else None,
        }
        return counted.model_copy(update=took)

    async def close(self) -> None:
        """Let the LLM's client go."""
        await self._llm.close()

    async def _ask(
        self, part: Part, messages: Sequence[LLMMessage], tools: Sequence[Tool | ToolSchema]
    ) -> CreateResult:
        if self._given_up is not None:
            raise self._given_up
        if self._left(part) <= 0:
            raise LLMUnavailable(Why.NO_ANSWER)
        exchange = self._fitting(part, shortened(messages), tools)
        try:
            result = await self._exchanged(exchange, self._left(part))
            return self._read(part, exchange, result)
        except LLMUnavailable as why:
            self._failures += why.why is not Why.RATE_LIMITED
            self._given_up = why if why.why in FOR_GOOD or self._failures >= TIRED else None
            raise

    def _fitting(self, part: Part, told: Sequence[LLMMessage], tools: Sequence[Tool | ToolSchema]) -> Exchange:
        """Take what an exchange needs, with tools where another one after them would fit as well."""
        completion = SHARES[part].completion
        with_tools = Exchange(told, tools, None, completion)
        if tools and self.allowance.take(part, with_tools.most, then=with_tools.most + RESULTS):
            return with_tools
        may_ask = part is Part.DECISION and self._case.decisions == 0 and self.may_ask()
        bare = Exchange(told, (), shape(part, may_ask=may_ask), completion)
        if not self.allowance.take(part, bare.most):
            raise DoesNotFit(self.allowance.tokens)
        return bare

    async def _exchanged(self, exchange: Exchange, seconds: float) -> CreateResult:
        """Return an answer; what the exchange took is settled whatever comes, all of it where nobody knows."""
        used = exchange.most
        try:
            result = await answered(self._llm.create(exchange.messages, **exchange.arguments), seconds)
            used = exchange.used(result)
        except LLMUnavailable as why:
            used = exchange.most if why.why in BEGUN else 0
            raise
        finally:
            self.allowance.settle(exchange.most, used)
        self._usage = RequestUsage(
            self._usage.prompt_tokens + result.usage.prompt_tokens,
            self._usage.completion_tokens + result.usage.completion_tokens,
        )
        return result

    def _read(self, part: Part, exchange: Exchange, result: CreateResult) -> CreateResult:
        """Return an answer as the team may hear it; raises `LLMUnavailable` for one that is of no use."""
        if not isinstance(result.content, str):
            if exchange.tools and result.content:
                return result
            raise LLMUnavailable(Why.NONSENSE)
        may_ask = exchange.shape is Undecided
        if not is_of_use(part, result.content, may_ask=may_ask):
            raise LLMUnavailable(Why.NONSENSE)
        if part is not Part.DECISION:
            return result
        if not may_ask:
            return result.model_copy(update={"content": without_asks(result.content)})
        for ask in decision(result.content).asks[:1]:
            self.allowance.keep(Part(ask.agent.value), Part.DECISION)
        return result

    def _left(self, part: Part) -> float:
        return self._case.deadline.until(UNTIL.get(part, FINDINGS_UNTIL))
