"""What people do in the workspace: say, edit, delete, react, open the Home. A mistake is told in words for people."""

import re

from bot.workspace import messages
from bot.workspace.state import Channel, Json, Message, User
from bot.workspace.switchboard import Switchboard
from bot.workspace.wire import view_object

LONGEST_SAYING = 12_000
_TOKEN = re.compile(r"<@(?P<user>U[A-Z0-9]+)>|<(?P<url>https?://[^>|]+)>|<#(?P<channel>C[A-Z0-9]+)(?:\|[^>]*)?>")
_URL = r"""https?://[^\s<>|]*[^\s<>|.,;:!?)\]'"]"""


class CannotDo(Exception):
    """Somebody wanted what can't be done; the message says what and why."""


class People:
    """Everything a person does that isn't an interaction with an app."""

    def __init__(self, board: Switchboard) -> None:
        self.board = board

    def user(self, user_id: str) -> User:
        """A person, by id."""
        user = self.board.team.users.get(user_id)
        if user is None or user.app_id:
            raise CannotDo(f"There is no person {user_id!r} in this workspace.")
        return user

    def channel(self, user_id: str, channel_id: str) -> Channel:
        """A channel, by id or name, that a person is in."""
        channel = self.board.team.named(channel_id)
        if channel is None or self.user(user_id).id not in channel.members:
            raise CannotDo(f"There is no channel {channel_id!r} that {self.user(user_id).name} is in.")
        return channel

    def message(self, user_id: str, channel: Channel, ts: str) -> Message:
        """A message a person can see."""
        message = channel.messages.get(ts)
        if message is None or message.only_for not in (None, user_id):
            raise CannotDo("That message is no longer there.")
        return message

    def say(self, user_id: str, channel_id: str, text: str, thread_ts: str | None = None) -> str:
        """Post as a person, in Slack's own markup (`<@U…>`, `&amp;`); the new message's ts."""
        channel = self.channel(user_id, channel_id)
        if channel.archived:
            raise CannotDo("This channel is archived.")
        if not text.strip() or len(text) > LONGEST_SAYING:
            raise CannotDo(f"A message has 1 to {LONGEST_SAYING} characters.")
        if thread_ts and self.message(user_id, channel, thread_ts).is_reply:
            raise CannotDo("Reply to the message that began the thread.")
        content = {
            "user": user_id,
            "text": text,
            "blocks": [_rich_text(text)],
            "client_msg_id": self.board.team.new_ts(),
        }
        message = Message(self.board.team.new_ts(), content, thread_ts or None)
        return messages.post(self.board, channel, message).ts

    def edit(self, user_id: str, channel_id: str, ts: str, text: str) -> None:
        """Edit one's own message."""
        channel, message = self._own(user_id, channel_id, ts)
        if not text.strip() or len(text) > LONGEST_SAYING:
            raise CannotDo(f"A message has 1 to {LONGEST_SAYING} characters.")
        messages.edit(self.board, channel, message, {"text": text, "blocks": [_rich_text(text)]})

    def delete(self, user_id: str, channel_id: str, ts: str) -> None:
        """Delete one's own message."""
        messages.delete(self.board, *self._own(user_id, channel_id, ts))

    def react(self, user_id: str, place: tuple[str, str], name: str, *, remove: bool = False) -> None:
        """React to the message at ``place`` (channel, ts), or take it back."""
        channel = self.channel(user_id, place[0])
        message = self.message(user_id, channel, place[1])
        if not re.fullmatch(r"[a-z0-9_+'-]{1,100}", name) or message.only_for:
            raise CannotDo("That reaction can't be added here.")
        (messages.unreact if remove else messages.react)(self.board, channel, message, (name, user_id))

    def open_home(self, user_id: str, app_id: str) -> None:
        """Open an app's Home tab."""
        app = self.board.team.apps[app_id]
        channel = self.board.team.dm(self.user(user_id).id, app)
        event: Json = {"type": "app_home_opened", "user": user_id, "channel": channel.id, "tab": "home"}
        event["event_ts"] = self.board.team.new_ts()
        if home := self.board.team.homes.get(user_id):
            event["view"] = view_object(self.board.team, home)
        self.board.announce_to(app, event, "app_home_opened")

    def invite(self, user_id: str, channel_id: str, guest_id: str) -> None:
        """Bring somebody, or an app by its user id, into a channel one is in."""
        if guest_id not in self.board.team.users:
            raise CannotDo(f"There is nobody {guest_id!r} in this workspace.")
        messages.join(self.board, self.channel(user_id, channel_id), guest_id)

    def stop_session(self, user_id: str, channel_id: str, thread_ts: str) -> None:
        """Press the Stop button that Slack shows while an agent is `processing`."""
        channel = self.channel(user_id, channel_id)
        if channel.sessions.get(thread_ts) != "processing":
            raise CannotDo("No agent is at work in this thread.")
        event: Json = {"type": "agent_session_stopped", "user": user_id, "channel": channel.id, "thread_ts": thread_ts}
        event |= {"streaming_message_ts": [], "event_ts": self.board.team.new_ts()}
        self.board.announce(channel, event, "agent_session_stopped")

    def _own(self, user_id: str, channel_id: str, ts: str) -> tuple[Channel, Message]:
        channel = self.channel(user_id, channel_id)
        message = self.message(user_id, channel, ts)
        if message.content.get("user") != user_id:
            raise CannotDo("Only its author can change a message.")
        return channel, message


def composed(board: Switchboard, typed: str) -> str:
    """What somebody typed, as Slack's composer sends it: escaped; addresses, @names and #channels linked."""
    tokens = _tokens(board)
    names = "|".join(re.escape(name) for name in sorted(tokens, key=len, reverse=True))
    text, at = "", 0
    for found in re.finditer(rf"{_URL}|(?<!\w)(?:{names})(?!\w)", typed, re.IGNORECASE):
        text += _escaped(typed[at : found.start()])
        text += tokens.get(found[0].lower()) or f"<{_escaped(found[0])}>"
        at = found.end()
    return text + _escaped(typed[at:])


def _tokens(board: Switchboard) -> dict[str, str]:
    users = board.team.users.values()
    tokens = {f"@{name}".lower(): f"<@{user.id}>" for user in users for name in (user.name, user.real_name)}
    public = (channel for channel in board.team.channels.values() if not channel.private)
    return tokens | {f"#{channel.name}": f"<#{channel.id}|{channel.name}>" for channel in public}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _rich_text(text: str) -> Json:
    """The block that Slack adds to what people write."""
    found: list[Json] = []
    at = 0
    for token in _TOKEN.finditer(text):
        found += _run(text[at : token.start()])
        kind = str(token.lastgroup)
        found.append({"type": "link" if kind == "url" else kind, "url" if kind == "url" else f"{kind}_id": token[kind]})
        at = token.end()
    found += _run(text[at:])
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": found}]}


def _run(text: str) -> list[Json]:
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return [{"type": "text", "text": plain}] if plain else []
