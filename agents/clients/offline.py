"""A model client without a model: it plays whichever agent it is addressed as, the same on every run.

Team, tools, prompts, parsing and checks are those that an LLM gets.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Literal

from autogen_core import CancellationToken, FunctionCall
from autogen_core.models import (
    AssistantMessage,
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

from agents.clients.commander import Commander
from agents.clients.specialist import orders, report
from agents.ledger import Ledger
from agents.prompts import prompt
from incident.facts import Agent

NOTHING = RequestUsage(prompt_tokens=0, completion_tokens=0)
ENDLESS = 1_000_000


class OfflineClient(ChatCompletionClient):
    """Reads ``ledger`` only for what was cited to the commander, or what a specialist's own tools answered with."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._commander = Commander(ledger)
        self._calls = 0

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
        del json_output, extra_create_args
        agent = addressed(messages)
        given = [_name(tool) for tool in tools]
        if agent is not Agent.COMMANDER and _fresh(messages) and tool_choice != "none":
            calls = orders(agent, given, _said(messages))
            if calls:
                return _result([self._call(*call) for call in calls])
        work = asyncio.ensure_future(asyncio.to_thread(self._words, agent, messages))
        if cancellation_token is not None:
            cancellation_token.link_future(work)
        return _result(await work)

    def _words(self, agent: Agent, messages: Sequence[LLMMessage]) -> str:
        if agent is Agent.COMMANDER:
            return self._commander.answer(_said(messages))
        own = [m.content for m in messages if isinstance(m, AssistantMessage) and isinstance(m.content, str)]
        return report(agent, _results(messages), self._ledger, own)

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
        """Yield the text, if it is one, then the result."""
        del json_output, extra_create_args
        result = await self.create(
            messages, tools=tools, tool_choice=tool_choice, cancellation_token=cancellation_token
        )
        if isinstance(result.content, str):
            yield result.content
        yield result

    def _call(self, name: str, arguments: Mapping[str, str]) -> FunctionCall:
        self._calls += 1
        return FunctionCall(id=f"call-{self._calls}", name=name, arguments=json.dumps(arguments))

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


def _said(messages: Sequence[LLMMessage]) -> list[tuple[str, str]]:
    """Return who said what to the agent."""
    return [(m.source, m.content) for m in messages if isinstance(m, UserMessage) and isinstance(m.content, str)]


def _fresh(messages: Sequence[LLMMessage]) -> bool:
    """Tell whether the tools have not been asked yet since somebody last spoke."""
    return not isinstance(messages[-1], FunctionExecutionResultMessage)


def _results(messages: Sequence[LLMMessage]) -> list[str]:
    """Return what the tools answered since somebody last spoke."""
    last = max((i for i, m in enumerate(messages) if isinstance(m, UserMessage)), default=0)
    told = (m for m in messages[last:] if isinstance(m, FunctionExecutionResultMessage))
    return [result.content for message in told for result in message.content]


def _name(tool: Tool | ToolSchema) -> str:
    return tool.name if isinstance(tool, Tool) else tool["name"]


def _result(content: str | list[FunctionCall]) -> CreateResult:
    reason: Literal["stop", "function_calls"] = "stop" if isinstance(content, str) else "function_calls"
    return CreateResult(finish_reason=reason, content=content, usage=NOTHING, cached=False)
