"""One exchange with an LLM: what is sent, what that takes at most, and an end in time whatever the client does."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, NamedTuple

from autogen_core.models import CreateResult, FunctionExecutionResult, FunctionExecutionResultMessage, LLMMessage
from autogen_core.models import UserMessage as Told
from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel

from agents.clients.tokens import REASONING, request_tokens, tokens
from agents.clients.unavailable import LLMUnavailable, Why
from agents.clients.wire.schemas import in_words

LAST_WORDS = 0.2
"""Seconds that a client gets to end after it was told to; a deaf one is left behind."""
RESULTS = 1_200
"""Tokens of tools' answers that a model is shown of one turn; the evidence is filed whatever it is shown."""
CUT = " … (cut)"


class Exchange(NamedTuple):
    """What is asked. ``completion`` is the most that may be written, thoughts included."""

    messages: Sequence[LLMMessage]
    tools: Sequence[Tool | ToolSchema]
    shape: type[BaseModel] | None
    completion: int

    @property
    def prompt(self) -> int:
        """The most tokens that the question takes."""
        return request_tokens(self.messages, self.tools) + (tokens(in_words(self.shape)) if self.shape else 0)

    @property
    def most(self) -> int:
        """The most tokens that the exchange takes."""
        return self.prompt + self.completion

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What a client's ``create`` is given beside the messages."""
        more = {"max_completion_tokens": self.completion, "reasoning_effort": "low"}
        return {"tools": self.tools, "json_output": self.shape, "extra_create_args": more}

    def used(self, result: CreateResult) -> int:
        """Return what it took: by the bound, or by the server's count where that is more."""
        said = result.content if isinstance(result.content, str) else "".join(c.arguments for c in result.content)
        completion = max(result.usage.completion_tokens, min(self.completion, REASONING + tokens(said)))
        return max(self.prompt, result.usage.prompt_tokens) + completion


async def answered(call: Awaitable[CreateResult], seconds: float) -> CreateResult:
    """Return the answer; raises `LLMUnavailable` for whatever else becomes of the call, and in time."""
    work = asyncio.ensure_future(call)
    try:
        done, _ = await asyncio.wait({work}, timeout=seconds)
    finally:
        work.cancel()
    if not done:
        await asyncio.wait({work}, timeout=LAST_WORDS)
        raise LLMUnavailable(Why.NO_ANSWER)
    if work.cancelled():
        raise LLMUnavailable(Why.BROKEN_OFF)
    error = work.exception()
    if error is None:
        return work.result()
    raise error if isinstance(error, LLMUnavailable) else LLMUnavailable(Why.REFUSED) from error


def asked_tools(messages: Sequence[LLMMessage]) -> int:
    """Return how often tools have answered since somebody last spoke."""
    last = max((i for i, message in enumerate(messages) if isinstance(message, Told)), default=0)
    return sum(1 for message in messages[last:] if isinstance(message, FunctionExecutionResultMessage))


def shortened(messages: Sequence[LLMMessage]) -> list[LLMMessage]:
    """Return the messages, tools' answers cut to their share."""
    told = [message for message in messages if isinstance(message, FunctionExecutionResultMessage)]
    each = RESULTS // max(1, sum(len(message.content) for message in told))
    return [_cut(m, each) if isinstance(m, FunctionExecutionResultMessage) else m for m in messages]


def _cut(message: FunctionExecutionResultMessage, room: int) -> FunctionExecutionResultMessage:
    return message.model_copy(update={"content": [_shown(result, room) for result in message.content]})


def _shown(result: FunctionExecutionResult, room: int) -> FunctionExecutionResult:
    text = result.content
    while (size := tokens(text)) > room:
        text = text[: int(len(text) * min(0.9, room / size))]
    return result if text == result.content else result.model_copy(update={"content": text + CUT})
