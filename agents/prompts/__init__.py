"""What each agent is told to be: one file an agent, beside this one."""

from functools import cache
from pathlib import Path

from incident.facts import Agent

FOLDER = Path(__file__).parent


@cache
def prompt(agent: Agent) -> str:
    """Return an agent's system message: its own part, then what holds for the whole team."""
    return "\n\n".join(
        (FOLDER / f"{name}.md").read_text(encoding="utf-8").strip() for name in (agent.value, "everyone")
    )
