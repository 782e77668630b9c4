"""Keeps what was read of a recording, so that nothing is read twice, and what was found wrong on the way."""

from collections import defaultdict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar, cast

from incident.ports import NotRecorded, Unreadable

Found = TypeVar("Found")


class Shelf:
    """May be used by several threads at once: the second one waits for what the first one reads."""

    def __init__(self) -> None:
        self._read: dict[str, object] = {}
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)
        self._gaps: dict[str, None] = {}

    @property
    def gaps(self) -> tuple[str, ...]:
        """What was found wrong so far, each once."""
        return tuple(self._gaps)

    def state(self, *gaps: str) -> None:
        """Remember what is wrong."""
        self._gaps.update(dict.fromkeys(gaps))

    def take(self, what: str, read: Callable[[], Found]) -> Found:
        """Return what ``read`` returns, reading only once; a failure fails the same way again and is a gap."""
        with self._locks[what]:
            if what not in self._read:
                self._read[what] = self._attempt(read)
        outcome = self._read[what]
        if isinstance(outcome, NotRecorded | Unreadable):
            raise type(outcome)(*outcome.args)
        return cast("Found", outcome)

    def _attempt(self, read: Callable[[], Found]) -> Found | NotRecorded | Unreadable:
        try:
            return read()
        except NotRecorded as error:
            return error
        except Unreadable as error:
            self.state(str(error))
            return error
