"""What a workspace holds: people, apps, channels, messages, files, views."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from bot.workspace.manifest import Manifest

Json = dict[str, Any]

KEPT_MESSAGES = 2_000
"""Of a channel. The oldest go first, as on Slack's free plan."""


@dataclass
class User:
    """A person, or the face of an app (then `app_id` is set)."""

    id: str
    name: str
    real_name: str
    title: str = ""
    guest: bool = False
    admin: bool = False
    approver: bool = False
    app_id: str | None = None
    deactivated: bool = False
    team_id: str | None = None
    """Of somebody of another workspace, who is in a shared channel here."""
    deploys_as: tuple[str, ...] = ()
    """Names under which made-up changes were deployed by them."""

    @property
    def email(self) -> str:
        """The address a look-up by e-mail finds them under."""
        return f"{self.name}@example.com"


@dataclass
class App:
    """An installed app. One without a `user_id` is an incoming webhook, whose posts are `bot_message` events."""

    id: str
    name: str
    bot_id: str
    icon: str
    user_id: str | None = None
    bot_token: str = ""
    app_token: str = ""
    signing_secret: str = ""
    manifest: Manifest = field(default_factory=Manifest)
    request_url: str | None = None
    """Where its payloads are posted to, signed; None: Socket Mode."""


@dataclass
class UserGroup:
    """A user group, as in @oncall."""

    id: str
    handle: str
    name: str
    members: list[str]


@dataclass(eq=False)
class Message:
    """One message. `content` is what its author gave: text, blocks, attachments, and who it shows as author."""

    ts: str
    content: Json
    thread_ts: str | None = None
    metadata: Json | None = None
    edited: Json | None = None
    only_for: str | None = None
    """An ephemeral message's one reader."""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread without having begun it."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass
class Channel:
    """A channel or, with `with_user`, the direct messages of a person with an app."""

    id: str
    name: str
    private: bool = False
    topic: str = ""
    members: set[str] = field(default_factory=set)
    with_user: str | None = None
    archived: bool = False
    ext_shared: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    replies: dict[str, list[Message]] = field(default_factory=dict)
    """Of each thread, by its root's ts."""
    pins: list[str] = field(default_factory=list)
    sessions: dict[str, str] = field(default_factory=dict)
    """Agent sessions: the thread's ts and the status it was given."""

    @property
    def kind(self) -> str:
        """What an event calls this kind of conversation."""
        return "im" if self.with_user else "group" if self.private else "channel"

    def thread(self, ts: str) -> list[Message]:
        """A thread's root, where it is still there, and its replies, oldest first."""
        root = self.messages.get(ts)
        return [*([root] if root else []), *self.replies.get(ts, [])]

    def add(self, message: Message) -> None:
        """Put a message in; the oldest makes room."""
        self.messages[message.ts] = message
        if message.is_reply:
            self.replies.setdefault(str(message.thread_ts), []).append(message)
        if len(self.messages) > KEPT_MESSAGES:
            self.remove(next(iter(self.messages.values())))

    def remove(self, message: Message) -> None:
        """Take a message out."""
        del self.messages[message.ts]
        if message.is_reply:
            self.replies[str(message.thread_ts)].remove(message)
        if not self.replies.get(str(message.thread_ts)):
            self.replies.pop(str(message.thread_ts), None)


@dataclass
class File:
    """An uploaded file, or one that is only announced (then `body` is None)."""

    id: str
    name: str
    title: str
    length: int
    app_id: str
    upload_key: str
    alt_text: str = ""
    body: bytes | None = None
    shares: dict[str, str] = field(default_factory=dict)
    """Channel → ts of the message that shows it. Empty until sharing is through."""
    created: int = field(default_factory=lambda: int(time.time()))


@dataclass
class View:
    """A modal or an App Home, as one person sees it."""

    id: str
    user: str
    app_id: str
    content: Json
    hash: str
    state: Json = field(default_factory=dict)
    root_id: str | None = None
    previous_id: str | None = None

    @property
    def external_id(self) -> str:
        """The app's own name for it, or nothing."""
        return str(self.content.get("external_id") or "")


@dataclass
class Trigger:
    """The right to open a modal for a person: once, and within three seconds."""

    user: str
    app_id: str
    expires: float
    used: bool = False


@dataclass
class ResponseUrl:
    """The right to answer an interaction: five times, and within thirty minutes."""

    app_id: str
    user: str
    channel: str
    expires: float
    message_ts: str | None = None
    left: int = 5


def new_id(prefix: str) -> str:
    """An id as Slack writes them: a letter for the kind, then capitals and digits."""
    return prefix + secrets.token_hex(5).upper()
