"""Anything else: a line that says by its words, its emoji or its figures that something is wrong or right again."""

import re

from bot.alerts import listed
from bot.alerts.content import Part
from bot.alerts.draft import Draft
from bot.alerts.figures import QUANTITY, reading_and_limit
from bot.alerts.states import State, state_of, unmarked

FIGURES = re.compile(
    r"\s*(?:\([^()]*\d[^()]*\)"
    r"|\b(?:is|was|at|of|reached|now|to)?\s*(?:now |at |back to |up to |only )?(?<![\w-])"
    rf"{QUANTITY}.*$)",
    re.IGNORECASE,
)
TRAILING = re.compile(
    r"\s+(?:is|are|was|were|has|have|at|of|now|back|for|over|above|below|reached|exceeds?|exceeded)\s*$", re.IGNORECASE
)


def read(part: Part) -> tuple[Draft, ...] | None:
    """Return what it says; None for talk: no state, and no reading beside a limit."""
    state = state_of(part.title) or _by_status(part)
    if state is None and not all(reading_and_limit(part.title)):
        return None
    return listed.drafts(part, state or State.FIRING, _name(part.title))


def _by_status(part: Part) -> State | None:
    """Read a field such as `Status: firing`."""
    lines = [f"{name}: {value}" for name, value in part.fields] + list(part.lines)
    for line in lines:
        found = re.match(r"^\W*(?:status|state|alert state)\s*[:=]\s*(\S.*)$", line, re.IGNORECASE)
        if found and (state := state_of(f"{found[1]}:")):
            return state
    return None


def _name(title: str) -> str:
    """Return the title without figures and marks: they differ from one page of a problem to the next."""
    whole = unmarked(title)
    name = FIGURES.sub("", whole).strip(" .,:;-()")
    while name != whole and TRAILING.search(name):
        name = TRAILING.sub("", name)
    return name or whole
