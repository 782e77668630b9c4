"""Blocks into messages: as few as Slack's limits allow, each with its plain form."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.report.escape import brief, visible
from bot.thread.message import Block, Message, Speaker
from bot.thread.plain import plain
from bot.thread.rich import LINE, Row, lists, rich, say, section
from bot.thread.text import PIECE, TEXT, fit, label, weight

BLOCKS = 45
"""Slack takes 50."""
LIST = 8
"""Blocks of one list on the Home, which has 100 for everything."""
ROOM = TEXT - 100


def header(raw: str) -> Block:
    """Return a title of at most 150 characters."""
    return {"type": "header", "text": label(fit(raw, 150))}


def bounded(rows: Sequence[Row], most: int) -> Iterator[Block]:
    """Yield a list of at most so many rows in at most `LIST` blocks, however long they are; the rest is counted."""
    parts = list(lists(rows[:most]))[:LIST]
    yield from (rich(part) for part in parts)
    left = len(rows) - sum(len(part["elements"]) for part in parts)
    if left:
        yield rich(section(say(f"and {left} more", italic=True)))


def aside(*lines: str) -> Iterator[Block]:
    """Yield small print, one line a thought; no line is longer than a block."""
    page: list[str] = []
    for line in lines:
        if page and weight("\n".join((*page, line))) > PIECE:
            yield _small("\n".join(page))
            page = []
        page.append(brief(visible(line), LINE))
    yield _small("\n".join(page))


def _small(text: str) -> Block:
    return {"type": "context", "elements": [label(text)]}


def messages(
    blocks: Iterable[Block],
    speaker: Speaker | None = None,
    **known: Any,  # noqa: ANN401 - uploads and urgent, as Message has them
) -> tuple[Message, ...]:
    """Return the blocks in order as one message, or as several where one can't hold them; uploads go with the last."""
    pages = list(_pages(blocks))
    uploads = known.pop("uploads", ())
    last = len(pages) - 1
    return tuple(
        Message(plain(page), page, speaker, uploads if number == last else (), **known)
        for number, page in enumerate(pages)
    )


def one(blocks: Iterable[Block]) -> Message:
    """Return one message of blocks that are bounded already, its plain form cut where it is too long."""
    kept = tuple(blocks)
    text = plain(kept)
    return Message(text if len(text) <= TEXT else f"{text[: TEXT - 1]}…", kept)


def _pages(blocks: Iterable[Block]) -> Iterator[tuple[Block, ...]]:
    page: tuple[Block, ...] = ()
    for block in blocks:
        fuller = (*page, block)
        if page and (len(fuller) > BLOCKS or len(plain(fuller)) > ROOM):
            yield page
            page = (block,)
        else:
            page = fuller
    if page:
        yield page
