"""Slack's side of HTTP for apps: the Web API, step two of an upload, private files and response URLs."""

import asyncio
from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.workspace import answers
from bot.workspace.faults import Fault
from bot.workspace.methods import METHODS, Call, Refused
from bot.workspace.methods.files import LARGEST_FILE
from bot.workspace.parsing import parsed
from bot.workspace.serving import FileResponse, TooLarge, body, json_response
from bot.workspace.state import App, Json
from bot.workspace.switchboard import Switchboard

LARGEST_CALL = 1_000_000
_APP_LEVEL = {"apps.connections.open", "auth.test"}


class WebApi:
    """What apps call."""

    def __init__(self, board: Switchboard, cut: Callable[[Request], None]) -> None:
        self._board = board
        self._cut = cut
        self.routes = [
            Route("/api/{method}", self.call, methods=["GET", "POST"]),
            Route("/upload/{key}", self.upload, methods=["POST"]),
            Route("/files-pri/{file_id}/{name}", self.download),
            Route("/response/{key}", self.respond, methods=["POST"]),
        ]

    async def call(self, request: Request) -> Response:
        """Answer one call of a Web API method."""
        method = request.path_params["method"]
        try:
            args = await _arguments(request)
        except TooLarge:
            return json_response({"ok": False, "error": "request_too_large"}, 413)
        except Refused as refused:
            return json_response(refused.answer)
        fault = self._board.faults.take(method)
        if fault and (answer := await self._instead(request, fault)):
            return answer
        answer = self._answer(request, method, args)
        return await self._after(request, fault, answer)

    async def upload(self, request: Request) -> Response:
        """Take the bytes of a file that was announced."""
        fault = self._board.faults.take("upload")
        file = next(
            (each for each in self._board.team.files.values() if each.upload_key == request.path_params["key"]), None
        )
        if fault and (answer := await self._instead(request, fault)):
            return answer
        try:
            sent = await body(request, LARGEST_FILE)
        except TooLarge:
            return PlainTextResponse("too large", 413)
        if file is None or file.body is not None or len(sent) != file.length:
            return PlainTextResponse("the length is not what was announced" if file else "no such upload", 400)
        file.body = sent
        return await self._after(request, fault, PlainTextResponse(f"OK - {len(sent)}"))

    async def download(self, request: Request) -> Response:
        """Give an app a file's bytes, for its token."""
        file = self._board.team.files.get(request.path_params["file_id"])
        if self._app(request, {}) is None or file is None or file.body is None:
            return PlainTextResponse("not found", 404)
        return FileResponse(file)

    async def respond(self, request: Request) -> Response:
        """Take an answer through a response URL."""
        fault = self._board.faults.take("response_url")
        if fault and (answer := await self._instead(request, fault)):
            return answer
        try:
            said = parsed(await body(request, LARGEST_CALL))
            answers.use(self._board, request.path_params["key"], said if isinstance(said, dict) else {})
        except Refused as refused:
            gone = refused.answer["error"] in ("expired_url", "used_url")
            return json_response(refused.answer, 404 if gone else 400)
        except (TooLarge, ValueError):
            return json_response({"ok": False, "error": "invalid_payload"}, 400)
        return await self._after(request, fault, PlainTextResponse("ok"))

    def _answer(self, request: Request, method: str, args: Json) -> Response:
        found = METHODS.get(method)
        if found is None:
            return json_response({"ok": False, "error": "unknown_method", "req_method": method})
        try:
            app = self._authorised(request, method, args)
            call = Call(self._board, app, args)
            channel = self._board.team.named(call.text("channel"))
            if wait := self._board.limits.take(app.id, method, channel.id if channel else ""):
                return json_response({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(wait)})
            call.scope(*found.scopes.split())
            answer = json_response({"ok": True, **found.run(call)})
        except Refused as refused:
            return json_response(refused.answer)
        answer.headers["X-OAuth-Scopes"] = ",".join(sorted(app.manifest.scopes))
        return answer

    def _authorised(self, request: Request, method: str, args: Json) -> App:
        app = self._app(request, args)
        if app is None:
            raise Refused("invalid_auth" if _token(request, args) else "not_authed")
        args["token"] = _token(request, args)
        if (args["token"] == app.app_token) != (method == "apps.connections.open") and method != "auth.test":
            raise Refused("not_allowed_token_type")
        return app

    def _app(self, request: Request, args: Json) -> App | None:
        token = _token(request, args)
        return next(
            (app for app in self._board.team.apps.values() if token and token in (app.bot_token, app.app_token)), None
        )

    async def _instead(self, request: Request, fault: Fault) -> Response | None:
        """A fault that comes before the call is done, if it is one."""
        match fault.kind:
            case "429":
                answer: Json = {"ok": False, "error": "ratelimited"}
                return json_response(answer, 429, {"Retry-After": str(fault.retry_after)})
            case "500":
                return json_response({"ok": False, "error": "internal_error"}, 500)
            case "error":
                return json_response({"ok": False, "error": fault.code})
            case "hang":
                await self._hang(request)
                return PlainTextResponse("", 504)
            case _:
                return None

    async def _after(self, request: Request, fault: Fault | None, answer: Response) -> Response:
        """A fault that comes when the call is done: its answer gets lost."""
        if fault and fault.kind == "lost":
            await self._hang(request)
        if fault and fault.kind == "cut":
            self._cut(request)
        return answer

    async def _hang(self, request: Request) -> None:
        """Leave the caller waiting until it gives up, or the workspace ends."""
        ends = {asyncio.create_task(_gone(request)), asyncio.create_task(_wait(self._board.faults.over))}
        _, pending = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


async def _arguments(request: Request) -> Json:
    """A call's arguments: from the query string, and from a form or JSON body."""
    args: Json = dict(request.query_params)
    sent = await body(request, LARGEST_CALL)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if content_type == "application/json" and sent:
        try:
            said = parsed(sent)
        except ValueError:
            raise Refused("invalid_json") from None
        if not isinstance(said, dict):
            raise Refused("json_not_object")
        return args | said
    if content_type == "application/x-www-form-urlencoded":
        try:
            return args | dict(parse_qsl(sent.decode(), keep_blank_values=True, max_num_fields=100))
        except ValueError:
            raise Refused("invalid_form_data") from None
    return args


def _token(request: Request, args: Json) -> str:
    bearer = request.headers.get("authorization", "")
    return bearer.removeprefix("Bearer ").strip() if bearer.startswith("Bearer ") else str(args.get("token") or "")
