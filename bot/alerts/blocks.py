"""The words in Slack blocks, whatever their kind: titles, lines and named fields. What buttons say is no news."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bot.alerts.escapes import LONGEST, clean, links_in, plain

DEEPEST = 8
MOST_BLOCKS = 100
DATE = re.compile(r"<!date\^(\d{9,11})\^")


class Said(NamedTuple):
    """One piece of a message. ``kind`` is title, line, field (``name`` and ``text``), link or date (epoch seconds)."""

    kind: str
    text: str
    name: str = ""


def said_in(blocks: object) -> Iterator[Said]:
    """Yield what the blocks say, in reading order; what is no block is passed over."""
    for block in _maps(blocks):
        kind = block.get("type")
        yield from _title(block) if kind == "header" else _body(block)


def mapping(value: object) -> Mapping[str, object]:
    """Return a JSON object, empty where the value is none."""
    return value if isinstance(value, Mapping) else {}


def string(value: object) -> str:
    """Return text or a number as text, empty for anything else."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, int) and abs(value) >= 1 << 64:
        return ""
    return str(value) if isinstance(value, str | int | float) else ""


def _title(block: Mapping[str, object]) -> Iterator[Said]:
    yield Said("title", clean(string(mapping(block.get("text")).get("text"))))


def _body(block: Mapping[str, object]) -> Iterator[Said]:
    if block.get("type") == "rich_text":
        yield from said_of("".join(_rich(block.get("elements"), 0)))
        return
    yield from _written(block.get("text"))
    for field in _maps(block.get("fields")):
        yield from _field(field)
    for element in _maps(block.get("elements")):
        if element.get("type") == "button":
            yield from _links(string(element.get("url")))
        else:
            yield from _written(element)
    yield from _links(string(mapping(block.get("accessory")).get("url")))


def _written(value: object) -> Iterator[Said]:
    """Yield a text object's lines, or those of a markdown block, whose ``text`` is a string."""
    text = value if isinstance(value, str) else string(mapping(value).get("text"))
    if mapping(value).get("type") == "plain_text":
        yield from (Said("line", line) for line in clean(text).splitlines())
    else:
        yield from said_of(text)


def said_of(text: str) -> Iterator[Said]:
    """Yield the lines of mrkdwn, and where it leads and dates."""
    yield from (Said("line", line) for line in plain(text).splitlines())
    yield from _links(text)
    yield from (Said("date", seconds) for seconds in DATE.findall(text[:LONGEST]))


def _links(text: str) -> Iterator[Said]:
    yield from (Said("link", url) for url in links_in(text))


def _field(field: Mapping[str, object]) -> Iterator[Said]:
    """Read `*Name*` with the value on the next line or after a colon: the way everybody writes fields."""
    text = string(field.get("text"))
    first, broken, rest = plain(text).partition("\n")
    if broken and rest.strip():
        yield Said("field", rest.strip(), first.strip().rstrip(":"))
        yield from _links(text)
    else:
        yield from _written(field)


def _rich(elements: object, depth: int) -> Iterator[str]:
    for element in _maps(elements) if depth < DEEPEST else ():
        match string(element.get("type")):
            case "text":
                yield string(element.get("text"))
            case "link":
                yield f"<{string(element.get('url'))}|{string(element.get('text')) or string(element.get('url'))}>"
            case "emoji":
                yield f":{string(element.get('name'))}:"
            case "date":
                yield string(element.get("fallback"))
            case "rich_text_section" | "rich_text_preformatted" | "rich_text_quote":
                yield from _rich(element.get("elements"), depth + 1)
                yield "\n"
            case "rich_text_list":
                yield from _rich(element.get("elements"), depth + 1)
            case _:
                pass  # people, channels and colours say nothing about an alert


def _maps(value: object) -> Iterator[Mapping[str, object]]:
    items = value[:MOST_BLOCKS] if isinstance(value, list | tuple) else ()
    yield from (item for item in items if isinstance(item, Mapping))
