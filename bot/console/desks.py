"""The specialists, each in a panel: side by side while they work, and their findings where there is room for it."""

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from bot.console.paint import COLOURS, painted
from bot.console.said import MARKS, Said, Tone, folded
from incident.facts import Agent

FRAME = 4
"""Columns that a panel needs for itself."""
READABLE = 30
"""Columns that findings need to be read; with fewer they stand below each other."""
STEPS = 5
"""Lines of a panel at work: all of them together fit on the smallest terminal."""
TALLEST, TALLEST_ITEM = 14, 3
"""Lines of a panel with findings, and of one item of a list in it; the report has all of them."""


def at_work(console: Console, desks: Mapping[Agent, Said | Sequence[str]]) -> RenderableType:
    """Return the specialists side by side: what each does, or the beginning of what it found."""
    inside = console.width // len(desks) - FRAME
    return _abreast([_desk(console, agent, desk, inside) for agent, desk in desks.items()], STEPS)


def found(console: Console, turns: Mapping[Agent, Said]) -> RenderableType:
    """Return what the specialists found, beside each other where that can be read."""
    abreast = console.width // len(turns) - FRAME
    inside = abreast if abreast >= READABLE else console.width - FRAME
    texts = {agent: _wrapped(console, turn, inside) for agent, turn in turns.items()}
    panels = [_findings(agent, turns[agent], text, TALLEST) for agent, text in texts.items()]
    tallest = min(TALLEST, max(len(text) for text in texts.values()))
    return Padding(_abreast(panels, tallest) if inside == abreast else Group(*panels), (0, 0, 1, 0))


def _desk(console: Console, agent: Agent, desk: Said | Sequence[str], inside: int) -> Panel:
    if isinstance(desk, Said):
        return _findings(agent, desk, _wrapped(console, desk, inside), STEPS)
    *done, now = desk[-STEPS:] or ["is waiting"]
    steps = (Text(f"{MARKS['good']}{one}", style="dim", no_wrap=True, overflow="ellipsis") for one in done)
    going_on = Spinner("dots", Text(now, no_wrap=True, overflow="ellipsis"))
    return _panel(f"{agent} at work", [*steps, going_on], "dim")


def _wrapped(console: Console, turn: Said, width: int) -> Sequence[Text]:
    return painted(console, turn, folded(turn.lines), max(width, 1), TALLEST_ITEM)


def _findings(agent: Agent, turn: Said, lines: Sequence[Text], most: int) -> Panel:
    tone: Tone = "good" if turn.tone == "plain" else "bad"
    panel = _panel(f"{MARKS[tone]}{agent}", [Text("\n").join(lines[:most])], COLOURS[tone])
    if len(lines) > most:
        panel.subtitle, panel.subtitle_align = Text(f"… {len(lines) - most} more lines", style="dim"), "right"
    return panel


def _panel(title: str, inside: Iterable[RenderableType], border: str) -> Panel:
    return Panel(Group(*inside), title=Text(title), title_align="left", border_style=border)


def _abreast(panels: Sequence[Panel], lines: int) -> Table:
    grid = Table.grid(expand=True)
    for panel in panels:
        grid.add_column(ratio=1)
        panel.height = lines + FRAME // 2
    grid.add_row(*panels)
    return grid
