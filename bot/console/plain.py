"""The thread as plain lines: for pipes, logs and terminals that can't do more."""

from typing import IO

from bot.console.words import Said, say, say_opening
from incident.facts import Fact
from incident.model import Incident

INDENT = " " * 12


class PlainConsole:
    """A `Chat` that prints each fact once, as it comes."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    async def show(self, incident: Incident, fact: Fact | None, seq: int) -> None:
        """Print the opening (``seq`` 0) or the fact."""
        del seq
        self._print(say_opening(incident) if fact is None else say(fact))

    def working(self, agent: str, doing: str) -> None:
        """Say nothing: a pipe wants results."""

    def close(self) -> None:
        """Nothing is left open."""

    def _print(self, said: Said) -> None:
        first, *rest = said.lines or ("",)
        if len(said.title) > len(INDENT) - 2:
            print(said.title, file=self._stream)
            rest = [first, *rest]
        else:
            print(f"{said.title:<{len(INDENT)}}{first}", file=self._stream)
        for line in rest:
            print(f"{INDENT}{line}", file=self._stream)
        self._stream.flush()
