"""What each agent is told to be, and what a turn of the commander is for: one file each, beside this one."""

from functools import cache
from pathlib import Path
from typing import Literal

from incident.facts import Agent

FOLDER = Path(__file__).parent
Task = Literal["plan", "decide", "ask"]


@cache
def prompt(agent: Agent) -> str:
    """Return an agent's system message: what holds for the whole team, the same for all, then its own part."""
    return f"{_read('everyone')}\n\n{_read(agent.value)}"


@cache
def task(name: Task) -> str:
    """Return what the commander is to do now; ``ask`` is what it may do instead of deciding."""
    return _read(name)


def _read(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8").strip()
