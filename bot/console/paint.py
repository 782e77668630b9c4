"""What is said, in colours with a meaning and wrapped to a width. Whatever a colour says, a mark or a word says too."""

import re
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from bot.console.said import MARKS, MORE, Said, Tone
from incident.evidence import CITATION

COLOURS: dict[Tone, str] = {"good": "green", "bad": "red", "waiting": "yellow", "plain": "cyan"}
NAME = re.compile(r"^[\w -]{3,24}:(?= |$)")
"""What a line begins with that says what it is about: `logs: `, `not seen:`."""
ITEM = re.compile(r"^( +(?! )|- )")
BULLET, HANG = "· ", "  "


def painted(console: Console, what: Said, lines: Iterable[str], width: int, tallest: int = 99) -> list[Text]:
    """Return the head and the lines, each item of a list cut after ``tallest`` lines on the screen."""
    tone = "bold" if what.tone == "plain" else f"bold {COLOURS[what.tone]}"
    head: Iterable[Text] = Text(MARKS[what.tone] + what.head, style=tone).wrap(console, width) if what.head else []
    return [*head, *(row for line in lines for row in _rows(console, line, width, tallest))]


def _rows(console: Console, line: str, width: int, tallest: int) -> Iterator[Text]:
    item = ITEM.match(line)
    if item is None:
        yield from _coloured(line).wrap(console, width)
        return
    rows = list(_coloured(line[item.end() :]).wrap(console, max(width - len(HANG), 1)))
    if len(rows) > tallest:
        rows = [*rows[: tallest - 1], Text(f"{rows[tallest - 1].plain[: width - len(HANG) - 1].rstrip()}…")]
    for first, row in enumerate(rows):
        yield Text(HANG if first or row.plain.startswith(MORE) else BULLET).append_text(row)


def _coloured(line: str) -> Text:
    text = Text(line)
    for tone, mark in MARKS.items():
        if mark and line.startswith(mark):
            text.stylize(COLOURS[tone], 0, len(mark))
    if named := NAME.match(line):
        text.stylize("bold", 0, named.end())
    text.highlight_regex(CITATION, "dim")
    return text
