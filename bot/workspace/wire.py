"""The shapes Slack's objects have on the wire."""

from bot.workspace.state import App, Channel, File, Json, Message, User, View
from bot.workspace.team import Team


def user_object(team: Team, user: User, *, email: bool = False) -> Json:
    """A user as `users.info` shows them; the address only to those who may see it."""
    return {
        "id": user.id,
        "team_id": user.team_id or team.id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deactivated,
        "tz": "Etc/UTC",
        "is_admin": user.admin,
        "is_owner": False,
        "is_restricted": user.guest,
        "is_ultra_restricted": False,
        "is_bot": user.app_id is not None,
        **({"is_stranger": True} if user.team_id else {}),
        "is_app_user": False,
        "updated": 0,
        "profile": {
            "real_name": user.real_name,
            "display_name": user.name,
            "title": user.title,
            **({"api_app_id": user.app_id} if user.app_id else {}),
            **({"email": user.email} if email and not user.app_id else {}),
        },
    }


def channel_object(team: Team, channel: Channel, app: App) -> Json:
    """A conversation as `conversations.info` shows it to an app."""
    if channel.with_user:
        return {"id": channel.id, "is_im": True, "user": channel.with_user, "is_archived": False, "created": 0}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.private,
        "is_archived": channel.archived,
        "is_general": channel.name == "general",
        "is_member": app.user_id in channel.members,
        "is_shared": channel.ext_shared,
        "is_ext_shared": channel.ext_shared,
        "is_org_shared": False,
        "context_team_id": team.id,
        "created": 0,
        "creator": "",
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": len(channel.members),
    }


def message_object(team: Team, channel: Channel, message: Message, *, metadata: bool = False) -> Json:
    """A message as history, events and answers show it."""
    shown: Json = {"type": "message", "team": team.id, **message.content, "ts": message.ts}
    if message.edited:
        shown["edited"] = message.edited
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.is_reply:
        root = channel.messages.get(str(message.thread_ts))
        shown["parent_user_id"] = root.content.get("user", "") if root else ""
    else:
        shown.update(_thread_object(channel, message))
    if message.reactions:
        shown["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
        ]
    if message.files:
        shown["files"] = [file_object(team, team.files[each]) for each in message.files if each in team.files]
    if message.only_for:
        shown["is_ephemeral"] = True
    if metadata and message.metadata:
        shown["metadata"] = message.metadata
    return shown


def _thread_object(channel: Channel, root: Message) -> Json:
    replies = [each for each in channel.thread(root.ts) if each is not root and not each.only_for]
    if not replies:
        return {}
    authors = list(dict.fromkeys(each.content.get("user") or each.content.get("bot_id", "") for each in replies))
    return {
        "thread_ts": root.ts,
        "reply_count": len(replies),
        "reply_users": authors,
        "reply_users_count": len(authors),
        "latest_reply": replies[-1].ts,
    }


def file_object(team: Team, file: File) -> Json:
    """A file as `files.info` and messages show it."""
    suffix = file.name.rpartition(".")[2].lower()
    shares = {
        "private" if team.channels[channel].private else "public": {channel: [{"ts": ts}]}
        for channel, ts in file.shares.items()
        if channel in team.channels
    }
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": MIME_TYPES.get(suffix, "application/octet-stream"),
        "filetype": suffix,
        "pretty_type": suffix.upper(),
        "user": team.apps[file.app_id].user_id or "",
        "size": file.length,
        "mode": "hosted",
        "is_external": False,
        "alt_txt": file.alt_text,
        "url_private": f"{team.origin}/files-pri/{file.id}/{file.name}",
        "shares": shares,
        "channels": list(file.shares),
    }


MIME_TYPES = {
    "csv": "text/csv",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json",
    "md": "text/markdown",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
}


def view_object(team: Team, view: View) -> Json:
    """A view as `views.*` answers and payloads show it."""
    app = team.apps[view.app_id]
    return {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "title": None,
        "submit": None,
        "close": None,
        "clear_on_close": False,
        "notify_on_close": False,
        **view.content,
        "id": view.id,
        "team_id": team.id,
        "app_id": view.app_id,
        "app_installed_team_id": team.id,
        "bot_id": app.bot_id,
        "hash": view.hash,
        "state": {"values": view.state},
        "root_view_id": view.root_id or view.id,
        "previous_view_id": view.previous_id,
    }


def as_app(team: Team, app: App) -> Json:
    """The author of a modern app's own message."""
    profile = {
        "id": app.bot_id,
        "app_id": app.id,
        "user_id": app.user_id,
        "name": app.name,
        "icons": {"emoji": app.icon},
        "deleted": False,
        "updated": 0,
        "team_id": team.id,
    }
    return {"user": app.user_id, "bot_id": app.bot_id, "app_id": app.id, "bot_profile": profile}
