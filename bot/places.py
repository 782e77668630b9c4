"""Finds the production that a name, an alert or an incident belongs to; a made-up one by its opaque label."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.alerts import Fired
from bot.app import AFTERMATH, Place, listed_scenarios, made_up_place, place_again
from bot.mistakes import Mistake
from bot.nowhere import Nowhere
from incident.alert import Alert
from incident.facts import Outcome, RollbackEnded, RollbackStarted
from incident.model import Incident
from incident.ports import Clock, Deployer, Sighting
from incident.status import WORLD_LABEL, World
from scenarios.files import load_scenario

MOST = 100
"""Made-up worlds that are kept alive at once; an older one is made again when it is needed."""
NAME = re.compile(r"[\w-]{1,80}")
LONGEST_ABSENCE = timedelta(hours=24)
"""How much time a made-up world is given to pass at most while nobody was there."""


def unseen_place(alert: Alert, environment: str, deployer: Deployer | None = None) -> Place:
    """Return the place of a real alert while no telemetry is connected: nothing can be read there."""
    return Place(
        target=alert.service,
        world=World.REAL,
        environment=environment,
        alert=alert,
        telemetry=Nowhere(),
        deployer=deployer,
        clock=Clock(lambda: datetime.now(UTC)),
        as_of=alert.fired_at + AFTERMATH,
    )


def known_services() -> frozenset[str]:
    """Return the services of all made-up productions."""
    return frozenset(name for each in listed_scenarios() for name in load_scenario(each.name).system.services)


class Places:
    """The worlds that are alive, the one that was used last at the end.

    ``deployer`` is of the real systems; ``rehearse`` changes who rolls back in a made-up world.
    """

    def __init__(self, deployer: Deployer | None = None, rehearse: Callable[[Place], Place] | None = None) -> None:
        self._alive: dict[str, Place] = {}
        self._deployer, self._rehearse = deployer, rehearse or (lambda place: place)

    async def named(self, name: str, since: datetime | None = None) -> Place:
        """Return a new place for what somebody in a chat names; raises `Mistake`."""
        place = await asyncio.to_thread(_named, name, since)
        await _come_to_the_present(place, place.clock.now())
        return self._keep(self._rehearse(place))

    def of_alert(self, fired: Fired) -> Place:
        """Return where an alert fired; one that belongs to no world that is alive is about something unseen."""
        place = self._alive.get(fired.alert.labels.get(WORLD_LABEL, ""))
        return self._real(fired.alert, fired.environment) if place is None else self._keep(place)

    async def again(self, incident: Incident) -> Place:
        """Return the place of a stored incident as it is now: what was done there is done, time has passed."""
        if incident.world is World.REAL:
            return self._real(incident.alert, incident.environment)
        place = self._alive.get(incident.production)
        if place is None:
            place = (await asyncio.to_thread(place_again, incident))._replace(alert=incident.alert)
            await _live_through(place, incident)
            place = self._rehearse(place)
        return self._keep(place)

    def _real(self, alert: Alert, environment: str) -> Place:
        return unseen_place(alert, environment, self._deployer)

    def forget(self, production: str) -> None:
        """Let go of a made-up world; from what is stored it can be made again."""
        self._alive.pop(production, None)

    def _keep(self, place: Place) -> Place:
        label = place.alert.labels[WORLD_LABEL]
        self._alive.pop(label, None)
        self._alive[label] = place
        while len(self._alive) > MOST:
            self._alive.pop(next(iter(self._alive)))
        return place


def _named(name: str, since: datetime | None) -> Place:
    """Make up a world by its name: files and folders don't count in a chat."""
    plain = name.strip().removeprefix("scenario:").lower()
    if not NAME.fullmatch(plain):
        there = ", ".join(scenario.name for scenario in listed_scenarios())
        message = f"{name[:80]!r} is not a name; there are {there}"
        raise Mistake(message)
    return made_up_place(plain, 0, since)


async def _live_through(place: Place, incident: Incident) -> None:
    """Do again what was done in a made-up world, at its time, and let the time since then pass."""
    started, ended = incident.last(RollbackStarted), incident.last(RollbackEnded)
    if place.deployer and started and ended and ended.outcome is Outcome.SUCCEEDED:
        await _wait_until(place, started.at)
        await place.deployer.follow(started.plan, started.key, None, _unheard)
    await _come_to_the_present(place, max((fact.at for fact in incident.facts), default=incident.opened_at))


async def _come_to_the_present(place: Place, latest: datetime) -> None:
    """Let time pass until it is now there too: what a restart brings back later stands at the same time."""
    await _wait_until(place, min(max(datetime.now(UTC), latest), latest + LONGEST_ABSENCE))


async def _unheard(sighting: Sighting) -> None:
    """Pass over what was told when it happened."""


async def _wait_until(place: Place, moment: datetime) -> None:
    await place.clock.wait(max(moment - place.clock.now(), timedelta(0)))
