"""One call to Slack that has to be made, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

Body = Mapping[str, Any]
"""Arguments of a Web API method, as plain JSON."""


class Kind(StrEnum):
    """What is to be done in the channel."""

    POST = "post"
    UPLOAD = "upload"
    REACT = "react"
    UNREACT = "unreact"
    EPHEMERAL = "ephemeral"
    SESSION = "session"


@dataclass(frozen=True)
class Parcel:
    """What one key stands for is done once. ``body`` is named as the method's arguments are.

    A message that is kept current carries a ``version`` from 1: a newer body takes the place of the one that waits, and
    edits the message that was sent. ``thread_of`` names the parcel whose message begins the thread.
    """

    key: str
    channel: str
    kind: Kind
    body: Body
    incident_id: str = ""
    version: int = 0
    thread_of: str | None = None
    urgent: bool = False
    content: bytes | None = None
    """Of an upload; None: it is still to be drawn, and holds up nobody meanwhile."""


@dataclass(frozen=True)
class Waiting(Parcel):
    """A parcel whose turn it is, with what is known of it by now. Its body says which thread it belongs into."""

    ts: str | None = None
    """Of the message that is to be edited."""
    tried_at: datetime | None = None
    """Since when it may have arrived without anybody here knowing it."""
    orphaned: bool = False
    """The message that was to begin its thread was refused."""
