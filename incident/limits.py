"""How much may happen by itself in one production: read by the gate, and again as a rollback starts."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from incident.diagnosis import CulpritChange
from incident.facts import Plan
from incident.status import Status
from incident.values import Instant, Name, Value

HOUR = timedelta(hours=1)
A_SERVICE = 1
"""Automatic rollbacks of one service an hour: a second one says that the first was wrong."""
IN_ALL = 3
"""Automatic rollbacks in all an hour: more say that something else is wrong."""
STORM = 5
"""Other incidents opened lately that make a storm: then one cause is likely, and it is hardly one service's change."""
LATELY = timedelta(minutes=15)


class Acted(Value):
    """A rollback that was started. ``held``: nobody has seen its end; ``status``: where its incident stands now."""

    incident: Name
    plan: Plan
    at: Instant
    automatic: bool = False
    held: bool = False
    status: Status


class Opened(Value):
    """Another incident, and the change that its team blamed."""

    incident: Name
    at: Instant
    blamed: CulpritChange | None = None


class Around(Value):
    """What else happened in the same production, the newest first, the incident itself left out."""

    acted: tuple[Acted, ...] = ()
    opened: tuple[Opened, ...] = ()


def spent(acted: Iterable[Acted], service: str, environment: str, at: datetime) -> str | None:
    """Return why no further automatic rollback may start now, None where one may."""
    recent = [one for one in acted if one.automatic and one.at > at - HOUR]
    here = [one for one in recent if (one.plan.service, one.plan.environment) == (service, environment)]
    if len(here) >= A_SERVICE:
        return f"{service} was rolled back automatically at {here[0].at:%H:%M} ({here[0].incident}), within the hour."
    if len(recent) >= IN_ALL:
        return f"{len(recent)} automatic rollbacks were started within the hour, and {IN_ALL} are the most."
    return None


def storm(opened: Iterable[Opened], at: datetime) -> str | None:
    """Return what makes this a storm, None where it is none."""
    count = sum(one.at > at - LATELY for one in opened)
    minutes = LATELY // timedelta(minutes=1)
    if count < STORM:
        return None
    return (
        f"{count} other incidents were opened within {minutes} minutes: in such a storm nothing is done automatically."
    )
