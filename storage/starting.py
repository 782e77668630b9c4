"""The moment in which a rollback starts: whatever must hold then is asked in the transaction that stores the start."""

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from incident.facts import RollbackStarted
from incident.limits import spent, storm
from incident.model import Incident
from incident.ports import Busy
from storage.around import around
from storage.postgresql import take_turn
from storage.rows import storable
from storage.tables import rollbacks


async def take_place(connection: AsyncConnection, incident: Incident, started: RollbackStarted) -> None:
    """Ask all that must hold at this moment, then take the place of the rollback; raises `Busy` with what doesn't."""
    await take_turn(connection, rollbacks.name)  # nobody else counts while we do
    if started.automatic:
        await _within_limits(connection, incident, started)
    await _alone(connection, incident, started)


async def give_place_back(connection: AsyncConnection, incident: Incident) -> None:
    """Let others start there: nothing can follow from this incident's rollback any more."""
    ours = update(rollbacks).where(rollbacks.c.incident_id == incident.id, rollbacks.c.held.is_not(None))
    await connection.execute(ours.values(held=None))


async def _within_limits(connection: AsyncConnection, incident: Incident, started: RollbackStarted) -> None:
    seen, plan = await around(connection, incident, started.at), started.plan
    reached = spent(seen.acted, plan.service, plan.environment, started.at) or storm(seen.opened, started.at)
    if reached:
        raise Busy(reached)


async def _alone(connection: AsyncConnection, incident: Incident, started: RollbackStarted) -> None:
    try:
        await connection.execute(insert(rollbacks).values(_row(incident, started)))
    except IntegrityError as error:
        message = f"Another rollback of {started.plan.service} in {started.plan.environment} is under way."
        raise Busy(message) from error


def _row(incident: Incident, started: RollbackStarted) -> dict[str, object]:
    plan = started.plan
    return {
        "incident_id": incident.id,
        "key": started.key,
        "service": storable(plan.service),
        "environment": storable(plan.environment),
        "started_at": started.at,
        "held": storable(f"{incident.production}/{plan.environment}/{plan.service}"),
    }
