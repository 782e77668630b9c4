"""What else was done and opened in an incident's production, read from its rows."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, desc, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from incident.facts import FACT, Diagnosis, RollbackStarted
from incident.limits import Acted, Around, Opened
from incident.model import Incident
from incident.status import Status
from storage.rows import opened
from storage.tables import facts, incidents, rollbacks

REMEMBERED = timedelta(days=14)
"""How long a version that was taken back is remembered."""
MOST = 500


async def around(connection: AsyncConnection, incident: Incident, at: datetime) -> Around:
    """Return what `incident.limits` and the gate look at."""
    return Around(acted=await _acted(connection, incident, at), opened=await _opened(connection, incident, at))


async def _acted(connection: AsyncConnection, incident: Incident, at: datetime) -> tuple[Acted, ...]:
    query = (
        select(incidents, rollbacks.c.held, facts.c.body)
        .join(rollbacks, rollbacks.c.incident_id == incidents.c.id)
        .join(facts, and_(facts.c.incident_id == incidents.c.id, facts.c.kind == "rollback_started"))
        .where(incidents.c.world == incident.world.value, incidents.c.id != incident.id)
        .where(or_(rollbacks.c.held.is_not(None), rollbacks.c.started_at > at - REMEMBERED))
        .order_by(desc(rollbacks.c.started_at))
        .limit(MOST)
    )
    return tuple(_act(row) for row in await connection.execute(query) if _same_production(row, incident))


async def _opened(connection: AsyncConnection, incident: Incident, at: datetime) -> tuple[Opened, ...]:
    query = (
        select(incidents, facts.c.body)
        .outerjoin(facts, and_(facts.c.incident_id == incidents.c.id, facts.c.kind == "diagnosis"))
        .where(incidents.c.world == incident.world.value, incidents.c.id != incident.id)
        .where(incidents.c.opened_at > at - REMEMBERED)
        .order_by(desc(incidents.c.opened_at))
        .limit(MOST)
    )
    return tuple(_seen(row) for row in await connection.execute(query) if _same_production(row, incident))


def _same_production(row: Row[Any], incident: Incident) -> bool:
    return opened(row).production == incident.production


def _act(row: Row[Any]) -> Acted:
    fact = FACT.validate_json(row.body)
    if not isinstance(fact, RollbackStarted):  # the query asks for nothing else
        raise TypeError(fact.kind)
    return Acted(
        incident=row.id,
        plan=fact.plan,
        at=fact.at,
        automatic=fact.automatic,
        held=row.held is not None,
        status=Status(row.status),
    )


def _seen(row: Row[Any]) -> Opened:
    fact = None if row.body is None else FACT.validate_json(row.body)
    blamed = fact.culprit_change if isinstance(fact, Diagnosis) else None
    return Opened(incident=row.id, at=row.opened_at, blamed=blamed)
