"""`POST` and `DELETE /api/v1/pause`: the kill switch."""

import json
from http import HTTPStatus
from typing import Annotated

from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.api.admission import Door
from bot.api.problems import Problem
from bot.api_tokens import Scope
from bot.killswitch import KillSwitch
from incident.policy import Pause

MOST_BYTES = 16_384
WRITERS = (Scope.ALERT, Scope.CHANGES)


class Wish(BaseModel):
    """What may be said with a pause."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(max_length=500)] = ""


def register(app: FastAPI, door: Door, kill_switch: KillSwitch) -> None:
    """Serve it. Anyone who may do more than read may pause; admins resume."""

    @app.post("/api/v1/pause")
    async def pause(request: Request) -> dict[str, object]:
        by = door.admit(request, *WRITERS)
        return _said(await kill_switch.pause(by, (await _wish(request)).reason))

    @app.delete("/api/v1/pause")
    async def resume(request: Request) -> dict[str, object]:
        resumed = await kill_switch.resume(door.admit(request))
        if resumed.standing is not None:
            raise Problem(HTTPStatus.CONFLICT, f"{resumed.standing} Change the setting and start again.")
        return _said(None)


def _said(pause: Pause | None) -> dict[str, object]:
    return {"paused": pause is not None, **(pause.model_dump(mode="json") if pause else {})}


async def _wish(request: Request) -> Wish:
    """Read the body, which may be empty; nothing of it before somebody was let in."""
    written = bytearray()
    async for part in request.stream():
        written += part
        if len(written) > MOST_BYTES:
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Send at most {MOST_BYTES} bytes.")
    try:
        return Wish.model_validate(json.loads(written) if written.strip() else {})
    except (ValidationError, ValueError, RecursionError) as wrong:
        detail = 'Send nothing, or {"reason": "…"} with at most 500 characters.'
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail) from wrong
