"""Incidents as rows and back. The status of a row is for searching; an incident's own is folded from its facts."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from incident.alert import Alert
from incident.facts import FACT
from incident.model import Incident, OutOfOrder
from incident.status import Status, World
from storage.database import UnusableDatabase
from storage.tables import facts, incidents


def as_row(incident: Incident) -> dict[str, Any]:
    """Return the columns of a new incident."""
    return {
        "id": incident.id,
        "target": storable(incident.target),
        "world": incident.world.value,
        "environment": storable(incident.environment),
        "service": storable(incident.alert.service),
        "alert": incident.alert.model_dump_json(),
        "follows": incident.follows,
        "opened_at": incident.opened_at,
        "fingerprint": incident.fingerprint,
        **standing(incident),
    }


def standing(incident: Incident) -> dict[str, Any]:
    """Return the columns that a fact may change."""
    return {
        "status": incident.status.value,
        "held_fingerprint": incident.fingerprint if incident.holds_fingerprint else None,
    }


def status_in(statuses: Iterable[Status]) -> ColumnElement[bool]:
    """Say of a query over `incidents` where they have to stand."""
    return incidents.c.status.in_([status.value for status in statuses])


def storable(name: str) -> str:
    """Return what others have called something without the one character that PostgreSQL can't keep."""
    return name.replace("\x00", "\ufffd")


async def assemble(connection: AsyncConnection, query: Select[Any]) -> tuple[Incident, ...]:
    """Return the incidents of a query over `incidents`, with all their facts, in the query's order.

    Raises `UnusableDatabase` where one of them was stored by another program.
    """
    rows = (await connection.execute(query)).all()
    told = await _facts_of(connection, [row.id for row in rows])
    return await asyncio.to_thread(lambda: tuple(_incident(row, told[row.id]) for row in rows))  # a second for hundreds


async def _facts_of(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = defaultdict(list)
    query = select(facts.c.incident_id, facts.c.body).where(facts.c.incident_id.in_(ids))
    for row in await connection.execute(query.order_by(facts.c.incident_id, facts.c.seq)):
        told[row.incident_id].append(row.body)
    return told


def _incident(row: Row[Any], told: Sequence[str]) -> Incident:
    try:
        return opened(row).replay(tuple(FACT.validate_json(body) for body in told))
    except (ValidationError, OutOfOrder) as error:
        message = f"incident {row.id} was stored by another version of this program, which can read it: {_brief(error)}"
        raise UnusableDatabase(message) from error


def _brief(error: ValidationError | OutOfOrder) -> str:
    return error.errors(include_url=False)[0]["msg"] if isinstance(error, ValidationError) else str(error)


def opened(row: Row[Any]) -> Incident:
    """Return the incident of a row as it was opened, before any fact."""
    return Incident(
        id=row.id,
        target=row.target,
        world=World(row.world),
        environment=row.environment,
        alert=Alert.model_validate_json(row.alert),
        opened_at=row.opened_at,
        follows=row.follows,
    )
