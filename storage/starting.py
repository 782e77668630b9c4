"""The moment in which a rollback starts: whatever must hold then is asked in the transaction that stores the start."""

from sqlalchemy import insert, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from incident.facts import Plan, RollbackStarted
from incident.limits import spent, storm
from incident.model import Incident
from incident.ports import Busy
from storage.around import around
from storage.rows import place, storable
from storage.tables import rollbacks


async def take_place(connection: AsyncConnection, incident: Incident, started: RollbackStarted) -> None:
    """Ask all that must hold at this moment, then take the place of the rollback; raises `Busy` with what doesn't."""
    await _one_at_a_time(connection)
    if started.automatic:
        await _within_limits(connection, incident, started)
    await _alone(connection, incident, started)


async def give_place_back(connection: AsyncConnection, incident: Incident) -> None:
    """Let others start there: nothing can follow from this incident's rollback any more."""
    ours = update(rollbacks).where(rollbacks.c.incident_id == incident.id, rollbacks.c.held.is_not(None))
    await connection.execute(ours.values(held=None))


async def _one_at_a_time(connection: AsyncConnection) -> None:
    """Let no other process count while this one does: SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("LOCK TABLE rollbacks IN EXCLUSIVE MODE"))


async def _within_limits(connection: AsyncConnection, incident: Incident, started: RollbackStarted) -> None:
    seen, plan = await around(connection, incident, started.at), started.plan
    reached = spent(seen.acted, plan.service, plan.environment, started.at) or storm(seen.opened, started.at)
    if reached:
        raise Busy(reached)


async def _alone(connection: AsyncConnection, incident: Incident, started: RollbackStarted) -> None:
    try:
        await connection.execute(insert(rollbacks).values(_row(incident, started, started.plan)))
    except IntegrityError as error:
        message = f"Another rollback of {started.plan.service} in {started.plan.environment} is under way."
        raise Busy(message) from error


def _row(incident: Incident, started: RollbackStarted, plan: Plan) -> dict[str, object]:
    return {
        "incident_id": incident.id,
        "key": started.key,
        "service": storable(plan.service),
        "environment": storable(plan.environment),
        "started_at": started.at,
        "held": place(incident, plan),
    }
