"""One message of the thread as plain values: what is drawn is what gets stored, sent and, if need be, simplified."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Block = Mapping[str, Any]
"""Block Kit as plain JSON."""


class Speaker(NamedTuple):
    """Whose name and face a message carries; ``icon`` is an emoji's name such as ``:mag:``."""

    name: str
    icon: str


class Upload(NamedTuple):
    """A picture or the PDF report, posted into the thread after the message it belongs to, once it is drawn.

    ``paint`` takes a while and may raise `PdfFailed`; the name is the only one of its fact.
    """

    name: str
    title: str
    alt: str
    paint: Callable[[], bytes]


class Message(NamedTuple):
    """One message of the thread. ``text`` is always set (≤ 4,000 characters): fallback, notification and plain form."""

    text: str
    blocks: tuple[Block, ...] = ()
    speaker: Speaker | None = None
    """None: the bot itself, as the approval card always is."""
    uploads: tuple[Upload, ...] = ()
    urgent: bool = False
    """May overtake what waits: the approval card, the answer to Stop."""
    elsewhere: bool = False
    """Goes to the channel of incidents instead of the thread, where there is such a channel."""
