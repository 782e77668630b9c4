"""The thread on a terminal: what is settled scrolls up, the specialists at work stay in view side by side."""

from rich.columns import Columns
from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.spinner import Spinner
from rich.text import Text

from bot.console.words import Said, say, say_opening
from incident.facts import Agent, Fact, RollbackStarted, Turn
from incident.model import Incident

TONES = {"good": "green", "bad": "red", "waiting": "yellow", "plain": "cyan"}
SPECIALISTS = (Agent.METRICS, Agent.LOGS, Agent.DEPLOY)
TALLEST = 14
"""Lines of a specialist's panel while three stand side by side; the report has all of them."""


class LiveConsole:
    """A `Chat` that draws."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        self._doing: dict[str, str] = {}
        self._spoken: dict[str, Turn] = {}

    async def show(self, incident: Incident, fact: Fact | None, seq: int) -> None:
        """Draw the opening (``seq`` 0) or the fact."""
        del seq
        if isinstance(fact, Turn) and fact.agent in SPECIALISTS:
            self._spoken[fact.agent] = fact
            self._draw(self._team())
            return
        self.close()
        self._console.print(_panel(say_opening(incident) if fact is None else say(fact)))
        if isinstance(fact, RollbackStarted):
            self._draw(Spinner("dots", Text("rolling back, then reading the signal that paged until it is quiet …")))

    def working(self, agent: str, doing: str) -> None:
        """Show what an agent is busy with."""
        if agent in SPECIALISTS:
            self._spoken.pop(agent, None)
            self._doing[agent] = doing
            self._draw(self._team())
        else:
            self._draw(Spinner("dots", Text(f"{agent}: {doing} …")))

    def close(self) -> None:
        """Leave what is drawn as it is and go on below it."""
        if self._live is None:
            return
        if not self._spoken:
            self._live.update(Text())
        self._live.stop()
        self._live = None
        self._doing.clear()
        self._spoken.clear()

    def _draw(self, picture: Columns | Spinner) -> None:
        if self._live is None:
            self._live = Live(picture, console=self._console, refresh_per_second=8)
            self._live.start()
        else:
            self._live.update(picture)

    def _team(self) -> Columns:
        width = max(30, (self._console.width - 2) // len(SPECIALISTS) - 1)
        if self._console.width < 3 * 34:
            width = self._console.width - 1
        return Columns([self._specialist(agent, width) for agent in SPECIALISTS], padding=(0, 1))

    def _specialist(self, agent: Agent, width: int) -> Panel:
        turn = self._spoken.get(agent)
        if turn is None:
            busy = self._doing.get(agent, "waiting")
            return Panel(Spinner("dots", Text(busy)), title=f"{agent}: working", width=width, border_style="dim")
        said = say(turn)
        text = Text("\n".join(said.lines))
        lines = text.wrap(self._console, width - 4)
        shown = Text("\n").join(lines[:TALLEST])
        rest = Text(f"… {len(lines) - TALLEST} more lines in the report", style="dim")
        body = Group(shown, rest) if len(lines) > TALLEST else shown
        return Panel(body, title=f"{agent}: {turn.status}", width=width, border_style=TONES[said.tone])


def _panel(said: Said) -> Panel:
    return Panel(Text("\n".join(said.lines)), title=Text(said.title), title_align="left", border_style=TONES[said.tone])
