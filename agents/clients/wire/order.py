"""One question to a model: everything that a request holds but the model's name."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from autogen_core.models import LLMMessage
from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel

from agents.clients.tokens import request_tokens, tokens
from agents.clients.wire.messages import Wire, wired
from agents.clients.wire.schemas import Shape, declared, in_words, response_format

LONGEST_ANSWER: Final = 1024
"""Tokens of an answer, reasoning included, where the caller doesn't say."""
ALLOWED: Final = frozenset({"max_completion_tokens", "reasoning_effort", "temperature", "top_p", "seed", "stop"})

Choice = Tool | Literal["auto", "required", "none"]


class Manner(NamedTuple):
    """How a server is asked. ``plain`` leaves out what not every server knows; ``groq``: it is Groq's own."""

    stream: bool = False
    plain: bool = False
    groq: bool = True


class Order(NamedTuple):
    """What is asked. ``json`` is the shape of the answer, ``more`` goes into the request as it is."""

    messages: Sequence[LLMMessage]
    tools: tuple[Tool | ToolSchema, ...] = ()
    choice: Choice = "auto"
    json: Shape | None = None
    more: Mapping[str, Any] = {}

    @property
    def longest(self) -> int:
        """The most tokens that the answer may take, reasoning included."""
        return int(self.more.get("max_completion_tokens", LONGEST_ANSWER))

    @property
    def prompt(self) -> int:
        """The most tokens that the question takes."""
        return request_tokens(self.messages, self.tools) + (tokens(in_words(self.json)) if self.json else 0)

    @property
    def names(self) -> frozenset[str]:
        """The tools that may be called."""
        return frozenset(declared(tool)["function"]["name"] for tool in self.tools)

    def body(self, model: str, how: Manner) -> Wire:
        """Return the request to a model."""
        held = bool(self.json) and not (self.tools or how.plain or how.stream)
        body: Wire = {
            "messages": self._messages(held=held),
            **self._more(model, how),
            **self._tools(),
        }
        if self.json and (held or (self.json is True and not self.tools and not how.plain)):
            body["response_format"] = response_format(self.json, model)
        if how.stream and not how.plain:
            body["stream_options"] = {"include_usage": True}
        return body

    def _more(self, model: str, how: Manner) -> Wire:
        """Return how it is to answer; older servers know the longest answer by its former name only."""
        reasons = "gpt-oss" in model and not how.plain
        more = {key: value for key, value in self.more.items() if reasons or key != "reasoning_effort"}
        former = {} if how.groq or how.plain else {"max_tokens": self.longest}
        return {**more, "max_completion_tokens": self.longest, **former}

    def _messages(self, *, held: bool) -> list[Wire]:
        """Return the messages, the wanted shape behind the system's where nothing else holds the model to it."""
        sent = wired(self.messages, tools=bool(self.tools))
        if not self.json or (held and self.json is not True):
            return sent
        first = next((at for at, each in enumerate(sent) if each["role"] != "system"), len(sent))
        return [*sent[:first], {"role": "system", "content": in_words(self.json)}, *sent[first:]]

    def _tools(self) -> Wire:
        """Return the tools, always in the same order: a stable beginning of a prompt is cached, and free."""
        if not self.tools:
            return {}
        chosen = {"type": "function", "function": {"name": self.choice.name}} if isinstance(self.choice, Tool) else None
        offered = sorted((declared(tool) for tool in self.tools), key=lambda each: str(each["function"]["name"]))
        return {"tools": offered, "tool_choice": chosen or self.choice}


def order(
    messages: Sequence[LLMMessage],
    tools: Sequence[Tool | ToolSchema],
    tool_choice: Choice,
    json_output: bool | type[BaseModel] | None,  # noqa: FBT001 - AutoGen's own
    more: Mapping[str, Any] | None,
) -> Order:
    """Return what AutoGen asks for; raises `ValueError` for arguments that no server would be sent."""
    unknown = sorted(set(more or {}) - ALLOWED)
    if unknown:
        message = f"extra_create_args may hold {', '.join(sorted(ALLOWED))}, not {', '.join(unknown)}"
        raise ValueError(message)
    given = () if tool_choice == "none" else tuple(tools)
    return Order(messages, given, tool_choice, json_output or None, dict(more or {}))
