"""One call of a Web API method: who calls, with which arguments, and what it may be refused with."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from bot.workspace.kit.rules import wrong
from bot.workspace.parsing import parsed
from bot.workspace.state import App, Channel, Json, Message
from bot.workspace.switchboard import Switchboard

Item = TypeVar("Item")

_TRUE = ("1", "true", "True", True, 1)
_TS = re.compile(r"\d{1,12}(\.\d{1,6})?")


class Refused(Exception):
    """The call is answered with `ok: false` and this error, in Slack's words."""

    def __init__(self, code: str, *messages: str, **more: Any) -> None:  # noqa: ANN401 - whatever Slack adds
        super().__init__(code)
        self.answer: Json = {"ok": False, "error": code, **more}
        if messages:
            self.answer["response_metadata"] = {"messages": list(messages)}


class Method(NamedTuple):
    """What a method does, and the scopes of which it needs one at least."""

    run: Callable[["Call"], Json]
    scopes: str = ""


@dataclass(frozen=True)
class Call:
    """A call whose token has been checked."""

    board: Switchboard
    app: App
    args: Json

    def need(self, *names: str) -> None:
        """Refuse the call unless it has these arguments."""
        missing = [name for name in names if self.args.get(name) in (None, "")]
        if missing:
            raise Refused("invalid_arguments", *(wrong(f"missing required field: {name}", "") for name in missing))

    def text(self, name: str, default: str = "") -> str:
        """An argument as text."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def flag(self, name: str) -> bool:
        """An argument that is on or off, in any of the ways it is sent."""
        return self.args.get(name) in _TRUE

    def json(self, name: str) -> Any:  # noqa: ANN401 - the caller checks it
        """An argument that is JSON, or JSON as text as a query string and a form carry it."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return parsed(value) if value else None
        except ValueError:
            raise Refused(f"invalid_{name}" if name in ("blocks", "attachments") else "invalid_arguments") from None

    def scope(self, *any_of: str) -> None:
        """Refuse the call unless the app was granted one of these scopes."""
        granted = self.app.manifest.scopes
        if any_of and not granted.intersection(any_of):
            raise Refused("missing_scope", needed=",".join(any_of), provided=",".join(sorted(granted)))

    def channel(self, name: str = "channel", *, member: bool = True) -> Channel:
        """The conversation an argument names; unless it only wants to look, the app must be in it."""
        self.need(name)
        channel = self.board.team.channels.get(self.text(name))
        if channel is None or (channel.private and self.app.user_id not in channel.members):
            raise Refused("channel_not_found")
        if member and self.app.user_id not in channel.members:
            raise Refused("not_in_channel")
        return channel

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """The message an argument names."""
        self.need(name)
        message = channel.messages.get(self.text(name))
        if message is None or message.only_for:
            raise Refused("message_not_found")
        return message

    def page(self, items: Sequence[Item], most: int = 1_000, default: int = 100) -> tuple[list[Item], Json]:
        """The part of a list that is asked for, and the `response_metadata` that leads to the rest."""
        cursor, limit = self.text("cursor", "0") or "0", self.text("limit", str(default)) or str(default)
        if not cursor.isdecimal():
            raise Refused("invalid_cursor")
        if not limit.isdecimal() or not 0 < int(limit) <= most:
            raise Refused("invalid_limit")
        start, end = int(cursor), int(cursor) + int(limit)
        return list(items[start:end]), {"next_cursor": str(end) if end < len(items) else ""}


def moment(ts: str) -> int:
    """A ts as microseconds, to compare by."""
    if not _TS.fullmatch(ts):
        raise Refused("invalid_arguments", wrong("must be a valid timestamp", ""))
    seconds, _, micros = ts.partition(".")
    return int(seconds) * 1_000_000 + int(micros.ljust(6, "0"))
