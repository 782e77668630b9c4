"""reactions.* and pins.*."""

import re

from bot.workspace import messages
from bot.workspace.methods.call import Call, Method, Refused
from bot.workspace.state import Channel, Json, Message
from bot.workspace.wire import message_object

NAME = re.compile(r"[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?")
MOST_REACTIONS = 23
"""Kinds of reaction on one message."""


def add(call: Call) -> Json:
    """React to a message."""
    channel, message, name = _named(call)
    if channel.archived:
        raise Refused("is_archived")
    if message.content.get("subtype") == "tombstone":
        raise Refused("not_reactable")
    if name not in message.reactions and len(message.reactions) >= MOST_REACTIONS:
        raise Refused("too_many_emoji")
    if not messages.react(call.board, channel, message, (name, str(call.app.user_id))):
        raise Refused("already_reacted")
    return {}


def remove(call: Call) -> Json:
    """Take a reaction back."""
    channel, message, name = _named(call)
    if not messages.unreact(call.board, channel, message, (name, str(call.app.user_id))):
        raise Refused("no_reaction")
    return {}


def get(call: Call) -> Json:
    """Show a message with its reactions."""
    channel = call.channel()
    message = call.message(channel, "timestamp")
    shown = message_object(call.board.team, channel, message)
    return {"type": "message", "channel": channel.id, "message": shown}


def pin(call: Call) -> Json:
    """Pin a message to its channel."""
    channel = call.channel()
    message = call.message(channel, "timestamp")
    if message.ts in channel.pins:
        raise Refused("already_pinned")
    channel.pins.append(message.ts)
    call.board.live.tell(channel, {"type": "channel"})
    return {}


def _named(call: Call) -> tuple[Channel, Message, str]:
    call.need("name")
    if not NAME.fullmatch(call.text("name")):
        raise Refused("invalid_name")
    channel = call.channel()
    return channel, call.message(channel, "timestamp"), call.text("name")


METHODS = {
    "pins.add": Method(pin, "pins:write"),
    "reactions.add": Method(add, "reactions:write"),
    "reactions.get": Method(get, "reactions:read"),
    "reactions.remove": Method(remove, "reactions:write"),
}
