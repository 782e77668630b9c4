"""After a rollback: the signal that paged is read until it has settled or time is up. All times are stored ones."""

import logging
from datetime import datetime, timedelta

from incident.facts import AlertResolved, AlertSeen, Check, Diagnosis, Reading, Recovery, RollbackEnded, RollbackStarted
from incident.hands import Hands
from incident.model import Incident
from incident.paged import Seen
from incident.ports import NotRecorded, Telemetry, Unreadable
from incident.recovery import assess, unasked
from incident.usual import MANY
from incident.values import Window

logger = logging.getLogger(__name__)

LEAD = timedelta(minutes=10)
"""How much of the signal before the alert goes into a check, where nobody knows when the trouble began."""

USUAL = timedelta(hours=1)
"""How much of the signal before the trouble says what is usual: long enough for noise, too short for another time of
day."""

LATELY = timedelta(minutes=3)
"""How much of the traffic says what is asked now: a sample or more of most sources."""

MARGIN = timedelta(minutes=1)
"""An onset is read off samples: the last minute before it may be trouble already."""


async def verify(hands: Hands, incident: Incident) -> Incident:
    """Read the signal that paged until it is quiet or time is up; a restart goes on from the rollback's stored end."""
    rollback = _rollback(incident)
    usual: tuple[Reading, ...] = ()
    while True:
        now, policy = hands.clock.now(), await hands.allowed()
        usual = usual or await _usual(hands, incident)
        readings = await _readings(hands.telemetry, incident, Window(_began(incident), now))
        check = assess(incident.alert, Seen(readings, usual), rollback, now, policy)
        if check is not None and check.result is Recovery.RECOVERED:
            check = await _while_asked(hands, incident, check, rollback.end + policy.patience)
        if check is not None:
            latest = await hands.store.load(incident.id)
            reason = _with_source(latest, check, rollback.end)
            return await hands.record(incident, check.model_copy(update={"reason": reason}))
        await hands.clock.wait(policy.poll)


async def _while_asked(hands: Hands, incident: Incident, check: Check, until: datetime) -> Check | None:
    """Return the check; where traffic has gone, None until it can't come back in time, else what to say."""
    if hands.traffic is None:
        return check
    service = incident.alert.service
    try:
        usual = await hands.traffic(hands.telemetry, service, _healthy(incident))
        lately = await hands.traffic(hands.telemetry, service, Window.before(check.at, LATELY))
    except (NotRecorded, Unreadable) as why:
        logger.info("%s: whether %s is asked at all can't be read: %s", incident.id, service, why)
        return check
    doubted = unasked(check, usual, lately)
    if doubted is None:
        return check
    return doubted if check.at >= until else None


async def _usual(hands: Hands, incident: Incident) -> tuple[Reading, ...]:
    """Return the signal before the trouble began, else in the healthy period that the telemetry knows of."""
    before = await _readings(hands.telemetry, incident, _healthy(incident))
    if len(before) >= MANY:
        return before
    try:
        healthy = await hands.telemetry.baseline()
        return await healthy.signal(incident.alert, await healthy.extent())
    except (NotRecorded, Unreadable) as why:
        logger.info("%s: what is usual for the signal that paged can't be read: %s", incident.id, why)
        return before


async def _readings(telemetry: Telemetry, incident: Incident, window: Window) -> tuple[Reading, ...]:
    try:
        return await telemetry.signal(incident.alert, window)
    except (NotRecorded, Unreadable) as why:
        logger.info("%s: the signal that paged can't be read: %s", incident.id, why)
        return ()


def _rollback(incident: Incident) -> Window:
    """Return from when until when it was under way."""
    started, ended = incident.last(RollbackStarted), incident.last(RollbackEnded)
    until = incident.opened_at if ended is None else ended.at
    return Window(until if started is None else started.at, until)


def _began(incident: Incident) -> datetime:
    """Return when the trouble began, ten minutes before the alert where nobody knows."""
    diagnosis, fired_at = incident.last(Diagnosis), incident.alert.fired_at
    onset = None if diagnosis is None else diagnosis.onset
    return fired_at - LEAD if onset is None else min(onset, fired_at)


def _healthy(incident: Incident) -> Window:
    return Window.before(_began(incident) - MARGIN, USUAL)


def _with_source(incident: Incident, check: Check, since: datetime) -> str:
    """Return the reason with what the alert's source has said since the rollback: evidence, not proof."""
    said = [f for f in incident.facts if isinstance(f, AlertSeen | AlertResolved) and f.at >= since]
    if not said:
        return check.reason
    what = "it is over" if isinstance(said[-1], AlertResolved) else "it still fires"
    return f"{check.reason} The alert's source said at {said[-1].at:%H:%M} that {what}."
