"""A Slack message as what it says, wherever the sender put it: `text`, `blocks` or `attachments`."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from bot.alerts.blocks import Said, mapping, said_in, said_of, string
from bot.alerts.escapes import links_in, plain
from bot.alerts.moments import moment

MOST_PARTS = 20
MOST_LINES = 400
LONGEST_LINE = 1_000


class Part(NamedTuple):
    """The message, or one attachment of it. ``lines`` is everything but the title and the named fields."""

    title: str
    lines: tuple[str, ...]
    fields: tuple[tuple[str, str], ...] = ()
    links: tuple[str, ...] = ()
    moment: datetime | None = None
    colour: str = ""

    @property
    def text(self) -> str:
        """All of it as prose; fields as `name: value`."""
        return "\n".join([self.title, *self.lines, *(f"{name}: {value}" for name, value in self.fields)])


def parts_of(message: Mapping[str, object]) -> tuple[Part, ...]:
    """Return the message's own words, if any, and each attachment's."""
    body = _body(message)
    attachments = message.get("attachments")
    listed = attachments[:MOST_PARTS] if isinstance(attachments, list | tuple) else ()
    parts = [body, *(_attachment(item) for item in listed if isinstance(item, Mapping))]
    return tuple(part for part in parts if part.text.strip())


def whole(parts: tuple[Part, ...]) -> Part:
    """Return the parts as one: many senders put the title in one place and the rest in another."""
    titled = sorted(parts, key=lambda part: not part.title)[:1]
    title = titled[0].title if titled else ""
    told = (line for part in parts for line in (part.title, *part.lines) if line and line != title)
    return Part(
        title,
        tuple(dict.fromkeys(told))[:MOST_LINES] if len(parts) > 1 else parts[0].lines if parts else (),
        tuple(field for part in parts for field in part.fields),
        tuple(dict.fromkeys(link for part in parts for link in part.links)),
        next((part.moment for part in parts if part.moment), None),
        next((part.colour for part in parts if part.colour), ""),
    )


def _body(message: Mapping[str, object]) -> Part:
    said = list(said_in(message.get("blocks")))
    text = string(message.get("text"))
    if not any(piece.text.strip() for piece in said if piece.kind != "link"):
        said += [Said("line", line) for line in plain(text).splitlines()]
    said += [Said("link", url) for url in links_in(text)]
    return _part(said, "", "")


def _attachment(item: Mapping[str, object]) -> Part:
    said = [*_texts(item, "pretext", "text"), *_fields(item.get("fields")), *said_in(item.get("blocks"))]
    titles = [piece for piece in said if piece.kind == "title"]
    title = plain(string(item.get("title"))) or (titles[0].text if titles else "")
    if not title and not any(piece.text.strip() for piece in said if piece.kind in {"line", "field"}):
        said += _texts(item, "fallback")
    said += [*_texts(item, "footer"), Said("link", string(item.get("title_link")))]
    part = _part(said, title, string(item.get("color")).lstrip("#").lower()[:20])
    return part._replace(moment=part.moment or moment(item.get("ts")))


def _texts(item: Mapping[str, object], *keys: str) -> Iterator[Said]:
    for key in keys:
        yield from said_of(string(item.get(key)))


def _fields(fields: object) -> Iterator[Said]:
    for field in fields[:MOST_LINES] if isinstance(fields, list | tuple) else ():
        told = mapping(field)
        value = string(told.get("value"))
        yield Said("field", plain(value), plain(string(told.get("title"))).rstrip(": "))
        yield from (Said("link", url) for url in links_in(value))


def _part(said: Iterable[Said], title: str, colour: str) -> Part:
    """Put the pieces together; a part without a title of its own has its first line for one."""
    pieces = list(said)
    title = title or next((piece.text for piece in pieces if piece.kind == "title"), "")
    lines = [piece.text[:LONGEST_LINE].strip() for piece in pieces if piece.kind == "line"]
    while lines and not title:
        title = lines.pop(0)
    links = (piece.text for piece in pieces if piece.kind == "link" and piece.text.startswith(("https://", "http://")))
    fields = ((p.name[:200], p.text[:LONGEST_LINE]) for p in pieces if p.kind == "field" and p.name)
    return Part(
        " ".join(title.split())[:LONGEST_LINE],
        tuple(lines[:MOST_LINES]),
        tuple(fields)[:MOST_LINES],
        tuple(dict.fromkeys(links)),
        next((moment(piece.text) for piece in pieces if piece.kind == "date"), None),
        colour,
    )
