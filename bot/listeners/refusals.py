"""What enters the audit trail of a press: who might answer at that moment, and why one did nothing."""

from datetime import UTC, datetime
from typing import NamedTuple

from bot.listeners.bot import Bot
from bot.people import People
from bot.thread.presses import Pressed
from incident.values import Json
from storage.audit import Entry

LONGEST = 200


class Attempt(NamedTuple):
    """Who wants to do what, and what it is about."""

    by: str
    press: str
    about: Pressed | None = None


async def refuse(bot: Bot, attempt: Attempt, why: str, among: People) -> None:
    """Keep an attempt that did nothing, with why and who might have."""
    await _enter(bot, "refused", attempt, {"why": why, "allowed": await among.meant()})


async def witness(bot: Bot, attempt: Attempt) -> None:
    """Keep an answer that is about to be taken, with everybody who might have given it."""
    await _enter(bot, "answering", attempt, {"allowed": await bot.approvers.meant()})


async def _enter(bot: Bot, kind: str, attempt: Attempt, what: dict[str, Json]) -> None:
    about = attempt.about or Pressed("")
    incident = about.incident.strip()[:LONGEST] or None  # buttons can be forged
    digest: dict[str, Json] = {"digest": about.digest[:LONGEST]} if about.digest else {}
    said = {"press": attempt.press, **digest, **what}
    await bot.audit.enter(Entry(at=datetime.now(UTC), kind=kind, by=attempt.by, incident_id=incident, what=said))
