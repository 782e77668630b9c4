"""chat.*: messages."""

from typing import Any

import orjson

from bot.workspace import messages
from bot.workspace.kit.check import check_blocks
from bot.workspace.kit.walk import markdown_length
from bot.workspace.methods.call import Call, Method, Refused
from bot.workspace.state import Channel, Json, Message
from bot.workspace.wire import as_app, message_object

LONGEST_TEXT = 40_000
LONGEST_UPDATE = 4_000
LONGEST_MARKDOWN = 12_000
MOST_ATTACHMENTS = 100
LARGEST_METADATA = 16_000


def post_message(call: Call) -> Json:
    """Post, as the app itself or under a name and icon of its own choosing."""
    channel = _addressed(call)
    said = {"text": "", **_author(call), **content(call, LONGEST_TEXT)}
    message = Message(call.board.team.new_ts(), said, _thread(call, channel), _metadata(call))
    if call.flag("reply_broadcast") and message.is_reply:
        message.content["subtype"] = "thread_broadcast"
    messages.post(call.board, channel, message)
    shown = message_object(call.board.team, channel, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def post_ephemeral(call: Call) -> Json:
    """Post to one person of a channel."""
    call.need("user")
    channel = _addressed(call)
    if call.text("user") not in channel.members:
        raise Refused("user_not_in_channel")
    said = {"text": "", **_author(call), **content(call, LONGEST_TEXT)}
    message = Message(call.board.team.new_ts(), said, _thread(call, channel), only_for=call.text("user"))
    messages.post(call.board, channel, message)
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    """Edit one of the app's own messages; blocks and attachments that aren't given stay."""
    channel = call.channel()
    message = call.message(channel)
    if message.content.get("app_id") != call.app.id or message.files:
        raise Refused("cant_update_message")
    changes = content(call, LONGEST_UPDATE)
    if (metadata := _metadata(call)) is not None:
        message.metadata = metadata
    messages.edit(call.board, channel, message, changes)
    shown = message_object(call.board.team, channel, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.content.get("text", ""), "message": shown}


def delete(call: Call) -> Json:
    """Take back one of the app's own messages."""
    channel = call.channel()
    message = call.message(channel)
    if message.content.get("app_id") != call.app.id:
        raise Refused("cant_delete_message")
    messages.delete(call.board, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    """The address of a message; the page opens it."""
    channel = call.channel(member=False)
    message = call.message(channel, "message_ts")
    link = f"{call.board.team.origin}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _addressed(call: Call) -> Channel:
    """The channel to post into: by id, by name, or a person's direct messages."""
    call.need("channel")
    team, wanted = call.board.team, call.text("channel")
    if wanted in team.users:
        wanted = team.dm(wanted, call.app).id
    named = team.named(wanted)
    channel = Call(call.board, call.app, {"channel": named.id if named else wanted}).channel()
    if channel.archived:
        raise Refused("is_archived")
    return channel


def _thread(call: Call, channel: Channel) -> str | None:
    ts = call.text("thread_ts")
    if not ts:
        return None
    root = channel.messages.get(ts)
    if root is None or root.only_for:
        raise Refused("thread_not_found")
    return root.thread_ts or ts


def _author(call: Call) -> Json:
    app = call.app
    chosen = {name: call.text(name) for name in ("username", "icon_emoji", "icon_url") if call.args.get(name)}
    if not chosen:
        return as_app(call.board.team, app)
    call.scope("chat:write.customize")
    icon = {"emoji": chosen["icon_emoji"]} if "icon_emoji" in chosen else {}
    icon |= {"image_48": chosen["icon_url"]} if "icon_url" in chosen and not icon else {}
    who = {"subtype": "bot_message", "username": chosen.get("username", app.name), "icons": icon or {"emoji": app.icon}}
    return {**who, "bot_id": app.bot_id, "app_id": app.id}


def content(call: Call, longest: int = LONGEST_TEXT) -> Json:
    """A message's text, blocks and attachments, checked. Only what was given."""
    given: Json = {name: call.json(name) for name in ("blocks", "attachments") if call.args.get(name) is not None}
    if call.args.get("text") is not None:
        given["text"] = call.text("text")
    if markdown := call.text("markdown_text"):
        given |= {"blocks": [{"type": "markdown", "text": markdown}], "text": markdown}
        longest = LONGEST_MARKDOWN
    if not any(given.values()) and given.keys() <= {"text"}:
        raise Refused("no_text")
    if len(given.get("text", "")) > longest:
        raise Refused("msg_too_long")
    _check(given)
    return given


def _check(content: Json) -> None:
    blocks, attachments = content.get("blocks") or [], content.get("attachments") or []
    if found := check_blocks(blocks, "message"):
        raise Refused("invalid_blocks", *found)
    if markdown_length(blocks) > LONGEST_MARKDOWN:
        raise Refused("msg_blocks_too_long")
    if not isinstance(attachments, list) or not all(isinstance(each, dict) for each in attachments):
        raise Refused("invalid_attachments")
    if len(attachments) > MOST_ATTACHMENTS:
        raise Refused("too_many_attachments")
    for index, each in enumerate(attachments):
        if found := check_blocks(each.get("blocks") or [], "message", f"/attachments/{index}/blocks"):
            raise Refused("invalid_attachments", *found)


def _metadata(call: Call) -> Json | None:
    metadata: Any = call.json("metadata")
    if metadata is None:
        return None
    named = isinstance(metadata, dict) and isinstance(metadata.get("event_type"), str)
    if not named or not isinstance(metadata.get("event_payload"), dict):
        raise Refused("invalid_metadata_format")
    if len(orjson.dumps(metadata)) > LARGEST_METADATA:
        raise Refused("metadata_too_large")
    return dict(metadata)


METHODS = {
    "chat.delete": Method(delete, "chat:write"),
    "chat.getPermalink": Method(get_permalink),
    "chat.postEphemeral": Method(post_ephemeral, "chat:write"),
    "chat.postMessage": Method(post_message, "chat:write"),
    "chat.update": Method(update, "chat:write"),
}
