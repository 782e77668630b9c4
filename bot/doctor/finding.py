"""What an examination finds, and what would put it right."""

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """``note``: works, and may not be what one wants. ``wrong``: something doesn't work; the exit code is 1."""

    RIGHT = "right"
    NOTE = "note"
    WRONG = "wrong"


class Finding(NamedTuple):
    """One thing that was looked at. ``remedy`` is what to do, empty where nothing is."""

    topic: str
    state: State
    said: str
    remedy: str = ""


def right(topic: str, said: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(topic, State.RIGHT, said)


def note(topic: str, said: str, remedy: str = "") -> Finding:
    """Return what one should know."""
    return Finding(topic, State.NOTE, said, remedy)


def wrong(topic: str, said: str, remedy: str) -> Finding:
    """Return what doesn't work, and what would help."""
    return Finding(topic, State.WRONG, said, remedy)
