"""`GET /api/v1/audit`: the audit trail, a page at a time."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Query, Request

from bot.api.admission import Door
from bot.api.problems import Problem
from bot.api_tokens import Scope
from bot.config import duration
from storage.audit import SqlAudit

Id = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=500)]
Seq = Annotated[int, Query(ge=0, le=2**31 - 1)]


def register(app: FastAPI, door: Door, audit: SqlAudit) -> None:
    """Serve it."""

    @app.get("/api/v1/audit")
    async def entries(
        request: Request, incident: Id = None, since: str | None = None, after: Seq = 0, limit: Limit = 100
    ) -> dict[str, object]:
        """Return entries beyond ``after``, oldest first; ``next`` is where the next page begins, null at the end."""
        door.admit(request, Scope.READ)
        page = await audit.entries(after, incident_id=incident, since=_moment(since), limit=limit)
        more = page[-1].seq if len(page) == limit else None
        return {"entries": [kept.document for kept in page], "next": more}


def _moment(since: str | None) -> datetime | None:
    """Read `7d`, which ends now."""
    if since is None:
        return None
    try:
        length = duration(since)
    except ValueError as wrong:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"since: {wrong}.") from wrong
    return datetime.now(UTC) - length if isinstance(length, timedelta) else None
