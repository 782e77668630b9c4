"""Blocks as text: what a notification, a screen reader or a client without blocks gets. Nothing of them is lost."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from bot.report import escape
from bot.thread.message import Block
from bot.thread.text import escaped


class Pen(NamedTuple):
    """How one notation writes text, a moment, a person."""

    text: Callable[[str], str]
    moment: Callable[[Mapping[str, Any]], str]
    who: Callable[[str], str]


SLACK = Pen(
    escaped,
    lambda date: f"<!date^{date['timestamp']}^{date['format']}|{date['fallback']}>",
    lambda who: f"<!subteam^{who}>" if who.startswith("S") else f"<@{who}>",
)
MARKDOWN = Pen(
    lambda raw: "\n".join(escape.text(line) for line in raw.split("\n")),
    lambda date: str(date["fallback"]),
    escape.text,
)


def plain(blocks: Iterable[Block]) -> str:
    """Return the blocks for Slack's `text`."""
    return _written(blocks, SLACK)


def markdown(blocks: Iterable[Block]) -> str:
    """Return the blocks as Markdown that shows text from outside as it is, for Slack's `markdown` block."""
    return _written(blocks, MARKDOWN)


def _written(blocks: Iterable[Block], pen: Pen) -> str:
    return "\n\n".join(told for told in (_block(block, pen) for block in blocks) if told.strip())


def _block(block: Block, pen: Pen) -> str:
    match block["type"]:
        case "header":
            return pen.text(block["text"]["text"])
        case "rich_text":
            return "\n".join(_part(part, pen) for part in block["elements"])
        case "section":
            return pen.text(block["text"]["text"])
        case "context":
            return "\n".join(pen.text(element["text"]) for element in block["elements"])
        case "plan":
            tasks = (f"• {pen.text(task['title'])}" for task in block["tasks"])
            return "\n".join((pen.text(block["title"]), *tasks))
        case _:
            return ""


def _part(part: Mapping[str, Any], pen: Pen) -> str:
    if part["type"] != "rich_text_list":
        return "".join(_inlines(part["elements"], pen))
    return "\n".join(_rows(part, pen))


def _rows(part: Mapping[str, Any], pen: Pen) -> Iterator[str]:
    rows: Sequence[Mapping[str, Any]] = part["elements"]
    for number, row in enumerate(rows, 1 + part.get("offset", 0)):
        mark = f"{number}." if part["style"] == "ordered" else "•"
        yield f"{mark} {''.join(_inlines(row['elements'], pen))}"


def _inlines(elements: Iterable[Mapping[str, Any]], pen: Pen) -> Iterator[str]:
    for element in elements:
        match element["type"]:
            case "date":
                yield pen.moment(element)
            case "user":
                yield pen.who(element["user_id"])
            case "usergroup":
                yield pen.who(element["usergroup_id"])
            case "channel":
                yield pen.text(element["channel_id"])
            case "link":
                yield pen.text(element["url"])
            case _:
                yield pen.text(element["text"])
