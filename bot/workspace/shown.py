"""What the page shows somebody: only what they may see."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import NamedTuple

from bot.workspace.state import Channel, Json, Message, User
from bot.workspace.switchboard import Switchboard
from bot.workspace.wire import message_object, view_object


class Offer(NamedTuple):
    """An alert that the page has a button for."""

    name: str
    title: str
    about: str


def overview(board: Switchboard, me: User, offers: Sequence[Offer]) -> Json:
    """People, apps, channels, commands, shortcuts and offers."""
    team = board.team
    seen = [channel for channel in team.channels.values() if me.id in channel.members]
    return {
        "me": me.id,
        "users": [_user(user) for user in team.users.values()],
        "apps": [
            {"id": app.id, "bot_id": app.bot_id, "user_id": app.user_id, "name": app.name, "icon": app.icon}
            for app in team.apps.values()
        ],
        "channels": [_channel(channel) for channel in seen],
        "commands": [asdict(each) for app in team.apps.values() for each in app.manifest.commands],
        "shortcuts": [asdict(each) for app in team.apps.values() for each in app.manifest.shortcuts],
        "groups": [{"id": group.id, "handle": group.handle, "name": group.name} for group in team.groups.values()],
        "offers": [offer._asdict() for offer in offers],
    }


def messages(board: Switchboard, channel: Channel, reader: str, thread_ts: str | None) -> Json:
    """A channel's messages without the replies in threads, or one thread's, oldest first."""
    found = channel.thread(thread_ts) if thread_ts else [each for each in channel.messages.values() if _on_top(each)]
    seen = [each for each in found if each.only_for in (None, reader)]
    return {"messages": [_message(board, channel, each) for each in seen]}


def home_and_modals(board: Switchboard, me: User) -> Json:
    """The App Home and the stack of open modals, the top one last."""
    home = board.team.homes.get(me.id)
    stack = board.team.modals.get(me.id, [])
    return {
        "home": view_object(board.team, home) if home else None,
        "modals": [view_object(board.team, view) for view in stack],
    }


def _on_top(message: Message) -> bool:
    return not message.is_reply or message.content.get("subtype") == "thread_broadcast"


def _message(board: Switchboard, channel: Channel, message: Message) -> Json:
    shown = message_object(board.team, channel, message)
    return shown | {"ephemeral": True} if message.only_for else shown


def _user(user: User) -> Json:
    shown: Json = {"id": user.id, "name": user.name, "real_name": user.real_name, "title": user.title}
    return shown | {"guest": user.guest, "approver": user.approver, "is_bot": user.app_id is not None}


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "private": channel.private,
        "im": channel.with_user is not None,
        "archived": channel.archived,
        "members": sorted(channel.members),
        "topic": channel.topic,
        "pins": channel.pins,
        "sessions": channel.sessions,
    }
