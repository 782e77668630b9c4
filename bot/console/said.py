"""What the terminal says, before it is drawn: pure, and harmless to the terminal whatever was in it."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

Tone = Literal["good", "bad", "waiting", "plain"]
MARKS: dict[Tone, str] = {"good": "✓ ", "bad": "✗ ", "waiting": "? ", "plain": ""}
"""What colour says is also said without colour."""
MORE = "…"
LISTED = 2
"""Items of a list that are shown; the report has all of them."""


class Said(NamedTuple):
    """Who or what it is about, the outcome in one line, one more line a thought, and how it stands.

    Lines that begin with a blank are items of the list that the line before them opens.
    """

    title: str
    head: str = ""
    lines: tuple[str, ...] = ()
    tone: Tone = "plain"

    @property
    def all_lines(self) -> tuple[str, ...]:
        """The head with its mark, then the rest."""
        return (MARKS[self.tone] + self.head, *self.lines) if self.head else self.lines


def said(title: str, head: str = "", lines: Iterable[str] = (), tone: Tone = "plain") -> Said:
    """Return what is said, made printable; empty lines are left out."""
    shown = (one for line in lines for one in printable(line).split("\n") if one.strip())
    return Said(flat(title), flat(head), tuple(shown), tone)


def printable(text: str) -> str:
    """Return the text without anything that could drive a terminal or turn it around; line breaks stay."""
    return "".join(c for c in text.expandtabs(2) if c == "\n" or unicodedata.category(c)[0] != "C").rstrip()


def flat(text: str) -> str:
    """Return the printable text on one line."""
    return " ".join(printable(text).split())


def folded(lines: Iterable[str], most: int = LISTED) -> Iterator[str]:
    """Yield the lines with long lists cut: ``most`` items of each, then how many more there are."""
    listed = 0
    for line in lines:
        if line.startswith(" "):
            listed += 1
            if listed <= most:
                yield line
            continue
        yield from _more(listed - most)
        listed = 0
        yield line
    yield from _more(listed - most)


def _more(hidden: int) -> Iterator[str]:
    if hidden > 0:
        yield f"  {MORE} {hidden} more"
