"""The line to Groq, or to any server that speaks like it: the SDK, three calls at once at most, no retries of its own.

Nothing that is said on it is logged, at any level.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

import groq
import httpx

from agents.clients.unavailable import Why
from agents.clients.wire.answers import Answer, Nonsense, models, read
from agents.clients.wire.messages import Wire
from agents.clients.wire.pieces import Pieces

GROQ: Final = "https://api.groq.com"
AT_HOME: Final = frozenset({"127.0.0.1", "localhost", "::1"})
AT_ONCE: Final = 3
CONNECT: Final = 5.0
LONGEST: Final = 4_000_000
"""Bytes of an answer beyond which it is not read."""
OWN_PATH: Final = "/openai/v1/"
"""What the SDK puts behind every address; an address with a path of its own holds what stands for it."""

Tell = Callable[[str], None]
Hear = Callable[[Mapping[str, str]], None]


class Line:
    """One a process. ``base_url`` is a bare host as Groq has it, or `http://host:8000/v1` as others do."""

    def __init__(self, key: str, base_url: str | None) -> None:
        logging.getLogger("groq").setLevel(logging.INFO)  # it would log requests at DEBUG
        address = (base_url or GROQ).rstrip("/").removesuffix("/openai/v1")
        self.is_groq = urlsplit(address).hostname == urlsplit(GROQ).hostname
        self.locked = _locked(key, is_groq=self.is_groq)
        own_path = bool(urlsplit(address).path)
        self._http = groq.DefaultAsyncHttpxClient(
            verify=_trusted(),
            timeout=httpx.Timeout(None, connect=CONNECT),
            follow_redirects=False,  # data goes to the address that was set and nowhere else
            trust_env=urlsplit(address).hostname not in AT_HOME,  # nor to a proxy, where it is to stay here
            event_hooks={"request": [_shortened] if own_path else []},
        )
        self._groq = groq.AsyncGroq(api_key=key or "none", base_url=address, max_retries=0, http_client=self._http)
        self.room = asyncio.Semaphore(AT_ONCE)

    async def whole(self, model: str, body: Wire, hear: Hear) -> Answer:
        """Return the answer to one request, ``hear`` what its headers are; raises what the SDK raises, `Nonsense`."""
        asked, rest = _split(body)
        said = await self._groq.chat.completions.with_raw_response.create(model=model, messages=asked, extra_body=rest)
        hear(said.headers)
        return read(_json(said.http_response))

    async def streamed(self, model: str, body: Wire, hear: Hear, tell: Tell) -> Answer:
        """Return the answer and ``tell`` its text as it comes; raises as `whole`, `BrokenOff` and `httpx.HTTPError`."""
        asked, rest = _split(body)
        stream = await self._groq.chat.completions.create(model=model, messages=asked, stream=True, extra_body=rest)
        pieces = Pieces()
        async with stream:
            hear(stream.response.headers)
            async for chunk in stream:
                if text := pieces.take(chunk.model_dump(warnings=False)):
                    tell(text)
        return pieces.whole()

    async def served(self) -> frozenset[str]:
        """Return the models that the server has, which takes no tokens; raises what the SDK raises, and `Nonsense`."""
        said = await self._groq.models.with_raw_response.list()
        return models(_json(said.http_response))

    async def close(self) -> None:
        """Hang up."""
        await self._groq.close()


@cache
def _trusted() -> ssl.SSLContext:
    """Return the certificates that are believed: reading them takes a tenth of a second."""
    return httpx.create_ssl_context()


def _locked(key: str, *, is_groq: bool) -> Why | None:
    """Return why nobody needs to be asked with this key, None where it can be tried."""
    if not key and is_groq:
        return Why.NO_KEY
    return None if key.isascii() and key.isprintable() else Why.WRONG_KEY


def _json(response: httpx.Response) -> Any:  # noqa: ANN401 - whatever a server says
    if len(response.content) > LONGEST:
        raise Nonsense
    try:
        return response.json()
    except (ValueError, RecursionError):
        raise Nonsense from None


def _split(body: Wire) -> tuple[list[Any], Wire]:
    """Return the messages, and everything else: the SDK's own list of what may be sent is Groq's alone."""
    return body["messages"], {key: value for key, value in body.items() if key != "messages"}


async def _shortened(request: httpx.Request) -> None:
    request.url = request.url.copy_with(raw_path=request.url.raw_path.replace(OWN_PATH.encode(), b"/", 1))
