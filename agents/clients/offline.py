"""A model client without a model: it plays whichever agent it is addressed as, the same on every run.

Team, tools, prompts, parsing and checks are those that an LLM gets.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Literal

from autogen_core import CancellationToken
from autogen_core.models import (
    ChatCompletionClient,
    CreateResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    ModelCapabilities,
    ModelInfo,
    RequestUsage,
    SystemMessage,
    UserMessage,
)  # fmt: skip
from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel

from agents.case import Case
from agents.clients.commander import Commander
from agents.clients.specialist import report
from agents.clients.terms import Taken
from agents.prompts import prompt
from incident.diagnosis import Usage
from incident.facts import Agent

NOTHING = RequestUsage(prompt_tokens=0, completion_tokens=0)
ENDLESS = 1_000_000


class OfflineClient(ChatCompletionClient):
    """Reads what a specialist's own tools answered and what was cited to the commander, and nothing else of the case.

    It calls no tools: they have been asked for it. Nothing limits it, and whoever took a turn that isn't in ``taken``
    was the crew's own.
    """

    def __init__(self, case: Case) -> None:
        self.taken: dict[Agent, Taken] = {}
        self._case = case
        self._commander = Commander(case)

    async def begin(self) -> None:
        """Get ready for the first turn."""

    def may_ask(self) -> bool:
        """Tell whether the commander may send somebody out once more."""
        return True

    async def usage(self, counted: Usage) -> Usage:
        """Return what the incident took; ``counted`` is what its answers say."""
        return counted

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
        """Answer as the agent that the system message names."""
        del tools, tool_choice, json_output, extra_create_args
        agent = addressed(messages)
        work = asyncio.ensure_future(asyncio.to_thread(self._words, agent, messages))
        if cancellation_token is not None:
            cancellation_token.link_future(work)
        return CreateResult(finish_reason="stop", content=await work, usage=NOTHING, cached=False)

    def _words(self, agent: Agent, messages: Sequence[LLMMessage]) -> str:
        if agent is Agent.COMMANDER:
            return self._commander.answer(self._case.remarks)
        before = [turn.text for turn in self._case.turns if turn.agent is agent]
        answers = (*self._case.answers.get(agent, ()), *_results(messages))
        return report(agent, answers, self._case.ledger, before)

    async def create_stream(  # noqa: PLR0913 - AutoGen's signature
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = (),
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] | None = None,
        cancellation_token: CancellationToken | None = None,
    ) -> AsyncGenerator[str | CreateResult, None]:
        """Yield the text, then the result."""
        del tools, tool_choice, json_output, extra_create_args
        result = await self.create(messages, cancellation_token=cancellation_token)
        yield str(result.content)
        yield result

    async def close(self) -> None:
        """Nothing is open."""

    def actual_usage(self) -> RequestUsage:
        """No tokens."""
        return NOTHING

    def total_usage(self) -> RequestUsage:
        """No tokens."""
        return NOTHING

    def count_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = ()) -> int:
        """No tokens."""
        del messages, tools
        return 0

    def remaining_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = ()) -> int:
        """As many as anybody wants."""
        del messages, tools
        return ENDLESS

    @property
    def capabilities(self) -> ModelCapabilities:  # type: ignore[reportDeprecated,unused-ignore]
        """Calls functions."""
        return ModelCapabilities(vision=False, function_calling=True, json_output=True)

    @property
    def model_info(self) -> ModelInfo:
        """Calls functions."""
        return ModelInfo(
            vision=False, function_calling=True, json_output=True, family="offline", structured_output=False
        )


def addressed(messages: Sequence[LLMMessage]) -> Agent:
    """Return whom the system message makes of the reader; raises `ValueError` for a prompt that isn't the team's."""
    system = next((m.content for m in messages if isinstance(m, SystemMessage)), "")
    for agent in Agent:
        if system == prompt(agent):
            return agent
    message = "the offline client plays the agents of agents/prompts and nobody else"
    raise ValueError(message)


def _results(messages: Sequence[LLMMessage]) -> list[str]:
    """Return what the tools answered since somebody last spoke."""
    last = max((i for i, m in enumerate(messages) if isinstance(m, UserMessage)), default=0)
    told = (m for m in messages[last:] if isinstance(m, FunctionExecutionResultMessage))
    return [result.content for message in told for result in message.content]
