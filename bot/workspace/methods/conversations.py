"""conversations.*: channels, their members and what was said."""

from bot.workspace import messages
from bot.workspace.methods.call import Call, Method, Refused, moment
from bot.workspace.state import Channel, Json, Message
from bot.workspace.wire import channel_object, message_object

_TYPES = {"channel": "public_channel", "group": "private_channel", "im": "im"}
_SCOPES = {"channel": "channels", "group": "groups", "im": "im"}
_ANY_READ = "channels:read groups:read im:read"
_ANY_HISTORY = "channels:history groups:history im:history"


def list_(call: Call) -> Json:
    """List the conversations an app can see: every public one, and the others that it is in."""
    wanted = call.text("types", "public_channel").replace(" ", "").split(",")
    seen = [channel for channel in call.board.team.channels.values() if _listed(call, channel, wanted)]
    channels, metadata = call.page(seen)
    shown = [channel_object(call.board.team, channel, call.app) for channel in channels]
    return {"channels": shown, "response_metadata": metadata}


def info(call: Call) -> Json:
    """Describe a conversation."""
    channel = call.channel(member=False)
    call.scope(f"{_SCOPES[channel.kind]}:read")
    return {"channel": channel_object(call.board.team, channel, call.app)}


def members(call: Call) -> Json:
    """List who is in a conversation."""
    channel = call.channel(member=False)
    call.scope(f"{_SCOPES[channel.kind]}:read")
    users, metadata = call.page(sorted(channel.members))
    return {"members": users, "response_metadata": metadata}


def history(call: Call) -> Json:
    """Read a channel, newest first, without the replies in its threads."""
    channel = _readable(call)
    found = [each for each in channel.messages.values() if _in_channel(each) and _in_window(call, each)]
    page, metadata = call.page(found[::-1], 999)
    return {"messages": _shown(call, channel, page), "has_more": bool(metadata["next_cursor"]), **_more(metadata)}


def replies(call: Call) -> Json:
    """Read a thread, oldest first, its root at the top of every page."""
    channel = _readable(call)
    call.need("ts")
    root = channel.messages.get(call.text("ts"))
    if root is None or root.only_for:
        raise Refused("thread_not_found")
    thread = [each for each in channel.thread(root.ts) if not each.only_for and each is not root]
    page, metadata = call.page([each for each in thread if _in_window(call, each)])
    return {"messages": _shown(call, channel, [root, *page]), "has_more": bool(metadata["next_cursor"])} | _more(
        metadata
    )


def join(call: Call) -> Json:
    """Enter a public channel."""
    channel = call.channel(member=False)
    if channel.private:
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    if call.app.user_id in channel.members:
        warning = "already_in_channel"
        return {"channel": _object(call, channel), "warning": warning, "response_metadata": {"warnings": [warning]}}
    messages.join(call.board, channel, str(call.app.user_id))
    return {"channel": _object(call, channel)}


def open_(call: Call) -> Json:
    """Open the direct messages with a person."""
    call.need("users")
    user = call.board.team.users.get(call.text("users"))
    if user is None or user.app_id:
        raise Refused("users_not_found" if user is None else "cannot_dm_bot")
    channel = call.board.team.dm(user.id, call.app)
    return {"channel": _object(call, channel) if call.flag("return_im") else {"id": channel.id}}


def _object(call: Call, channel: Channel) -> Json:
    return channel_object(call.board.team, channel, call.app)


def _listed(call: Call, channel: Channel, wanted: list[str]) -> bool:
    visible = not channel.private or call.app.user_id in channel.members
    granted = f"{_SCOPES[channel.kind]}:read" in call.app.manifest.scopes
    kept = not (channel.archived and call.flag("exclude_archived"))
    return visible and granted and kept and _TYPES[channel.kind] in wanted


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.scope(f"{_SCOPES[channel.kind]}:history")
    return channel


def _in_channel(message: Message) -> bool:
    broadcast = message.content.get("subtype") == "thread_broadcast"
    return not message.only_for and (not message.is_reply or broadcast)


def _in_window(call: Call, message: Message) -> bool:
    at, slack = moment(message.ts), 0 if call.flag("inclusive") else 1
    oldest, latest = call.text("oldest"), call.text("latest")
    return (not oldest or at >= moment(oldest) + slack) and (not latest or at <= moment(latest) - slack)


def _shown(call: Call, channel: Channel, page: list[Message]) -> list[Json]:
    with_metadata = call.flag("include_all_metadata") and "metadata.message:read" in call.app.manifest.scopes
    return [message_object(call.board.team, channel, each, metadata=with_metadata) for each in page]


def _more(metadata: Json) -> Json:
    return {"response_metadata": metadata} if metadata["next_cursor"] else {}


METHODS = {
    "conversations.history": Method(history, _ANY_HISTORY),
    "conversations.info": Method(info, _ANY_READ),
    "conversations.join": Method(join, "channels:join"),
    "conversations.list": Method(list_, _ANY_READ),
    "conversations.members": Method(members, _ANY_READ),
    "conversations.open": Method(open_, "im:write"),
    "conversations.replies": Method(replies, _ANY_HISTORY),
}
