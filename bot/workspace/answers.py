"""What an app answers an interaction with: in its acknowledgement, or later through the response URL."""

import time

from bot.workspace import messages
from bot.workspace.cast import SLACKBOT
from bot.workspace.methods.call import Call, Refused
from bot.workspace.methods.chat import content
from bot.workspace.state import Channel, Json, Message, ResponseUrl
from bot.workspace.switchboard import Switchboard
from bot.workspace.wire import as_app


def use(board: Switchboard, key: str, said: Json) -> None:
    """Answer through a response URL; raises `Refused` where it is unknown, old or used up."""
    to = board.team.response_urls.get(key)
    if to is None or time.monotonic() > to.expires:
        raise Refused("expired_url")
    if to.left == 0:
        raise Refused("used_url")
    reply(board, to, said)
    to.left -= 1


def reply(board: Switchboard, to: ResponseUrl, said: Json) -> None:
    """Show an answer: to the one who asked unless it says `in_channel`; or replace or delete the original."""
    channel, app = board.team.channels[to.channel], board.team.apps[to.app_id]
    original = channel.messages.get(to.message_ts or "")
    call = Call(board, app, said)
    if call.flag("delete_original") and original:
        messages.delete(board, channel, original)
        return
    given = content(call)
    if call.flag("replace_original") and original:
        messages.edit(board, channel, original, {"blocks": None, "attachments": None, **given})
        return
    only_for = None if said.get("response_type") == "in_channel" else to.user
    message = Message(
        board.team.new_ts(), {"text": "", **as_app(board.team, app), **given}, call.text("thread_ts") or None
    )
    message.only_for = only_for
    messages.post(board, channel, message)
    to.message_ts = to.message_ts or message.ts


def slackbot(board: Switchboard, channel: Channel, user: str, text: str, thread_ts: str | None = None) -> None:
    """Let Slack itself say something to one person."""
    message = Message(board.team.new_ts(), {"user": SLACKBOT, "text": text}, thread_ts, only_for=user)
    messages.post(board, channel, message)
