"""One call to GitHub: what is read may be repeated, what is sent is sent once; errors in words of what to do."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import cache
from ssl import SSLContext
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pydantic import TypeAdapter, ValidationError

from incident.ports import Unreadable
from integrations.github.access import Access, Patience
from integrations.github.answers import Repository
from integrations.github.refusals import Refusal, lost, refusal

if TYPE_CHECKING:
    from githubkit import GitHub, Response

    Client = GitHub[Any]

VERSION = {"X-GitHub-Api-Version": "2022-11-28"}
"""The only one that GitHub Enterprise Server knows as well."""

Answer = TypeVar("Answer")


class NotSent(Exception):
    """It certainly had no effect: GitHub refused it, or it never got there. The message says what would help."""


class MaybeSent(Exception):
    """Whether it had its effect isn't known: the answer was lost. The message says how."""


class Calls:
    """Calls with the tokens of one `Access`, over connections that are kept while it is entered."""

    def __init__(self, access: Access, patience: Patience) -> None:
        self.access, self._patience = access, patience
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._reading = await self._open.enter_async_context(self._client(self.access.reading or self.access.sending))
        self._sending = await self._open.enter_async_context(self._client(self.access.sending))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def read(self, path: str, kind: type[Answer], **query: str | int) -> Answer:
        """Return what stands at a path of the repository; raises `Unreadable`."""
        return await self._read(self._reading, path, kind, query)

    async def knock(self) -> Repository:
        """Return the repository, read as whoever sends: its token counts there, and the connection stays open.

        What is sent within seconds leaves at once. Raises `Unreadable`.
        """
        return await self._read(self._sending, "", Repository, {})

    async def send(self, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON, for the caller to validate
        """Send it once; return what is answered, None for no content. Raises `NotSent`, `MaybeSent`."""
        response = await self._call(self._sending, "POST", path, json=body)
        try:
            return response.json() if response.content else None
        except (ValueError, RecursionError):  # it was accepted all the same
            return None

    async def _read(self, client: "Client", path: str, kind: type[Answer], query: Mapping[str, str | int]) -> Answer:
        try:
            response = await self._call(client, "GET", path, params=query)
            return TypeAdapter(kind).validate_python(response.json())
        except (NotSent, MaybeSent) as why:
            raise Unreadable(str(why)) from why
        except (ValueError, RecursionError) as odd:
            raise Unreadable(self._odd(odd)) from odd

    async def _call(self, client: "Client", method: str, path: str, **given: Any) -> "Response[Any, Any]":  # noqa: ANN401
        from githubkit.exception import RequestError, RequestFailed

        address = f"/repos/{self.access.repository}{path}"
        try:
            async with asyncio.timeout(self._patience.call.total_seconds()):
                response = await client.arequest(method, address, headers=VERSION, **given)
        except RequestFailed as refused:
            raise _as_error(refusal(refused.response, self.access, sending=client is self._sending)) from refused
        except RequestError as broken:
            raise _as_error(lost(broken.exc, self.access.api_url)) from broken
        except TimeoutError as late:
            message = f"GitHub did not answer within {self._patience.call.total_seconds():g} seconds"
            raise MaybeSent(message) from late
        if response.raw_response.is_redirect:
            raise _as_error(refusal(response, self.access, sending=client is self._sending))
        return response

    def _client(self, token: str | None) -> "Client":
        """Return a client that does nothing on its own: no second try, no redirect, no cache."""
        from githubkit import GitHub

        return GitHub(
            token,
            base_url=self.access.api_url.rstrip("/") + "/",
            auto_retry=False,
            follow_redirects=False,
            http_cache=False,
            ssl_verify=_authorities(),
            timeout=self._patience.call.total_seconds(),
        )

    @staticmethod
    def _odd(odd: Exception) -> str:
        where = ".".join(map(str, odd.errors()[0]["loc"])) if isinstance(odd, ValidationError) else "no JSON"
        return f"GitHub's answer can't be read ({where})"


def _as_error(refused: Refusal) -> NotSent | MaybeSent:
    return NotSent(refused.words) if refused.never else MaybeSent(refused.words)


@cache
def _authorities() -> SSLContext:
    """Whom TLS trusts here, SSL_CERT_FILE included: read once, as it takes a while."""
    import httpx

    return httpx.create_ssl_context()
