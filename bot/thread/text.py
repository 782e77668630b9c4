"""Untrusted text made fit for Slack: visible, bounded, escaped; and people by id only where it is one."""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from bot.report.escape import INVISIBLE, visible
from incident.catalog import USER

TEXT = 4000
"""Characters of a message's `text`, which also have to be enough for its plain form."""
PIECE = 2500
"""Characters of one block: Slack folds longer ones away."""
MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
"""Whom a message addresses, in Slack's notation."""
PERSON = re.compile(USER)
GROUP = re.compile(r"S[A-Z0-9]{2,20}")
CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")
BREAKS = ("\n\n", "\n", ". ", " ")
"""Where a long text is parted, the best place first."""


def escaped(text: str) -> str:
    """Return the text for Slack's `text`, in which nothing of it is a mention, a link or a command."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clean(raw: str) -> str:
    """Return the text with its lines, and every character that hides or turns text around spelled out."""
    lines = raw.replace("\r\n", "\n").replace("\t", "    ")
    if lines.isascii() and lines.replace("\n", "").isprintable():
        return lines
    return "".join(_shown(char) for char in lines)


def _shown(char: str) -> str:
    hidden = char != "\n" and unicodedata.category(char) in INVISIBLE
    return f"[U+{ord(char):04X}]" if hidden else char


def fit(raw: str, limit: int) -> str:
    """Return one line of at most ``limit`` characters, for labels: what it names is said in full elsewhere."""
    line = visible(raw) or "(no text)"
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def label(text: str) -> Mapping[str, object]:
    """Return words that mean nothing to Slack, for titles, buttons and fields."""
    return {"type": "plain_text", "text": text, "emoji": False}


def weight(text: str) -> int:
    """Return how many characters a text takes in Slack's `text`."""
    return len(escaped(text))


def pieces(text: str, limit: int = PIECE) -> Iterator[str]:
    """Part a text where it reads best, each piece of at most ``limit`` characters as Slack counts; nothing is lost."""
    rest = text
    while weight(rest) > limit:
        end = _end(rest, limit)
        yield rest[:end].rstrip()
        rest = rest[end:].lstrip()
    if rest.strip():
        yield rest.rstrip()


def _end(text: str, limit: int) -> int:
    """Return where the first piece ends: at the last good break in its second half, else where it is full."""
    full = limit
    while weight(text[:full]) > limit:
        full -= max((weight(text[:full]) - limit) // 5, 1)
    found = ((at, mark) for mark in BREAKS if (at := text.rfind(mark, full // 2, full)) > 0)
    return next((at + len(mark) for at, mark in found), full)
