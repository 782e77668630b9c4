"""What other programs call over HTTP, under /api/v1; nobody else gets in (`admission`)."""

from fastapi import FastAPI

from bot.api import acting, problems, trail
from bot.api.admission import Door
from bot.killswitch import KillSwitch
from storage.audit import SqlAudit


def register(app: FastAPI, door: Door, kill_switch: KillSwitch, audit: SqlAudit) -> None:
    """Serve all of it."""
    problems.register(app)
    acting.register(app, door, kill_switch)
    trail.register(app, door, audit)
