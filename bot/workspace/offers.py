"""Posts of other apps: alerts fired from the page, and whatever a test wants Datadog or Alertmanager to say."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bot.workspace import messages
from bot.workspace.methods.call import Call, Refused
from bot.workspace.methods.chat import content
from bot.workspace.people import CannotDo
from bot.workspace.shown import Offer
from bot.workspace.state import Channel, Json, Message
from bot.workspace.switchboard import Switchboard
from bot.workspace.wire import as_app

Fire = Callable[[str], Awaitable[Mapping[str, Any]]]

ALERTMANAGER, ALERTS = "AALERTM", "C0ALERTS"


class Offers:
    """The alerts on offer, and how to fire one."""

    def __init__(self, board: Switchboard, listed: Sequence[Offer], fire: Fire | None) -> None:
        self._board = board
        self.listed = tuple(listed)
        self._fire = fire

    async def fire(self, name: str) -> str:
        """Post the payload of an offer into #alerts as Alertmanager; its ts."""
        if self._fire is None or name not in {offer.name for offer in self.listed}:
            raise CannotDo(f"There is no alert {name!r} to fire.")
        said = dict(await self._fire(name))
        try:
            return post_as(self._board, ALERTMANAGER, self._board.team.channels[ALERTS], said)
        except Refused as refused:
            raise CannotDo(f"Slack would not take this alert: {refused}.") from None


def post_as(board: Switchboard, app_id: str, channel: Channel, said: Json) -> str:
    """Post as another app, given what `chat.postMessage` takes; the ts. An incoming webhook's is a `bot_message`."""
    app = board.team.apps[app_id]
    given = content(Call(board, app, said))
    if app.user_id:
        author = as_app(board.team, app)
    else:
        author = {"subtype": "bot_message", "bot_id": app.bot_id, "username": app.name, "icons": {"emoji": app.icon}}
    message = Message(board.team.new_ts(), {"text": "", **author, **given}, said.get("thread_ts"))
    return messages.post(board, channel, message).ts


def edit_as(board: Switchboard, channel: Channel, ts: str, said: Json) -> None:
    """Edit another app's message, as alert senders do when an alert changes."""
    app = next(iter(board.team.apps.values()))
    messages.edit(board, channel, channel.messages[ts], content(Call(board, app, said)))
