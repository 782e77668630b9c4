"""Groq, or any server that speaks like it, as AutoGen's model client: whatever goes wrong is one `LLMUnavailable`."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from autogen_core import CancellationToken
from autogen_core.models import (
    ChatCompletionClient,
    CreateResult,
    LLMMessage,
    ModelCapabilities,
    ModelInfo,
    RequestUsage,
)
from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel, SecretStr

from agents.clients.asking import Asking, Means
from agents.clients.budget import Budget, Caller
from agents.clients.line import Line, Tell
from agents.clients.tokens import request_tokens
from agents.clients.unavailable import LLMUnavailable
from agents.clients.wire.answers import Answer, Result
from agents.clients.wire.order import Order, order

CONTEXT = 131_072
"""Tokens that gpt-oss can read and write in one call."""
GONE_FOR = 600.0
"""Seconds after which a model that a server didn't know is asked for again."""


class Door(NamedTuple):
    """Where the LLM is. ``models`` in order of preference; ``base_url`` None is Groq."""

    key: SecretStr
    models: tuple[str, ...]
    base_url: str | None = None


class Groq:
    """One a process, shared by all its incidents; ``pause`` is how it waits between tries."""

    def __init__(self, door: Door, budget: Budget, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._door, self._budget, self._pause = door, budget, pause
        self._line = Line(door.key.get_secret_value(), door.base_url)
        self._gone: dict[str, float] = {}

    def client(self, caller: Caller, seconds: Callable[[], float]) -> "GroqClient":
        """Return one incident's client; ``seconds`` are those left for the incident."""
        return GroqClient(self, caller, seconds)

    async def ask(self, caller: Caller, asked: Order, left: Callable[[], float], tell: Tell | None = None) -> Answer:
        """Return an answer within ``left``; raises `LLMUnavailable`."""
        if self._line.locked:
            raise LLMUnavailable(self._line.locked)
        return await Asking(self._means(), caller, asked, left, tell).answer()

    async def close(self) -> None:
        """Hang up."""
        await self._line.close()

    def _means(self) -> Means:
        now = time.monotonic()
        here = tuple(m for m in self._door.models if now - self._gone.get(m, -GONE_FOR) >= GONE_FOR)
        return Means(self._line, self._budget, here, self._went, self._pause)

    def _went(self, model: str) -> None:
        self._gone[model] = time.monotonic()


class GroqClient(ChatCompletionClient):
    """One incident's. It can't be dumped and loaded: what it would take to make another holds the key."""

    def __init__(self, groq: Groq, caller: Caller, seconds: Callable[[], float]) -> None:
        self._groq, self._caller, self._seconds = groq, caller, seconds
        self._usage = RequestUsage(0, 0)

    async def create(  # noqa: PLR0913 - AutoGen's signature
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = (),
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] | None = None,
        cancellation_token: CancellationToken | None = None,
    ) -> Result:
        """Answer at once; raises `LLMUnavailable`."""
        asked = order(messages, tools, tool_choice, json_output, extra_create_args)
        work = asyncio.ensure_future(self._ask(asked))
        if cancellation_token is not None:
            cancellation_token.link_future(work)
        return await work

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
        """Yield text as it comes, then the result; raises `LLMUnavailable`, behind text that was yielded too."""
        asked = order(messages, tools, tool_choice, json_output, extra_create_args)
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        work = asyncio.ensure_future(self._ask(asked, pieces.put_nowait))
        work.add_done_callback(lambda _: pieces.put_nowait(None))
        if cancellation_token is not None:
            cancellation_token.link_future(work)
        try:
            while (piece := await pieces.get()) is not None:
                yield piece
            yield await work
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def _ask(self, asked: Order, tell: Tell | None = None) -> Result:
        result = (await self._groq.ask(self._caller, asked, self._seconds, tell)).result()
        took = result.usage
        self._usage = RequestUsage(
            self._usage.prompt_tokens + took.prompt_tokens, self._usage.completion_tokens + took.completion_tokens
        )
        return result

    async def close(self) -> None:
        """Other incidents use the line; `Groq.close` hangs up."""

    def actual_usage(self) -> RequestUsage:
        """Return what this incident's answers took."""
        return self._usage

    def total_usage(self) -> RequestUsage:
        """Return the same: nothing is answered from a cache here."""
        return self._usage

    def count_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = ()) -> int:
        """Return an upper bound."""
        return request_tokens(messages, tools)

    def remaining_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = ()) -> int:
        """Return how many tokens are left for an answer, at least."""
        return max(0, CONTEXT - request_tokens(messages, tools))

    @property
    def capabilities(self) -> ModelCapabilities:  # type: ignore[reportDeprecated,unused-ignore]
        """Calls functions and writes JSON."""
        return ModelCapabilities(vision=False, function_calling=True, json_output=True)

    @property
    def model_info(self) -> ModelInfo:
        """Calls functions and writes JSON of a given shape."""
        return ModelInfo(vision=False, function_calling=True, json_output=True, family="groq", structured_output=True)
