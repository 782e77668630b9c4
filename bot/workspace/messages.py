"""Posting, editing, deleting and reacting. Apps hear of it as events, pages as pushes."""

import re
import time

from bot.workspace.kit.walk import with_ids
from bot.workspace.state import Channel, Json, Message
from bot.workspace.switchboard import Switchboard
from bot.workspace.wire import message_object

MENTION = re.compile(r"<@(U[A-Z0-9]+)(?:\|[^>]*)?>")


def post(board: Switchboard, channel: Channel, message: Message) -> Message:
    """Put a message into a channel; only its one reader hears of an ephemeral one."""
    if blocks := message.content.get("blocks"):
        message.content["blocks"] = with_ids(blocks)
    channel.add(message)
    shown = message_object(board.team, channel, message)
    board.live.tell(channel, {"type": "message", "ts": message.ts, "message": shown}, message.only_for)
    if message.only_for:
        return message
    event = {**shown, "channel": channel.id, "event_ts": message.ts, "channel_type": channel.kind}
    if message.files:
        event["subtype"] = "file_share"
    board.announce(channel, event, _subscription(channel))
    _mention(board, channel, event)
    return message


def edit(board: Switchboard, channel: Channel, message: Message, changes: Json) -> None:
    """Replace parts of a message's content; an empty part goes."""
    before = message_object(board.team, channel, message)
    if blocks := changes.get("blocks"):
        changes = {**changes, "blocks": with_ids(blocks)}
    content = {**message.content, **changes}
    message.content = {key: value for key, value in content.items() if value not in (None, []) or key == "text"}
    author = message.content.get("user") or message.content.get("bot_id", "")
    message.edited = {"user": author, "ts": f"{int(time.time())}.000000"}
    _changed(board, channel, message, before)


def refresh(board: Switchboard, channel: Channel, message: Message) -> None:
    """Tell the pages to draw a message anew, for what is no edit of it."""
    shown = message_object(board.team, channel, message)
    board.live.tell(channel, {"type": "message_changed", "ts": message.ts, "message": shown}, message.only_for)


def delete(board: Switchboard, channel: Channel, message: Message) -> None:
    """Take a message away; of one that has replies a tombstone stays."""
    before = message_object(board.team, channel, message)
    if len(channel.thread(message.ts)) > 1 and not message.is_reply:
        message.content = {"user": "USLACKBOT", "subtype": "tombstone", "text": "This message was deleted."}
        message.files.clear()
        message.reactions.clear()
        _changed(board, channel, message, before)
        return
    channel.remove(message)
    board.live.tell(channel, {"type": "message_deleted", "ts": message.ts}, message.only_for)
    if not message.only_for:
        event = {"subtype": "message_deleted", "hidden": True, "deleted_ts": message.ts, "previous_message": before}
        _announce_change(board, channel, event)


def react(board: Switchboard, channel: Channel, message: Message, reaction: tuple[str, str]) -> bool:
    """Add a reaction (name, user); False where it is there already."""
    name, user = reaction
    users = message.reactions.setdefault(name, [])
    if user in users:
        return False
    users.append(user)
    _reacted(board, channel, message, {"type": "reaction_added", "reaction": name, "user": user})
    return True


def unreact(board: Switchboard, channel: Channel, message: Message, reaction: tuple[str, str]) -> bool:
    """Take a reaction (name, user) back; False where it isn't there."""
    name, user = reaction
    users = message.reactions.get(name, [])
    if user not in users:
        return False
    users.remove(user)
    if not users:
        del message.reactions[name]
    _reacted(board, channel, message, {"type": "reaction_removed", "reaction": name, "user": user})
    return True


def join(board: Switchboard, channel: Channel, user: str) -> None:
    """Let a person or an app into a channel."""
    channel.members.add(user)
    kind = "G" if channel.private else "C"
    event = {"type": "member_joined_channel", "user": user, "channel": channel.id, "channel_type": kind}
    event |= {"team": board.team.id, "event_ts": board.team.new_ts()}
    board.announce(channel, event, "member_joined_channel")
    board.live.tell(channel, {"type": "channel"})


def _subscription(channel: Channel) -> str:
    return {"im": "message.im", "group": "message.groups", "channel": "message.channels"}[channel.kind]


def _mention(board: Switchboard, channel: Channel, event: Json) -> None:
    """An app that is mentioned hears `app_mention` as well, except in direct messages."""
    mentioned = set(MENTION.findall(str(event.get("text") or "")))
    for app in board.team.apps.values():
        if app.user_id in mentioned and app.user_id in channel.members and not channel.with_user:
            kept = {key: value for key, value in event.items() if key not in ("subtype", "channel_type")}
            board.announce_to(app, {**kept, "type": "app_mention"}, "app_mention")


def _changed(board: Switchboard, channel: Channel, message: Message, before: Json) -> None:
    refresh(board, channel, message)
    if not message.only_for:
        now = message_object(board.team, channel, message)
        event = {"subtype": "message_changed", "hidden": True, "message": now, "previous_message": before}
        _announce_change(board, channel, event)


def _announce_change(board: Switchboard, channel: Channel, event: Json) -> None:
    ts = board.team.new_ts()
    outer = {"type": "message", "channel": channel.id, "channel_type": channel.kind, "ts": ts, "event_ts": ts}
    board.announce(channel, {**event, **outer}, _subscription(channel))


def _reacted(board: Switchboard, channel: Channel, message: Message, event: Json) -> None:
    shown = message_object(board.team, channel, message).get("reactions", [])
    board.live.tell(channel, {"type": "reactions", "ts": message.ts, "reactions": shown}, message.only_for)
    event |= {
        "item": {"type": "message", "channel": channel.id, "ts": message.ts},
        "item_user": message.content.get("user", ""),
        "event_ts": board.team.new_ts(),
    }
    board.announce(channel, event, event["type"])
