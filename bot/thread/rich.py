"""Slack's rich text, in which text from outside is only ever text: no mention, no link, no markup comes out of it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.report.escape import brief, visible
from bot.report.figures import clock
from bot.thread.message import Block
from bot.thread.plain import plain
from bot.thread.text import CHANNEL, GROUP, PERSON, PIECE, clean

Inline = Mapping[str, Any]
Part = Mapping[str, Any]
Row = Sequence[Inline]

DAY_AND_TIME = "{date_short_pretty} at {time}"
TIME = "{time_secs}"
LINK = re.compile(r"https://[A-Za-z0-9.-]+(?::\d{1,5})?/[A-Za-z0-9/._~%?&=#-]*")
LOOPBACK = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?::\d{1,5})?/[A-Za-z0-9/._~%?&=#-]*")
LONGEST_LINK = 700
LINE = 700
"""Characters of one line: a block holds one of them even where each has to be escaped."""


def say(raw: str, **style: bool) -> Inline:
    """Return text as it is, on as many lines as it has; ``style`` is bold, italic or code."""
    text = {"type": "text", "text": clean(raw) or " "}
    return {**text, "style": style} if style else text


def line(raw: str, limit: int = LINE, **style: bool) -> Inline:
    """Return text on one line, of which what is too long is counted; a blank at either end stays."""
    before, after = " " * raw.startswith(" "), " " * raw.endswith(" ")
    return say(f"{before}{brief(visible(raw), limit)}{after}", **style)


def bold(raw: str, limit: int = LINE) -> Inline:
    """Return one line of strong text."""
    return line(raw, limit, bold=True)


def code(raw: str, limit: int = LINE) -> Inline:
    """Return a name as it has to be typed."""
    return line(raw, limit, code=True)


def when(moment: datetime, form: str = DAY_AND_TIME) -> Inline:
    """Return a moment that each reader sees in their own time zone."""
    stamp = int(moment.timestamp())
    return {"type": "date", "timestamp": stamp, "format": form, "fallback": f"{clock(moment)} UTC"}


def person(who: str) -> Inline:
    """Return a person or a group by Slack id, anything else as text: only an id from Slack can be a mention."""
    if PERSON.fullmatch(who):
        return {"type": "user", "user_id": who}
    if GROUP.fullmatch(who):
        return {"type": "usergroup", "usergroup_id": who}
    return line(who, 200)


def mention(who: str) -> Inline:
    """Return a person, a group or a channel by Slack id, anything else as text."""
    return {"type": "channel", "channel_id": who} if CHANNEL.fullmatch(who) else person(who)


def joined(inlines: Iterable[Inline]) -> Iterator[Inline]:
    """Yield them with commas between."""
    for number, inline in enumerate(inlines):
        yield from (say(", "),) if number else ()
        yield inline


def link(url: str) -> Inline:
    """Return an address that shows where it leads, as text where it is not a plain one."""
    plain = LINK.fullmatch(url) or LOOPBACK.fullmatch(url)
    return {"type": "link", "url": url} if plain and len(url) <= LONGEST_LINK else line(url, 300)


def section(*inlines: Inline) -> Part:
    """Return a paragraph."""
    return {"type": "rich_text_section", "elements": list(inlines)}


def quote(*inlines: Inline) -> Part:
    """Return what somebody else said."""
    return {"type": "rich_text_quote", "elements": list(inlines)}


def verbatim(raw: str) -> Part:
    """Return text that keeps its columns."""
    return {"type": "rich_text_preformatted", "elements": [say(raw)]}


def rich(*parts: Part) -> Block:
    """Return a block of paragraphs and lists."""
    return {"type": "rich_text", "elements": list(parts)}


def items(rows: Sequence[Row], style: str = "bullet", offset: int = 0) -> Part:
    """Return a list; ``style`` is bullet or ordered, ``offset`` how many items came before."""
    counted = {"offset": offset} if offset else {}
    return {"type": "rich_text_list", "style": style, "elements": [section(*row) for row in rows], **counted}


def lists(rows: Sequence[Row], style: str = "bullet") -> Iterator[Part]:
    """Yield a list, or several where one block can't hold it; a row alone has to fit."""
    page: list[Row] = []
    for number, row in enumerate(rows):
        if page and len(plain([rich(items([*page, row]))])) > PIECE:
            yield items(page, style, number - len(page))
            page = []
        page.append(row)
    yield items(page, style, len(rows) - len(page))


def listed(title: str, rows: Sequence[Row], most: int, style: str = "bullet") -> tuple[Block, ...]:
    """Return a titled list of at most so many rows, the rest counted; nothing where there are no rows."""
    if not rows:
        return ()
    first, *others = lists(rows[:most], style)
    more = len(rows) - most
    rest = (rich(section(say(f"and {more} more in the report", italic=True))),) if more > 0 else ()
    return (rich(section(bold(title)), first), *(rich(part) for part in others), *rest)
