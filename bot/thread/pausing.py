"""What people see while acting is paused: on open questions, and at the head of the Home. Pure."""

from collections.abc import Iterator

from bot.thread.message import Block
from bot.thread.rich import bold, line, person, rich, say, section, when
from incident.policy import Pause

REASON = 300


def paused(pause: Pause | None) -> Iterator[Block]:
    """Yield who has paused acting, since when and why; nothing where nobody has."""
    if pause is None:
        return
    why = (line(f": {pause.reason}", REASON),) if pause.reason.strip() else ()
    told = (bold("Acting is paused"), say(" by "), person(pause.by), say(" since "), when(pause.since), *why)
    yield rich(section(*told, say(". Nothing is rolled back, whatever is pressed, until it is resumed.")))
