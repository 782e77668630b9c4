"""The stand-in for Slack as one server on a loopback port: Web API, Socket Mode and the page."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, WebSocketRoute

from bot.workspace import cast
from bot.workspace.courier import Courier, Pace
from bot.workspace.faults import Faults
from bot.workspace.interactions import Interactions
from bot.workspace.limits import Limits
from bot.workspace.listening import Listener
from bot.workspace.offers import Fire, Offers, edit_as, post_as
from bot.workspace.page_api import PageApi
from bot.workspace.people import People
from bot.workspace.serving import OnlyThisMachine, OnlyThisPage
from bot.workspace.shown import Offer
from bot.workspace.sockets import Sockets
from bot.workspace.state import Channel, new_id
from bot.workspace.submissions import Submissions
from bot.workspace.switchboard import Switchboard
from bot.workspace.web_api import WebApi

__all__ = ["Offer", "Workspace"]

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

    @property
    def connections(self) -> int:
        """How many sockets the bot has open."""
        return self.board.courier.sockets.count(cast.BOT)

    def post_to(self, url: str | None) -> None:
        """Deliver to the bot by signed HTTP requests from now on; None: over Socket Mode again."""
        self._bot.request_url = url

    def channel(self, name: str) -> Channel:
        """A channel by id or name."""
        found = self.team.named(name)
        if found is None:
            raise LookupError(f"no channel {name!r}")
        return found

    def open_channel(self, name: str, *, private: bool = False, members: Sequence[str] = ()) -> Channel:
        """A new channel, of everybody but the guest unless said otherwise."""
        channel = Channel(new_id("C"), name, private=private, members=set(members) or set(cast.TEAM))
        self.team.channels[channel.id] = channel
        return channel

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
            self._listener.cut(connection.socket.client)

    async def __aenter__(self) -> Self:
        self._listener = Listener(self._port)
        self.team.origin = self._listener.origin
        self._listener.start(self._app())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.faults.over.set()
        self.board.live.end()
        for task in self.board.tasks:
            task.cancel()
        await asyncio.gather(*self.board.tasks, return_exceptions=True)
        await self._listener.end()

    def _app(self) -> Starlette:
        page = PageApi(self.people, self.interactions, self.submissions, self.offers)
        return Starlette(
            routes=[
                *WebApi(self.board, lambda request: self._listener.cut(request.client)).routes,
                WebSocketRoute("/socket/{ticket}", self.board.courier.sockets.serve),
                Mount(f"/w/{self.key}", Starlette(routes=page.routes(), middleware=[Middleware(OnlyThisPage)])),
            ],
            middleware=[Middleware(OnlyThisMachine)],
        )
