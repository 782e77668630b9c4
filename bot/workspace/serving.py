"""What both sides of the server need: bodies that are bounded, JSON, files, and who may call at all."""

import re
from collections.abc import Mapping
from urllib.parse import quote

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.workspace.state import File, Json
from bot.workspace.wire import MIME_TYPES

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; object-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
FILE_CSP = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
_OURS = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?")
_INLINE = {"application/pdf", "image/gif", "image/jpeg", "image/png", "image/svg+xml", "text/plain"}


class TooLarge(Exception):
    """A body is larger than it may be."""


async def body(request: Request, most: int) -> bytes:
    """A request's body; raises `TooLarge` without reading on."""
    sent = bytearray()
    async for chunk in request.stream():
        sent += chunk
        if len(sent) > most:
            raise TooLarge
    return bytes(sent)


def json_response(answer: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON."""
    return Response(orjson.dumps(answer), status, dict(headers or {}), "application/json; charset=utf-8")


class FileResponse(Response):
    """A file's bytes: shown in the browser where that is harmless, else saved."""

    def __init__(self, file: File) -> None:
        kind = MIME_TYPES.get(file.name.rpartition(".")[2].lower(), "application/octet-stream")
        shown = kind in _INLINE or kind.startswith("text/")
        kind = "text/plain" if kind.startswith("text/") else kind
        way = "inline" if shown else "attachment"
        headers = {
            "Content-Disposition": f"{way}; filename*=UTF-8''{quote(file.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": FILE_CSP,
            "Cache-Control": "no-store",
        }
        super().__init__(file.body or b"", 200, headers, kind)


class OnlyThisMachine:
    """Lets nobody in who calls this server by another name (DNS rebinding)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] in ("http", "websocket") and not _OURS.fullmatch(_header(scope, b"host")):
            await _refuse(scope, receive, send)
            return
        await self._app(scope, receive, send)


class OnlyThisPage:
    """Lets only the workspace's own page change or stream anything, in JSON; its answers carry a strict CSP."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        changes = scope["type"] == "websocket" or scope.get("method") == "POST"
        if changes and _header(scope, b"origin") != f"http://{_header(scope, b'host')}":
            await _refuse(scope, receive, send)
            return
        if scope.get("method") == "POST" and not _header(scope, b"content-type").startswith("application/json"):
            await PlainTextResponse("only JSON is taken", 415)(scope, receive, send)
            return
        await self._app(scope, receive, _guarded(send))


def _guarded(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name for name, _ in message["headers"]}
            for name, value in _HEADERS.items():
                if name not in given:
                    message["headers"].append((name, value))
        await send(message)

    return guarded


_HEADERS = {
    b"content-security-policy": CSP.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
}


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
    else:
        await PlainTextResponse("this workspace answers its own page only", 403)(scope, receive, send)
