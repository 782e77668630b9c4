"""What an agent wrote as rich text: its paragraphs, lists, code and citations; parted where it is long, never cut."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from bot.report.escape import BULLET
from bot.thread.message import Block
from bot.thread.rich import Inline, Part, items, rich, say, section, verbatim
from bot.thread.text import PIECE, clean, pieces, weight

STYLED = re.compile(r"`([^`\n]+)`|\*\*(?=\S)([^*\n]*[^*\s])\*\*")
FENCE = "```"
ROOM = 20
"""What a line costs beside its own characters: its mark and its end."""
HEADING = 60
LINES = 200
"""Lines of one block; Slack takes a thousand elements."""


class Line(NamedTuple):
    """One line, or one stretch of code: ``kind`` is text, item or code."""

    kind: str
    text: str


def prose(raw: str) -> tuple[Block, ...]:
    """Return the text as blocks of bounded length, in order; empty where nothing was written."""
    return tuple(rich(*_parts(page)) for page in _pages(_lines(clean(raw))))


def _lines(text: str) -> Iterator[Line]:
    """Part the text into what has to stay together; a line that is too long comes as several."""
    for number, stretch in enumerate(text.split(FENCE)):
        if number % 2 and "\n" in stretch:
            yield from (Line("code", piece) for piece in pieces(stretch.strip("\n"), PIECE - ROOM))
        else:
            yield from _written(f"{FENCE}{stretch}" if number % 2 else stretch)


def _written(text: str) -> Iterator[Line]:
    for row in text.splitlines():
        bullet = BULLET.match(row)
        kind, rest = ("item", row[bullet.end() :]) if bullet else ("text", row.strip())
        if rest:
            yield from (Line(kind, piece) for piece in pieces(rest, PIECE - ROOM))
        else:
            yield Line("text", "")


def _pages(lines: Iterable[Line]) -> Iterator[list[Line]]:
    page: list[Line] = []
    room = PIECE
    for line in lines:
        cost = weight(line.text) + ROOM
        if page and (cost > room or len(page) >= LINES):
            if any(kept.text for kept in page):
                yield page
            page, room = [], PIECE
        page.append(line)
        room -= cost
    if any(line.text for line in page):
        yield page


def _parts(page: list[Line]) -> Iterator[Part]:
    for kind, same in groupby(page, key=lambda line: line.kind):
        texts = [line.text for line in same]
        if kind == "item":
            yield items([styled(text) for text in texts])
        elif kind == "code":
            yield from (verbatim(text) for text in texts)
        elif told := re.sub(r"\n{3,}", "\n\n", "\n".join(texts).strip("\n")):
            yield section(*_headed(told))


def _headed(text: str) -> list[Inline]:
    """Return the lines; a short last one that announces what follows is strong."""
    before, end, last = text.rpartition("\n")
    heads = last.endswith(":") and len(last) <= HEADING and not STYLED.search(last)
    return [*styled(before + end), say(last, bold=True)] if heads else styled(text)


def styled(text: str) -> list[Inline]:
    """Return the text with its names in code and its strong words strong: the only markup that is obeyed."""
    found: list[Inline] = []
    done = 0
    for mark in STYLED.finditer(text):
        if mark.start() > done:
            found.append(say(text[done : mark.start()]))
        name, strong = mark.groups()
        found.append(say(name, code=True) if name else say(strong, bold=True))
        done = mark.end()
    if done < len(text):
        found.append(say(text[done:]))
    return found
