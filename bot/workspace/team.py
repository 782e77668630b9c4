"""The whole workspace: in memory, bounded, gone when it ends."""

import time
from dataclasses import dataclass, field
from typing import Any

from bot.workspace.state import App, Channel, File, ResponseUrl, Trigger, User, UserGroup, View, new_id

KEPT_FILES = 200
KEPT_FILE_BYTES = 100_000_000
KEPT_OF_THE_REST = 1_000
"""Trigger ids, response URLs and events that may still be asked for."""


@dataclass
class Team:
    """The whole workspace."""

    users: dict[str, User] = field(default_factory=dict)
    apps: dict[str, App] = field(default_factory=dict)
    groups: dict[str, UserGroup] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    modals: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    id: str = "T0RESPOND"
    domain: str = "responder"
    origin: str = ""
    """Where it is served: scheme, host and port."""
    _last_ts: int = 0

    def new_ts(self) -> str:
        """A time stamp that no other message has."""
        self._last_ts = max(int(time.time() * 1_000_000), self._last_ts + 1)
        seconds, micros = divmod(self._last_ts, 1_000_000)
        return f"{seconds}.{micros:06d}"

    def named(self, name: str) -> Channel | None:
        """A channel by id, or by name with or without its #."""
        named = (each for each in self.channels.values() if each.name == name.removeprefix("#") and not each.with_user)
        return self.channels.get(name) or next(named, None)

    def dm(self, user: str, app: App) -> Channel:
        """The direct messages of a person with an app, begun where there are none yet."""
        for channel in self.channels.values():
            if channel.with_user == user and app.user_id in channel.members:
                return channel
        channel = Channel(new_id("D"), app.name, private=True, members={user, str(app.user_id)}, with_user=user)
        self.channels[channel.id] = channel
        return channel

    def keep_file(self, file: File) -> None:
        """Put a file into the workspace; the oldest make room."""
        self.files[file.id] = file
        trim(self.files, KEPT_FILES)
        while sum(each.length for each in self.files.values()) > KEPT_FILE_BYTES:
            trim(self.files, len(self.files) - 1)

    def open_view(self, view_id: str) -> View | None:
        """A modal or Home somebody has before them."""
        everyones = [view for stack in self.modals.values() for view in stack] + list(self.homes.values())
        return next((view for view in everyones if view.id == view_id), None)


def trim(kept: dict[Any, Any], most: int) -> None:
    """Let go of the oldest beyond ``most``."""
    while len(kept) > most:
        kept.pop(next(iter(kept)))
