"""AutoGen's messages as a server takes them: what its template would drop or refuse is said in words instead."""

import json
from collections.abc import Sequence
from itertools import takewhile
from typing import Any, Final

from autogen_core import FunctionCall
from autogen_core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    SystemMessage,
    UserMessage,
)

from agents.clients.wire.answers import clean

Wire = dict[str, Any]
IMAGE: Final = "(an image, which you can't see)"


def wired(messages: Sequence[LLMMessage], *, tools: bool) -> list[Wire]:
    """Return messages in the server's words, without anybody's reasoning.

    ``tools`` False: nothing may be called this time, and what was called before is told as text, since a model that
    sees calls makes calls.
    """
    sent: list[Wire] = []
    for at, message in enumerate(messages):
        match message:
            case SystemMessage():
                sent.append(_said("system", message.content))
            case UserMessage():
                sent.append(_said("user", f"{message.source}: {_text(message)}"))
            case AssistantMessage(content=str() as text):
                sent.append(_said("assistant", text))
            case AssistantMessage():
                asked = _answered(message, messages[at + 1 :]) if tools else []
                sent += [{**_said("assistant", ""), "tool_calls": [_call(each) for each in asked]}] if asked else []
            case FunctionExecutionResultMessage():
                for each in message.content:
                    sent.append(_result(each, each.call_id in _open(sent)))
    return sent


def arguments(text: str) -> str:
    """Return a call's arguments as JSON of an object: none where they are none, or can't be read."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return "{}"
    return text if isinstance(read, dict) else "{}"


def _said(role: str, content: str) -> Wire:
    return {"role": role, "content": clean(content)}


def _text(message: UserMessage) -> str:
    if isinstance(message.content, str):
        return message.content
    return "\n".join(part if isinstance(part, str) else IMAGE for part in message.content)


def _answered(message: AssistantMessage, behind: Sequence[LLMMessage]) -> list[FunctionCall]:
    """Return the calls that were answered right away: servers refuse a call without its result."""
    results = takewhile(lambda each: isinstance(each, FunctionExecutionResultMessage), behind)
    ids = {r.call_id for each in results if isinstance(each, FunctionExecutionResultMessage) for r in each.content}
    return [call for call in message.content if isinstance(call, FunctionCall) and call.id in ids]


def _call(call: FunctionCall) -> Wire:
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": arguments(call.arguments)},
    }


def _open(sent: Sequence[Wire]) -> set[str]:
    """Return the calls that a result may follow now: those of the last message that is no result itself."""
    answered = {each["tool_call_id"] for each in takewhile(_is_result, reversed(sent))}
    last = next((each for each in reversed(sent) if not _is_result(each)), {})
    return {call["id"] for call in last.get("tool_calls", ())} - answered


def _is_result(sent: Wire) -> bool:
    return bool(sent["role"] == "tool")


def _result(result: FunctionExecutionResult, asked_for: bool) -> Wire:  # noqa: FBT001 - private
    if asked_for:
        return {**_said("tool", result.content), "tool_call_id": result.call_id}
    return _said("user", f"{result.name} answered: {result.content}")
