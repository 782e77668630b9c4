"""What the page calls, under the session's key. JSON in and out; mistakes are answered in words for people."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.workspace.asked import part_of, place_of, state_of, text_of
from bot.workspace.cast import BOT
from bot.workspace.interactions import Interactions
from bot.workspace.offers import Offers
from bot.workspace.parsing import parsed
from bot.workspace.people import CannotDo, People, composed
from bot.workspace.serving import FileResponse, TooLarge, body, json_response
from bot.workspace.shown import home_and_modals, messages, overview
from bot.workspace.state import Json
from bot.workspace.submissions import Submissions

LARGEST_POST = 200_000
PAGE = Path(__file__).parent / "page"

Doing = Callable[[Json], Awaitable[Json]]


class PageApi:
    """The page's side of the server."""

    def __init__(self, people: People, interactions: Interactions, submissions: Submissions, offers: Offers) -> None:
        self._board, self._people, self._offers = people.board, people, offers
        self._interactions, self._submissions = interactions, submissions

    def routes(self) -> list[BaseRoute]:
        """All addresses below the key."""
        doings: dict[str, Doing] = {
            "act": self.act,
            "close": self.close,
            "delete": self.delete,
            "edit": self.edit,
            "fire": self.fire,
            "home": self.home,
            "react": self.react,
            "say": self.say,
            "shortcut": self.shortcut,
            "stop": self.stop,
            "submit": self.submit,
            "suggest": self.suggest,
        }
        return [
            Route("/state", self._state),
            Route("/messages", self._messages),
            Route("/views", self._views),
            Route("/files/{file_id}/{name}", self._file),
            WebSocketRoute("/live", self._live),
            *(Route(f"/{name}", self._post(doing), methods=["POST"]) for name, doing in doings.items()),
            Mount("/", StaticFiles(directory=PAGE, html=True, check_dir=False)),
        ]

    async def say(self, said: Json) -> Json:
        """Post a message, or run a slash command."""
        text, thread_ts = str(said.get("text") or ""), said.get("thread_ts")
        user, channel = text_of(said, "as"), text_of(said, "channel")
        if not text.startswith("/"):
            text = composed(self._board, text)
            return {"ts": self._people.say(user, channel, text, str(thread_ts) if thread_ts else None)}
        if thread_ts:
            raise CannotDo(f"{text.split()[0]} is not supported in threads. Sorry!")
        await self._interactions.command(user, channel, text)
        return {}

    async def act(self, said: Json) -> Json:
        """Press a button, choose from a menu."""
        state = state_of(said) if "state" in said else None
        await self._interactions.press(text_of(said, "as"), place_of(said), part_of(said, "action"), state)
        return {}

    async def suggest(self, said: Json) -> Json:
        """Search an app's options."""
        return await self._interactions.suggest(text_of(said, "as"), place_of(said), said)

    async def submit(self, said: Json) -> Json:
        """Submit a modal."""
        errors = await self._submissions.submit(text_of(said, "as"), text_of(said, "view_id"), state_of(said))
        return {"errors": errors} if errors else {}

    async def close(self, said: Json) -> Json:
        """Close a modal."""
        self._submissions.close(text_of(said, "as"), text_of(said, "view_id"))
        return {}

    async def home(self, said: Json) -> Json:
        """Open the bot's Home."""
        self._people.open_home(text_of(said, "as"), BOT)
        return {}

    async def shortcut(self, said: Json) -> Json:
        """Use a shortcut."""
        await self._interactions.shortcut(text_of(said, "as"), place_of(said), text_of(said, "callback_id"))
        return {}

    async def react(self, said: Json) -> Json:
        """Add a reaction, or take it back."""
        place = (text_of(said, "channel"), text_of(said, "message_ts"))
        self._people.react(text_of(said, "as"), place, text_of(said, "name"), remove=said.get("remove") is True)
        return {}

    async def edit(self, said: Json) -> Json:
        """Edit one's own message."""
        text = composed(self._board, text_of(said, "text"))
        self._people.edit(text_of(said, "as"), text_of(said, "channel"), text_of(said, "ts"), text)
        return {}

    async def delete(self, said: Json) -> Json:
        """Delete one's own message."""
        self._people.delete(text_of(said, "as"), text_of(said, "channel"), text_of(said, "ts"))
        return {}

    async def stop(self, said: Json) -> Json:
        """Press an agent session's Stop button."""
        self._people.stop_session(text_of(said, "as"), text_of(said, "channel"), text_of(said, "thread_ts"))
        return {}

    async def fire(self, said: Json) -> Json:
        """Fire one of the alerts on offer."""
        return {"ts": await self._offers.fire(text_of(said, "offer"))}

    def _post(self, doing: Doing) -> Callable[[Request], Awaitable[Response]]:
        async def post(request: Request) -> Response:
            try:
                said = parsed(await body(request, LARGEST_POST))
            except (TooLarge, ValueError):
                said = None
            if not isinstance(said, dict):
                return json_response({"error": "That is too large, or not a JSON object."}, 400)
            try:
                return json_response(await doing(said))
            except CannotDo as words:
                return json_response({"error": str(words)}, 409)

        return post

    async def _state(self, request: Request) -> Response:
        return self._look(request, lambda user: overview(self._board, self._people.user(user), self._offers.listed))

    async def _messages(self, request: Request) -> Response:
        channel, thread = request.query_params.get("channel", ""), request.query_params.get("thread_ts")
        return self._look(
            request, lambda user: messages(self._board, self._people.channel(user, channel), user, thread)
        )

    async def _views(self, request: Request) -> Response:
        return self._look(request, lambda user: home_and_modals(self._board, self._people.user(user)))

    def _look(self, request: Request, look: Callable[[str], Json]) -> Response:
        try:
            return json_response(look(request.query_params.get("as", "")))
        except CannotDo as words:
            return json_response({"error": str(words)}, 404)

    async def _file(self, request: Request) -> Response:
        file = self._board.team.files.get(request.path_params["file_id"])
        if file is None or file.body is None:
            return json_response({"error": "That file is no longer there."}, 404)
        return FileResponse(file)

    async def _live(self, socket: WebSocket) -> None:
        try:
            user = self._people.user(socket.query_params.get("as", ""))
        except CannotDo:
            await socket.close(1008)
            return
        await socket.accept()
        line = self._board.live.join(user.id)
        listening = asyncio.create_task(_drained(socket))
        listening.add_done_callback(lambda _: line.push(None))
        try:
            while (news := await line.queue.get()) is not None:
                await socket.send_text(orjson.dumps(news).decode())
            await socket.close(1001)
        except (RuntimeError, WebSocketDisconnect):
            pass
        finally:
            self._board.live.leave(line)
            listening.cancel()


async def _drained(socket: WebSocket) -> None:
    async for _ in socket.iter_text():
        pass
