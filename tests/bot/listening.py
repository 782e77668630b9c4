"""What the listeners listen to, as it is written in them."""

import re
from pathlib import Path

from bot.slash import Slash
from bot.thread import presses

FOLDER = Path(__file__).parents[2] / "bot" / "listeners"
CODE = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.py")))


def literal(kind: str) -> frozenset[str]:
    """Names that are written out: of events and commands."""
    return frozenset(re.findall(rf"@app\.{kind}\(\"([^\"]+)\"\)", CODE))


def named(kind: str) -> frozenset[str]:
    """Ids that have a name in `bot.thread.presses`."""
    return frozenset(str(getattr(presses, name)) for name in re.findall(rf"@app\.{kind}\((\w+)\)", CODE))


EVENTS = literal("event")
COMMANDS = {getattr(Slash(), name) for name in re.findall(r"@app\.command\(bot\.slash\.(\w+)\)", CODE)}
ACTIONS = named("action") | presses.FEEDBACK.keys()
VIEWS, SHORTCUTS = named("view"), named("shortcut")
