"""The stand-in for Slack as one server on a loopback port: Web API, Socket Mode and the page."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Address
from starlette.middleware import Middleware
from starlette.routing import Mount, WebSocketRoute
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from bot.workspace import cast
from bot.workspace.courier import Courier, Pace
from bot.workspace.faults import Faults
from bot.workspace.interactions import Interactions
from bot.workspace.limits import Limits
from bot.workspace.offers import Fire, Offers, edit_as, post_as
from bot.workspace.page_api import PageApi
from bot.workspace.people import People
from bot.workspace.serving import OnlyThisMachine, OnlyThisPage
from bot.workspace.shown import Offer
from bot.workspace.sockets import Sockets
from bot.workspace.state import Channel
from bot.workspace.submissions import Submissions
from bot.workspace.switchboard import Switchboard
from bot.workspace.web_api import WebApi

__all__ = ["Offer", "Workspace"]

GRACE_SECONDS = 2
LOOK_EVERY_SECONDS = 0.005

Found = TypeVar("Found")


class Workspace:
    """A workspace to try the bot in; ``async with`` serves it on 127.0.0.1 and ends it."""

    def __init__(  # noqa: PLR0913 - what there is to choose
        self,
        port: int = 0,
        *,
        offers: Sequence[Offer] = (),
        fire: Fire | None = None,
        faults: Faults | None = None,
        manifest: Mapping[str, Any] | None = None,
        pace: Pace | None = None,
        agent_sessions: bool = True,
    ) -> None:
        self._port = port
        self.key = secrets.token_urlsafe(16)
        self.faults = Faults() if faults is None else faults
        self.team = cast.begin(manifest)
        pace = pace or Pace()
        courier = Courier(Sockets(), self.faults, pace)
        self.board = Switchboard(self.team, courier, Limits(pace.limits), self.faults, agent_sessions=agent_sessions)
        self.people = People(self.board)
        self.interactions = Interactions(self.people)
        self.submissions = Submissions(self.people)
        self.offers = Offers(self.board, offers, fire)
        self._bot = self.team.apps[cast.BOT]

    @property
    def address(self) -> str:
        """The page."""
        return f"{self.team.origin}/w/{self.key}/"

    @property
    def api_url(self) -> str:
        """What `SLACK_API_URL` is to be."""
        return f"{self.team.origin}/api/"

    @property
    def bot_token(self) -> str:
        """What `SLACK_BOT_TOKEN` is to be."""
        return self._bot.bot_token

    @property
    def app_token(self) -> str:
        """What `SLACK_APP_TOKEN` is to be."""
        return self._bot.app_token

    @property
    def signing_secret(self) -> str:
        """What `SLACK_SIGNING_SECRET` is to be in HTTP mode."""
        return self._bot.signing_secret

    def post_to(self, url: str | None) -> None:
        """Deliver to the bot by signed HTTP requests from now on; None: over Socket Mode again."""
        self._bot.request_url = url

    def channel(self, name: str) -> Channel:
        """A channel by id or name."""
        found = self.team.named(name)
        if found is None:
            raise LookupError(f"no channel {name!r}")
        return found

    def post(self, app_id: str, channel: str, **said: Any) -> str:  # noqa: ANN401 - as chat.postMessage
        """Say something as another app (`AALERTM`, `ADATADOG`); the ts."""
        return post_as(self.board, app_id, self.channel(channel), said)

    def edit(self, channel: str, ts: str, **said: Any) -> None:  # noqa: ANN401 - as chat.update
        """Edit what another app said."""
        edit_as(self.board, self.channel(channel), ts, said)

    async def until(self, look: Callable[[], Found | None]) -> Found:
        """Look again and again until there is something to find, and return that."""
        while not (found := look()):  # noqa: ASYNC110 - anything may be waited for, also what tells nobody
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        return found

    async def redeliver(self, event_id: str | None = None, times: int = 1) -> None:
        """Deliver an event again; without an id the latest."""
        await self.board.courier.again(event_id or list(self.board.courier.sent)[-1], times)

    def disconnect(self, *, hard: bool = False) -> None:
        """End every socket: with Slack's warning first, or by cutting the wire."""
        if not hard:
            self.board.spawn(self.board.courier.sockets.refresh(self.board.courier.pace.refresh))
            return
        for connection in list(self.board.courier.sockets.open):
            self._cut_client(connection.socket.client)

    async def __aenter__(self) -> Self:
        listener = socket.create_server(("127.0.0.1", self._port))
        self.team.origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._server = _Server(_config(self._app()))
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.faults.over.set()
        self.board.live.end()
        for task in self.board.tasks:
            task.cancel()
        await asyncio.gather(*self.board.tasks, return_exceptions=True)
        self._server.ended.set()
        await self._serving

    def _app(self) -> Starlette:
        page = PageApi(self.people, self.interactions, self.submissions, self.offers)
        return Starlette(
            routes=[
                *WebApi(self.board, lambda request: self._cut_client(request.client)).routes,
                WebSocketRoute("/socket/{ticket}", self.board.courier.sockets.serve),
                Mount(f"/w/{self.key}", Starlette(routes=page.routes(), middleware=[Middleware(OnlyThisPage)])),
            ],
            middleware=[Middleware(OnlyThisMachine)],
        )

    def _cut_client(self, client: Address | None) -> None:
        """Drop a TCP connection without a word, as a network does."""
        for connection in list(self._server.server_state.connections):
            if isinstance(connection, H11Protocol | WebSocketsSansIOProtocol) and connection.client == (
                client and tuple(client)
            ):
                connection.transport.abort()


class _Server(uvicorn.Server):
    """Leaves the process's signals to whoever owns the process, and ends when told to."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ended = asyncio.Event()

    async def main_loop(self) -> None:
        await self.ended.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="websockets-sansio",
        ws_max_size=1_000_000,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
