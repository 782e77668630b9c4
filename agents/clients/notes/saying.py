"""How notes say a moment, a list, somebody's words, and where they come from."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from agents.analysis.observations import Seen

QUOTED = 100
ATTACHED = re.compile(r"\s*(?:\{\"|\tat |\sat [\w.$/]+\().*$", re.DOTALL)
"""What follows a message on its line: structured fields, the frames of a stack trace."""

STAMPED = re.compile(r"^[\s\[]*\d[\d\-:.,/TZ+\s]{6,}\]?\s+")
"""The moment in front of a line: the evidence has it anyway."""


def minute(moment: datetime, day: datetime) -> str:
    """Return a time of day to the minute, in UTC, with its date where that is not the day given."""
    return f"{moment:%H:%M}" if moment.date() == day.date() else f"{moment:%Y-%m-%d %H:%M}"


def at(moment: datetime | None, day: datetime) -> str:
    """Return `` at 12:03``, nothing where no moment is known."""
    return f" at {minute(moment, day)}" if moment else ""


def listed(words: Sequence[str]) -> str:
    """Join words as one says them: a, b and c."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def cite(*seen: Seen) -> str:
    """Return the evidence behind a sentence, each once."""
    return f"({', '.join(dict.fromkeys(one.id for one in seen))})"


def quote(text: str, *, outside: bool = False) -> str:
    """Return somebody's words, without what is attached to them; an outsider's words are not repeated."""
    if outside:
        return "a text that somebody outside may have written"
    bare = ATTACHED.sub("", STAMPED.sub("", text.strip()))
    line = " ".join(bare.split()) or " ".join(text.split())
    return f"“{line if len(line) <= QUOTED else line[: QUOTED - 1].rstrip() + '…'}”"


def sentence(*parts: str) -> str:
    """Return a sentence: the first letter stays as it is where it begins a name."""
    return "".join(parts).rstrip(".") + "."


def first_of(seen: Iterable[Seen], kind: type) -> Seen | None:
    """Return the first observation of a kind."""
    return next((one for one in seen if isinstance(one.what, kind)), None)
