"""The thread as plain lines: for pipes, logs and terminals that can't do more."""

from typing import IO

from bot.console.said import Said, folded
from bot.console.thread import Thread
from incident.ports import Undelivered

INDENT = 12


class PlainConsole(Thread):
    """Prints each fact once, as it comes. ``whole`` folds nothing."""

    def __init__(self, stream: IO[str], *, whole: bool = False) -> None:
        self._stream = stream
        self._whole = whole

    def draw(self, what: Said) -> None:
        """Print it; raises `Undelivered` where nobody reads any more."""
        lines = what.all_lines if self._whole else tuple(folded(what.all_lines))
        titles = (what.title, *("" for _ in lines[1:]))
        try:
            for title, line in zip(titles, lines or ("",), strict=True):
                print(f"{title:<{INDENT - 1}} {line}", file=self._stream)
            self._stream.flush()
        except OSError as gone:
            message = f"the output is gone: {gone.strerror}"
            raise Undelivered(message) from gone

    def working(self, agent: str, doing: str) -> None:
        """Say nothing: a pipe wants results."""

    def close(self) -> None:
        """Nothing is left open."""
