"""How many incidents stand where."""

from collections.abc import Mapping

from sqlalchemy import func, select

from incident.status import Status
from storage.database import Database
from storage.tables import incidents
from storage.whole import whole


@whole
async def by_status(database: Database) -> Mapping[Status, int]:
    """Return the number of incidents in each status, also where it is 0."""
    query = select(incidents.c.status, func.count().label("number")).group_by(incidents.c.status)
    async with database.reading() as connection:
        counted = {row.status: row.number for row in await connection.execute(query)}
    return {status: counted.get(status.value, 0) for status in Status}
