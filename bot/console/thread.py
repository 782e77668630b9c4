"""The thread of an incident on a terminal: what both ways of drawing it share."""

from abc import ABC, abstractmethod

from bot.console.said import Said
from bot.console.words import say, say_opening
from incident.facts import Fact
from incident.model import Incident


class Thread(ABC):
    """A `Chat`."""

    async def show(self, incident: Incident, fact: Fact | None, seq: int) -> None:  # noqa: ARG002 - the port's
        """Draw the opening (``seq`` 0) or the fact."""
        if fact is None:
            self.draw(say_opening(incident))
        else:
            self.say(incident, fact)

    def say(self, incident: Incident, fact: Fact) -> None:
        """Draw one fact."""
        what = say(incident, fact)
        if what.all_lines:
            self.draw(what)

    @abstractmethod
    def draw(self, what: Said) -> None:
        """Draw what is said, below what is there."""

    @abstractmethod
    def working(self, agent: str, doing: str) -> None:
        """Hear what an agent is busy with."""

    @abstractmethod
    def close(self) -> None:
        """Leave what is drawn as it is and go on below it; may be repeated."""
