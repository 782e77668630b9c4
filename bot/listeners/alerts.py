"""Messages of alert channels: what fired gets a thread under it, what healed ends what is open, repeats join."""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from bot.alerts import Fired, Healed, read_message
from bot.alerts.rules import Allowed, Ignored, Rule, judge
from bot.alerts.senders import allowed_sender
from bot.beginning import late
from bot.listeners.bot import Bot
from bot.mistakes import Mistake
from incident.alert import fingerprint
from incident.facts import AlertResolved, AlertSeen
from incident.model import Incident
from incident.status import WORLD_LABEL, World
from storage.memory import Origin

logger = logging.getLogger(__name__)


LOOK_EVERY = 0.5


class Heard(NamedTuple):
    """A message as it is now, and where it stands.

    ``edited``: it said something else before. ``late``: it was said while nobody listened.
    """

    channel: str
    message: Mapping[str, Any]
    edited: bool = False
    late: bool = False

    @property
    def origin(self) -> Origin:
        """Where a thread about it belongs."""
        return Origin(self.channel, str(self.message["ts"]))


async def take_up(bot: Bot, heard: Heard) -> None:
    """Do what a message of an allowed sender asks for."""
    sender = allowed_sender(heard.message, bot.in_force.environment.slack.alert_senders)
    if isinstance(sender, Ignored):
        logger.info("message %s in %s: %s", heard.message["ts"], heard.channel, sender.reason)
        return
    for number, seen in enumerate(read(bot, heard.message)):
        kind = "healed" if isinstance(seen, Healed) else "alert"
        await _alone(bot, heard, seen, f"{kind}:{heard.channel}:{heard.message['ts']}:{number}")


async def _alone(bot: Bot, heard: Heard, seen: Fired | Healed, name: str) -> None:
    """Take one thing up unless another replica is at it. What is read late waits: whoever was at it may have died."""
    while not await bot.leases.take(name):
        if not heard.late:
            return
        await asyncio.sleep(LOOK_EVERY)
    try:
        if await _known(bot, heard, seen, name):
            return
        if isinstance(seen, Healed):
            await _end(bot, seen)
        elif await _wanted(bot, seen, heard.channel):
            await investigate(bot, seen, heard)
        await bot.memory.first_time(name)  # known from its end on: what a death breaks off is read again
    finally:
        await bot.leases.give_back(name)


def read(bot: Bot, message: Mapping[str, Any]) -> tuple[Fired | Healed, ...]:
    """Return what a message says about alerts."""
    environment = min(bot.in_force.environment.settings.environments, default="production")
    return read_message(
        message, default_environment=environment, seen_at=datetime.now(UTC), known_services=bot.services
    )


async def investigate(bot: Bot, fired: Fired, heard: Heard) -> Incident | None:
    """Open an incident about an alert or join the open one; None where no new ones may be opened."""
    place = bot.places.of_alert(fired)
    if heard.late:
        place = place._replace(alert=late(place.alert))
    try:
        return await bot.runner.investigate(place, heard.origin)
    except Mistake as refused:
        logger.info("%s on %s: %s", fired.alert.name, fired.alert.service, refused.message)
        return None


async def _known(bot: Bot, heard: Heard, seen: Fired | Healed, name: str) -> bool:
    """Tell whether this was taken up before: a second delivery, an edit or the history brings it again."""
    before = await bot.memory.heard_at(name) is not None
    if isinstance(seen, Healed):
        return before and heard.late
    return before or ((heard.edited or heard.late) and await _under_way(bot, heard, seen))


async def _under_way(bot: Bot, heard: Heard, fired: Fired) -> bool:
    """Tell whether this alert has its incident under the message; of several a death may have let some pass."""
    ids = await bot.memory.incidents_in(heard.channel, str(heard.message["ts"]))
    here = [await bot.store.load(each) for each in ids]
    return not {each.fingerprint for each in here}.isdisjoint(_problems(fired))


async def _wanted(bot: Bot, fired: Fired, channel: str) -> bool:
    rule, mutes = bot.rules.get(channel, Rule()), await bot.memory.mutes()
    verdict = judge(fired, rule, now=datetime.now(UTC), mutes=mutes, last_taken_up=await _taken_up(bot, fired))
    if isinstance(verdict, Ignored):
        logger.info("%s on %s is passed over: %s", fired.alert.name, fired.alert.service, verdict.reason)
    return isinstance(verdict, Allowed)


async def _taken_up(bot: Bot, fired: Fired) -> datetime | None:
    """Return when the same problem was last taken up; None where it never was, or where it joins what is open."""
    for problem in _problems(fired):
        incident = await bot.store.latest(problem)
        if incident is not None:
            seen = [each.at for each in incident.every(AlertSeen)]
            return None if incident.holds_fingerprint else max([incident.opened_at, *seen])
    return None


async def _end(bot: Bot, healed: Healed) -> None:
    """Note on the incident that is open that its alert is over; where none is, there is nothing to do."""
    for problem in _problems(healed):
        incident = await bot.store.latest(problem)
        if incident is not None and incident.holds_fingerprint and not incident.resolved_at_source:
            await bot.runner.note(incident.id, lambda now: AlertResolved(at=now))


def _problems(seen: Fired | Healed) -> Iterator[str]:
    """Yield the fingerprints that it may have: in the made-up world of its label, and on real systems."""
    about = seen.alert if isinstance(seen, Fired) else seen
    worlds = [about.labels[WORLD_LABEL]] if WORLD_LABEL in about.labels else []
    for production in (*worlds, World.REAL):
        yield fingerprint(f"{production}/{seen.environment}", about.service, about.name, about.labels)
