"""Slack's way of writing undone: what a person would read, without characters that hide or reorder it."""

import re
from unicodedata import category

LONGEST = 20_000
"""Slack's own limit is 40,000 a message; an alert says what matters long before."""
TOKEN = re.compile(r"<([^<>\n]{1,3000})>")
URL = re.compile(r"https?://[^\s<>|\"'`]{3,1990}")
EMPHASIS = (
    (re.compile(r"```"), ""),
    (re.compile(r"`([^`\n]*)`"), r"\1"),
    (re.compile(r"\*\*([^*\n]+)\*\*"), r"\1"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?m)(?<!\w)_(?=\S)([^_\n]+)(?<=\S)_(?!\w)"), r"\1"),
    (re.compile(r"\[([^\[\]\n]{1,500})\]\((https?://[^()\s]{3,1990})\)"), r"\1"),
)
SEPARATORS = {"\u2028": "\n", "\u2029": "\n", "\t": "  ", "\r": "\n", "\x0b": "\n", "\x0c": "\n"}
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})
"""Control, format (bidi overrides, zero width), lone surrogates, private use."""


def clean(text: str) -> str:
    """Return text without characters that nobody sees; lines stay lines."""
    return "\n".join(line if line.isprintable() else _shown_of(line) for line in text[:LONGEST].split("\n"))


def plain(text: str) -> str:
    """Return Slack's mrkdwn as what it shows: links by their label, mentions by their name, dates by their fallback."""
    text = TOKEN.sub(lambda found: _shown(found[1]), text[:LONGEST])
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    for shape, shown in EMPHASIS:
        text = shape.sub(shown, text)
    return clean(text)


def links_in(text: str) -> tuple[str, ...]:
    """Return the web addresses in mrkdwn, in order."""
    return tuple(clean(found.replace("&amp;", "&")).rstrip(".,;:)*_") for found in URL.findall(text[:LONGEST]))


def _shown_of(line: str) -> str:
    shown = (SEPARATORS.get(c, c) for c in line)
    return "".join(c for c in shown if c in SEPARATORS.values() or category(c) not in HIDDEN)


def _shown(token: str) -> str:
    target, _, label = token.partition("|")
    if target.startswith("!date^"):
        return label or target
    if target.startswith(("@", "#")):
        return target[0] + label.lstrip("@#") if label else target
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}"
    return label or target
