"""GitHub's refusals in words that say what to do, and whether what was sent certainly had no effect."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from integrations.github.access import Access

if TYPE_CHECKING:
    from githubkit import Response

LONGEST = 200
READS, SENDS = "SFA_GITHUB_TOKEN", "SFA_GITHUB_DISPATCH_TOKEN"


class Refusal(NamedTuple):
    """``never``: it certainly had no effect."""

    words: str
    never: bool


def refusal(response: "Response[Any, Any]", access: Access, *, sending: bool) -> Refusal:
    """Read a refusal. A server's own trouble (5xx, 408) says nothing about whether it had its effect.

    ``sending``: it was said to the token that dispatches, which reads little.
    """
    status, said = response.status_code, _message(response)
    told = f" ({status}: {said})" if said else f" ({status})"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return Refusal(f"GitHub is in trouble{told}", never=False)
    return Refusal(_words(response, access, sending=sending) + told, never=True)


def lost(error: Exception, address: str) -> Refusal:
    """Read an error of the connection: one that was never made carried nothing."""
    import httpx

    never = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.PoolTimeout, httpx.UnsupportedProtocol)
    if isinstance(error, never):
        return Refusal(f"{address} can't be reached ({_brief(str(error)) or type(error).__name__})", never=True)
    return Refusal(f"the connection to GitHub was lost ({type(error).__name__})", never=False)


def _words(response: "Response[Any, Any]", access: Access, *, sending: bool) -> str:
    token = SENDS if sending or access.reading is None else READS
    match response.status_code:
        case HTTPStatus.UNAUTHORIZED:
            return f"GitHub doesn't accept {token}: it is wrong, or it has expired"
        case HTTPStatus.FORBIDDEN | HTTPStatus.TOO_MANY_REQUESTS if _limited(response):
            return "GitHub was asked too often" + _until(response)
        case HTTPStatus.FORBIDDEN:
            need = "Actions: write" if sending else "Actions: read and Deployments: read"
            return f"{token} may not do this: it needs {need} on {access.repository}"
        case HTTPStatus.NOT_FOUND:
            what = f"{access.workflow} on the default branch of {access.repository}" if sending else access.repository
            return f"there is no {what}, or {token} can't see it"
        case HTTPStatus.UNPROCESSABLE_ENTITY:
            return f"{access.workflow} doesn't take what it was given: compare its inputs with docs/rollback.md"
        case status if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            return f"{access.repository} has moved: set its new name"
        case _:
            return "GitHub refuses it"


def _limited(response: "Response[Any, Any]") -> bool:
    limited = response.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in response.headers
    return limited or response.status_code == HTTPStatus.TOO_MANY_REQUESTS


def _until(response: "Response[Any, Any]") -> str:
    wait = response.headers.get("retry-after", "")
    return f"; it wants to be left alone for {wait} seconds" if wait.isdigit() else ""


def _message(response: "Response[Any, Any]") -> str:
    try:
        said = response.json()
    except (ValueError, RecursionError):
        return ""
    return _brief(str(said.get("message", ""))) if isinstance(said, dict) else ""


def _brief(text: str) -> str:
    return " ".join(text.split())[:LONGEST]
