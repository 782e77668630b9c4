"""A scripted Groq over HTTP on loopback: `async with Groq(said("…"), refused(429, …)) as groq:`, then `groq.url`.

It gives its answers in the order of a list, or asks a function for the answer to each request. What it was asked
is in ``asked``. Who asks for its models gets ``listing``. An answer that is said to a request for a stream is streamed.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, NamedTuple, Self

from aiohttp import web

KEY = "gsk_a-key-that-nobody-else-may-see"
MODELS = ("openai/gpt-oss-120b", "openai/gpt-oss-20b")
HEADERS = {
    "x-ratelimit-limit-requests": "1000",
    "x-ratelimit-limit-tokens": "8000",
    "x-ratelimit-remaining-requests": "999",
    "x-ratelimit-remaining-tokens": "7800",
    "x-ratelimit-reset-requests": "1m26.4s",
    "x-ratelimit-reset-tokens": "1.5s",
}
"""What Groq's free plan sends with every answer: requests are of the day, tokens of the minute."""


@dataclass(frozen=True)
class Answer:
    """What is sent back. ``events`` are those of a stream; ``broken`` drops the connection behind them or the body.

    ``hangs`` never answers, ``stalls`` never ends its stream, ``after`` is the latency in seconds, ``drips`` are those
    between one byte of the body and the next, ``body`` may be text that is no JSON.
    """

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    events: tuple[Any, ...] | None = None
    broken: bool = False
    hangs: bool = False
    stalls: bool = False
    after: float = 0.0
    drips: float = 0.0

    def late(self, seconds: float) -> "Answer":
        """Return the same answer that takes its time."""
        return replace(self, after=seconds)

    def dripping(self, seconds: float) -> "Answer":
        """Return the same answer that comes byte by byte."""
        return replace(self, drips=seconds)

    def headed(self, **headers: str) -> "Answer":
        """Return it with headers; ``_`` stands for ``-``."""
        return replace(self, headers={name.replace("_", "-"): text for name, text in headers.items()})


class Asked(NamedTuple):
    """One request as it came."""

    body: dict[str, Any]
    headers: Mapping[str, str]
    path: str
    at: float

    @property
    def model(self) -> str:
        """Whom it asks for."""
        return str(self.body.get("model"))

    @property
    def words(self) -> str:
        """All that is said to the model."""
        return "\n".join(str(message.get("content")) for message in self.body["messages"])


Script = Callable[[Asked], Answer | Awaitable[Answer]]


def said(text: str | None, finish: str = "stop", **more: object) -> Answer:
    """Say something; ``usage`` None leaves it out."""
    return Answer(_completion({"role": "assistant", "content": text}, finish, **more))


def called(name: str, arguments: object = None, **more: object) -> Answer:
    """Call a tool; arguments that are text are sent as they are."""
    return calls((name, arguments), **more)


def calls(*wanted: tuple[str, object], finish: str = "tool_calls", **more: object) -> Answer:
    """Call several tools."""
    made = [
        {"id": f"call_{n}", "type": "function", "function": {"name": name, "arguments": _written(arguments)}}
        for n, (name, arguments) in enumerate(wanted)
    ]
    return Answer(_completion({"role": "assistant", "content": None, "tool_calls": made}, finish, **more))


def refused(status: int, code: str = "", message: str = "no", wait: float | None = None, **more: object) -> Answer:
    """Refuse as Groq does; ``wait`` is the `retry-after`, ``more`` goes into the error (`failed_generation`)."""
    error = {"message": message, "type": "invalid_request_error", **({"code": code} if code else {}), **more}
    return Answer({"error": error}, status, {} if wait is None else {"retry-after": f"{wait:g}"})


def streamed(*events: object, broken: bool = False) -> Answer:
    """Stream: text is a piece of the answer, everything else is sent as it is; nothing is put behind it."""
    return Answer(events=tuple(piece(event) if isinstance(event, str) else event for event in events), broken=broken)


def piece(text: str = "", finish: str | None = None, **more: object) -> dict[str, Any]:
    """Return one chunk of a stream."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice], **more}


def has(*models: str, active: bool = True) -> Answer:
    """List models as Groq does; one that isn't ``active`` rests."""
    each = [
        {"id": name, "object": "model", "created": 1, "owned_by": "somebody", "active": active}
        for name in models or MODELS
    ]
    return Answer({"object": "list", "data": each})


class Groq:
    """Answers a list, or what a function says. ``headers`` come with every answer; {} is a server that has none."""

    def __init__(self, *script: Answer, by: Script | None = None, headers: Mapping[str, str] | None = None) -> None:
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self.left = list(script)
        self.url = ""
        self.listing = has()
        self.listed: list[str] = []
        """The keys with which, in order, somebody asked for its models."""
        self.reached = asyncio.Event()
        """Set: somebody asked."""
        self._by, self._headers = by, HEADERS if headers is None else headers
        self._now, self._ending = 0, asyncio.Event()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=8_000_000)
        app.router.add_get("/{path:.*}/models", self._list)
        app.router.add_post("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:  # fmt: skip
        self._ending.set()
        await self._runner.cleanup()

    @property
    def models(self) -> list[str]:
        """The models that were asked, in order."""
        return [asked.model for asked in self.asked]

    async def _list(self, request: web.Request) -> web.StreamResponse:
        asked = Asked({}, dict(request.headers), request.path, time.monotonic())
        self.listed.append(request.headers.get("Authorization", ""))
        return await self._sent(request, self.listing, asked)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        asked = Asked(await request.json(), dict(request.headers), request.path, time.monotonic())
        self.asked.append(asked)
        self.reached.set()
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            return await self._sent(request, await self._chosen(asked), asked)
        finally:
            self._now -= 1

    async def _chosen(self, asked: Asked) -> Answer:
        if self._by is None:
            return self.left.pop(0) if self.left else refused(500, "script_ended", "nothing more was scripted")
        answer = self._by(asked)
        return answer if isinstance(answer, Answer) else await answer

    async def _sent(self, request: web.Request, answer: Answer, asked: Asked) -> web.StreamResponse:
        if answer.after:
            await asyncio.sleep(answer.after)
        if answer.hangs:
            await self._ending.wait()
        headers = {**self._headers, **answer.headers}
        events = answer.events
        if events is None and asked.body.get("stream") and answer.status == 200 and isinstance(answer.body, dict):
            events = _pieces(answer.body)
        if events is not None:
            return await self._stream(request, headers, replace(answer, events=events))
        if answer.broken and request.transport is not None:
            request.transport.close()
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        if answer.drips:
            return await self._dripped(request, headers, text, answer)
        return web.Response(text=text, status=answer.status, headers=headers, content_type="application/json")

    async def _dripped(
        self, request: web.Request, headers: Mapping[str, str], text: str, answer: Answer
    ) -> web.StreamResponse:
        response = web.StreamResponse(status=answer.status, headers={**headers, "content-type": "application/json"})
        await response.prepare(request)
        for byte in text.encode():
            if self._ending.is_set() or request.transport is None:
                break
            await response.write(bytes([byte]))
            await asyncio.sleep(answer.drips)
        return response

    async def _stream(self, request: web.Request, headers: Mapping[str, str], answer: Answer) -> web.StreamResponse:
        response = web.StreamResponse(headers={**headers, "content-type": "text/event-stream"})
        await response.prepare(request)
        for event in answer.events or ():
            await response.write(f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n".encode())
        if answer.stalls:
            await self._ending.wait()
        if answer.broken and request.transport is not None:
            request.transport.close()
            return response
        await response.write(b"data: [DONE]\n\n")
        return response


def _completion(message: Mapping[str, Any], finish: str, **more: object) -> dict[str, Any]:
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    body = {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": usage, **more,
    }  # fmt: skip
    return {name: value for name, value in body.items() if value is not None}


def _pieces(body: Mapping[str, Any]) -> tuple[Any, ...]:
    choice = body["choices"][0]
    message = choice["message"]
    text = message.get("content") or ""
    parts = [piece(text[at : at + 12]) for at in range(0, len(text), 12)]
    made = [{"index": n, **call} for n, call in enumerate(message.get("tool_calls") or ())]
    if made:
        parts.append({**piece(), "choices": [{"index": 0, "delta": {"tool_calls": made}, "finish_reason": None}]})
    return (*parts, piece(finish=choice["finish_reason"], x_groq={"usage": body.get("usage")}))


def _written(arguments: object) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments or {})
