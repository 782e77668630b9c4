"""Who is let in: a bearer token of the right scope; without any tokens set, programs of this machine alone.

A web page in somebody's browser is neither: it can reach this address, but not under our name, nor without its own.
"""

import ipaddress
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.requests import Request

from bot.api.problems import Problem
from bot.api_tokens import ApiToken, Scope

LOCAL = "api:this-machine"
"""Who calls where no tokens are set."""

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
SET_TOKENS = "set SFA_API_TOKENS to name:scope:token and send Authorization: Bearer TOKEN"


class Door:
    """Knows the tokens."""

    def __init__(self, tokens: tuple[ApiToken, ...]) -> None:
        self._tokens = tokens

    def admit(self, request: Request, *scopes: Scope) -> str:
        """Return who calls, for the audit trail; raises `Problem` for whoever may not do this. Admins may all."""
        if not self._tokens:
            _refuse_others(request)
            return LOCAL
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        held = [each for each in self._tokens if kind.lower() == "bearer" and each.opened_by(token.strip())]
        if not held:
            detail = "No such token: send Authorization: Bearer TOKEN with one of SFA_API_TOKENS."
            raise Problem(HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": "Bearer"})
        allowed = {*scopes, Scope.ADMIN}
        if not any(each.scope in allowed for each in held):
            detail = f"The token of {held[0].name} is for {held[0].scope}; this needs {' or '.join(sorted(allowed))}."
            raise Problem(HTTPStatus.FORBIDDEN, detail)
        return f"api:{held[0].name}"

    def admit_to_look(self, request: Request) -> None:
        """Let in programs of this machine as they are, and others with a token to read; raises `Problem`."""
        try:
            _refuse_others(request)
        except Problem:
            self.admit(request, Scope.READ)


def _refuse_others(request: Request) -> None:
    """Refuse other machines, also behind a proxy on this one, and web pages, also those that a name leads here."""
    host = request.headers.get("host", "")
    if request.client is None or not _loopback(request.client.host) or any(n in request.headers for n in FORWARDED):
        raise Problem(HTTPStatus.FORBIDDEN, f"Without tokens only this machine may call: {SET_TOKENS}.")
    if not _loopback(_name(host)):
        raise Problem(HTTPStatus.FORBIDDEN, f"Without tokens this is called 127.0.0.1 or localhost: {SET_TOKENS}.")
    if _of_a_page(request.headers, host):
        raise Problem(HTTPStatus.FORBIDDEN, f"A web page may not do this: {SET_TOKENS}.")


def _of_a_page(headers: Mapping[str, str], host: str) -> bool:
    """Tell whether a browser sends this for a page that isn't ours."""
    origin = headers.get("origin")
    elsewhere = origin is not None and origin != f"http://{host}"
    return elsewhere or headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}


def _name(host: str) -> str:
    """Return a Host header's name without its port; empty where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _loopback(name: str) -> bool:
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
