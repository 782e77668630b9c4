"""When an incident that ended is closed by itself: its alert has stayed resolved, or nothing happens any more. Pure."""

from datetime import datetime, timedelta

from incident.facts import Closed
from incident.model import Incident
from incident.status import CLOSABLE

STAYS = timedelta(hours=1)
"""How long an alert has to stay resolved: what flaps does so within minutes, and the next page would open a new one."""

AGE = timedelta(days=7)
"""How long nothing has to happen: a week holds every rota's turn, and whoever wanted to go on has done so."""


def closing(incident: Incident, now: datetime) -> Closed | None:
    """Return what closes it, None while something speaks against it: a rollback whose end nobody saw needs a person."""
    if incident.status not in CLOSABLE or incident.acting:
        return None
    idle = now - max((fact.at for fact in incident.facts), default=incident.opened_at)
    if incident.resolved_at_source and idle >= STAYS:
        return Closed(at=now, reason="Its alert has stayed resolved for an hour.")
    return Closed(at=now, reason="Nothing has happened for a week.") if idle >= AGE else None


def dated(closed: Closed, moment: datetime) -> Closed:
    """Return it as of another moment, such as the incident's own time."""
    return closed.model_copy(update={"at": moment})
