"""Socket Mode: up to ten connections an app, each payload to one of them, acknowledged by envelope id."""

import asyncio
import secrets
import time
from dataclasses import dataclass, field

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.workspace.parsing import parsed
from bot.workspace.state import App, Json

MOST_CONNECTIONS = 10
TICKET_SECONDS = 30.0
"""How long an address from `apps.connections.open` may be used, once."""


class NotAcknowledged(Exception):
    """The app didn't acknowledge a payload: too late, not there, or gone in the middle."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(eq=False)
class Connection:
    """One socket and the envelopes it has not acknowledged yet."""

    app_id: str
    socket: WebSocket
    waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    leaving: bool = False
    """Whether it was told that it will be closed."""

    async def send(self, envelope: Json, deadline: float) -> Json:
        """Send an envelope and wait for its acknowledgement."""
        answer: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self.waiting[envelope["envelope_id"]] = answer
        try:
            await self.socket.send_text(orjson.dumps(envelope).decode())
            return await asyncio.wait_for(answer, deadline)
        except TimeoutError:
            raise NotAcknowledged("timeout") from None
        except (RuntimeError, WebSocketDisconnect):
            raise NotAcknowledged("connection_failed") from None
        finally:
            del self.waiting[envelope["envelope_id"]]

    def heard(self, text: str) -> None:
        """Take an acknowledgement; anything else is let go by, as Slack does."""
        try:
            said = parsed(text)
        except ValueError:
            return
        answer = self.waiting.get(str(said.get("envelope_id"))) if isinstance(said, dict) else None
        if answer and not answer.done():
            payload = said.get("payload")
            answer.set_result(payload if isinstance(payload, dict) else {})

    def lost(self) -> None:
        """Fail what will never be acknowledged."""
        for answer in self.waiting.values():
            if not answer.done():
                answer.set_exception(NotAcknowledged("connection_failed"))


class Sockets:
    """All open connections."""

    def __init__(self) -> None:
        self.open: list[Connection] = []
        self._tickets: dict[str, tuple[str, float]] = {}

    def ticket(self, app: App) -> str:
        """What the address of one new connection ends with."""
        now = time.monotonic()
        self._tickets = {key: held for key, held in self._tickets.items() if held[1] > now}
        key = secrets.token_urlsafe(16)
        self._tickets[key] = (app.id, now + TICKET_SECONDS)
        return key

    async def serve(self, socket: WebSocket) -> None:
        """Hold one connection until either side ends it."""
        app_id, expires = self._tickets.pop(socket.path_params["ticket"], ("", 0.0))
        if time.monotonic() > expires or self.count(app_id) >= MOST_CONNECTIONS:
            await socket.close(1008)
            return
        await socket.accept()
        connection = Connection(app_id, socket)
        self.open.append(connection)
        try:
            await socket.send_text(orjson.dumps(self._hello(app_id)).decode())
            async for text in socket.iter_text():
                connection.heard(text)
        except (RuntimeError, WebSocketDisconnect):
            pass
        finally:
            self.open.remove(connection)
            connection.lost()

    def count(self, app_id: str) -> int:
        """How many connections an app has."""
        return sum(connection.app_id == app_id for connection in self.open)

    async def send(self, app_id: str, envelope: Json, deadline: float) -> Json:
        """Send an envelope over the connection whose turn it is. Raises `NotAcknowledged`."""
        connections = [each for each in self.open if each.app_id == app_id]
        if not connections:
            raise NotAcknowledged("no_connection")
        connection = min(connections, key=lambda each: each.leaving)
        self.open.remove(connection)
        self.open.append(connection)
        return await connection.send(envelope, deadline)

    async def refresh(self, grace: float) -> None:
        """Tell every connection to make way for a new one, and close those that are still there after a while."""
        notice = {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "workspace"}}
        leaving = list(self.open)
        for connection in leaving:
            connection.leaving = True
            await connection.socket.send_text(orjson.dumps(notice).decode())
        await asyncio.sleep(grace)
        for connection in leaving:
            if connection in self.open:
                await connection.socket.close(1000)

    def _hello(self, app_id: str) -> Json:
        return {
            "type": "hello",
            "num_connections": self.count(app_id),
            "debug_info": {"host": "workspace", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": app_id},
        }
