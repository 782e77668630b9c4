"""The thread on a terminal: what is settled scrolls up, the specialists at work stay in view side by side."""

from rich.console import Console, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.panel import Panel
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from bot.console.desks import at_work, found
from bot.console.paint import COLOURS, painted
from bot.console.said import Said, flat, folded
from bot.console.thread import Thread
from bot.console.words import say
from incident.facts import Agent, Diagnosis, Fact, RollbackSeen, RollbackSent, RollbackStarted, Turn
from incident.model import Incident

SPECIALISTS = (Agent.METRICS, Agent.LOGS, Agent.DEPLOY)
LABEL, MARGIN = 10, 4
REASONS = 3
"""Items of each list beside the root cause."""
GERUNDS = {"plans": "is planning", "looks": "is looking", "decides": "is deciding"}


class LiveConsole(Thread):
    """Draws, and redraws what is going on."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        self._doing: dict[Agent, list[str]] = {}
        self._turns: dict[Agent, Said] = {}

    def say(self, incident: Incident, fact: Fact) -> None:
        """Keep a specialist's turn in its place beside the others; draw everything else below."""
        if isinstance(fact, Turn) and fact.agent in SPECIALISTS:
            self._turns[fact.agent] = say(incident, fact)
            self._redraw(self._team())
            return
        if isinstance(fact, RollbackSent):
            return
        if not isinstance(fact, Turn):  # the team has ended, also where one of it was never heard
            self.close()
        if isinstance(fact, Diagnosis):
            self._emphasise(say(incident, fact))
        else:
            super().say(incident, fact)
        if isinstance(fact, RollbackStarted | RollbackSeen):
            self._wait("rolling back, then reading the signal that paged until it is quiet")

    def draw(self, what: Said) -> None:
        """Draw a block with its title beside it, above the specialists where they are still at work."""
        if not self._busy():
            self.close()
        rows = painted(self._console, what, folded(what.lines), max(self._console.width - LABEL - MARGIN, 1))
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(width=LABEL, style=f"bold {COLOURS[what.tone]}")
        grid.add_column()
        grid.add_row(Text(what.title), Text("\n").join(rows))
        self._console.print(Padding(grid, (0, 0, 1, 1)))

    def working(self, agent: str, doing: str) -> None:
        """Show what an agent is busy with."""
        at = Agent(agent)
        told = GERUNDS.get(doing, flat(doing).replace('"', ""))
        if at not in SPECIALISTS:
            self._wait(f"the {at} {told}")
            return
        self._turns.pop(at, None)
        self._doing.setdefault(at, []).append(told)
        self._redraw(self._team())

    def close(self) -> None:
        """Leave what is settled in view and go on below it."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        turns, self._turns, self._doing = self._turns, {}, {}
        if turns:
            self._console.print(found(self._console, {a: turns[a] for a in SPECIALISTS if a in turns}))

    def _emphasise(self, what: Said) -> None:
        rows = painted(self._console, what, folded(what.lines, REASONS), max(self._console.width - MARGIN, 1))
        panel = Panel(Text("\n").join(rows), title=Text(what.title), title_align="left", border_style="bold cyan")
        self._console.print(Padding(panel, (0, 0, 1, 0)))

    def _busy(self) -> bool:
        return any(agent not in self._turns for agent in self._doing)

    def _wait(self, what_for: str) -> None:
        self._redraw(Padding(Spinner("dots", Text(f"{what_for} …", style="dim")), (0, 0, 0, 1)))

    def _team(self) -> RenderableType:
        team = [a for a in SPECIALISTS if a in self._doing or a in self._turns]
        return at_work(self._console, {a: self._turns.get(a, self._doing.get(a, [])) for a in team})

    def _redraw(self, picture: RenderableType) -> None:
        if self._live is None:
            self._live = Live(picture, console=self._console, refresh_per_second=10, transient=True)
            self._live.start()
        else:
            self._live.update(picture)
