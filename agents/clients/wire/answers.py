"""Answers as they come from a server, read without believing that they have the shape they should have."""

import json
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, Self
from uuid import uuid4

from autogen_core import FunctionCall
from autogen_core.models import CreateResult, RequestUsage

from agents.clients.tokens import REASONING, tokens

Finish = Literal["stop", "length", "function_calls", "content_filter", "unknown"]
FINISHES: Final[Mapping[str, Finish]] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "function_calls",
    "function_call": "function_calls",
    "content_filter": "content_filter",
}
LONGEST: Final = 1_000_000
"""Characters of an answer beyond which nobody looks at it."""


LONGEST_NAME: Final = 100


class Nonsense(Exception):
    """What came is no answer: not JSON, nothing in it, or far too much."""


class BrokenOff(Exception):
    """The answer ended before it was whole."""


class Took(NamedTuple):
    """Tokens of one call."""

    prompt: int
    completion: int
    cached: int = 0


class Result(CreateResult):
    """AutoGen's, and which model it is of: not the first one where another had to answer."""

    model: str


class Answer(NamedTuple):
    """What a model said or wants to call. ``took`` is nothing where the server doesn't say."""

    text: str
    calls: tuple[FunctionCall, ...] = ()
    finish: Finish = "stop"
    took: Took = Took(0, 0)
    model: str = ""

    def counted(self, prompt: int) -> Self:
        """Return it with what it took, by the bound where the server doesn't say."""
        if any(self.took):
            return self
        said = self.text + "".join(call.name + call.arguments for call in self.calls)
        return self._replace(took=Took(prompt, tokens(said) + REASONING))

    def result(self) -> Result:
        """Return it in AutoGen's words; text beside calls is a thought, as AutoGen has it."""
        return Result(
            finish_reason=self.finish,
            content=list(self.calls) or self.text,
            usage=RequestUsage(self.took.prompt, self.took.completion),
            cached=False,
            thought=(self.text or None) if self.calls else None,
            model=self.model,
        )


def models(told: Any) -> frozenset[str]:  # noqa: ANN401 - whatever a server says
    """Return the models of a list; Groq lists those that rest, too, and Ollama knows `x:latest` as `x`."""
    listed = told.get("data") if isinstance(told, Mapping) else None
    if not isinstance(listed, list):
        raise Nonsense
    found = [each for each in listed if isinstance(each, Mapping) and each.get("active") is not False]
    names = [each["id"] for each in found if isinstance(each.get("id"), str)]
    return frozenset((*names, *(name.removesuffix(":latest") for name in names)))


def read(body: object) -> Answer:
    """Return the first choice of an answer; raises `Nonsense`.

    An answer that was cut off says so (``length``), may be empty, and has no calls whose arguments were cut off.
    """
    choice = _first(_field(body, "choices"))
    message = _field(choice, "message")
    finish = FINISHES.get(str(_field(choice, "finish_reason")), "unknown")
    content = _field(message, "content")
    text = clean(content) if isinstance(content, str) else ""
    written = _field(message, "tool_calls")
    calls = tuple(call for each in written if (call := _call(each))) if isinstance(written, list) else ()
    if finish == "length":
        calls = tuple(call for call in calls if _whole(call.arguments))
    if (not text.strip() and not calls and finish != "length") or len(text) > LONGEST:
        raise Nonsense
    return Answer(text, calls, "function_calls" if calls and finish != "length" else finish, took(body))


def took(body: object) -> Took:
    """Return the tokens that a server says a call took, none where it doesn't say."""
    usage = _field(body, "usage") or _field(_field(body, "x_groq"), "usage")
    prompt, completion = _field(usage, "prompt_tokens"), _field(usage, "completion_tokens")
    cached = _field(_field(usage, "prompt_tokens_details"), "cached_tokens")
    if not _counted(prompt) or not _counted(completion):
        return Took(0, 0)
    return Took(prompt, completion, min(cached, prompt) if _counted(cached) else 0)


def _call(written: object) -> FunctionCall | None:
    function = _field(written, "function")
    name, arguments, id_ = _field(function, "name"), _field(function, "arguments"), _field(written, "id")
    if not isinstance(name, str) or not bare(name):
        return None
    text = clean(arguments) if isinstance(arguments, str) else json.dumps(arguments or {})
    id_ = clean(id_)[:LONGEST_NAME] if isinstance(id_, str) and id_.strip() else fresh()
    return FunctionCall(id=id_, name=bare(name), arguments=text.strip() or "{}")


def bare(name: str) -> str:
    """Return a function's name without what gpt-oss's template sometimes leaves around it."""
    return clean(name).partition("<|")[0].strip().removeprefix("functions.")[:LONGEST_NAME]


def clean(text: str) -> str:
    """Return a text that every database and every encoder takes: without NUL and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def fresh() -> str:
    """Return an id for a call that came without one."""
    return f"call-{uuid4().hex[:12]}"


def _whole(arguments: str) -> bool:
    try:
        return isinstance(json.loads(arguments), dict)
    except (ValueError, RecursionError):
        return False


def _first(choices: object) -> object:
    return choices[0] if isinstance(choices, list) and choices else None


def _field(of: object, name: str) -> Any:  # noqa: ANN401 - JSON
    return of.get(name) if isinstance(of, Mapping) else None


def _counted(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= LONGEST
