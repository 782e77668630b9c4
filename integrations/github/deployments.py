"""What ran where, by the deployments that are recorded at GitHub: those that succeeded, and what is on its way."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from incident.ports import Deployed
from integrations.github.actors import actors
from integrations.github.answers import LONGEST, Deployment, DeploymentStatus
from integrations.github.calls import Calls

PAGES, PAGE = 3, 100
MOST = 20
"""Deployments of one service whose fate is asked for: enough to know what runs and what ran before."""
AT_ONCE = 5
GOING_ON = frozenset({"queued", "pending", "waiting", "in_progress"})
FRESH = timedelta(days=1)
"""A deployment that has been going on for longer was forgotten."""


async def deployments(calls: Calls, service: str, environment: str) -> tuple[Deployed, ...]:
    """Return what succeeded there, oldest first, and then what hasn't ended yet; raises `Unreadable`."""
    ours = [each for each in await _recorded(calls, environment) if _service(each, calls.access.repository) == service]
    gate = asyncio.Semaphore(AT_ONCE)

    async def fate(each: Deployment) -> DeploymentStatus | None:
        async with gate:
            return await _fate(calls, each)

    newest = ours[:MOST]
    who = await actors(calls, newest)
    fates = tuple(zip(newest, await asyncio.gather(*map(fate, newest)), strict=True))
    ended = sorted((told.created_at, each.id, each) for each, told in fates if told and told.state == "success")
    rows = [Deployed(service, version(each), None, change(each), at, who.get(each.id)) for at, _, each in ended]
    ran = rows[:1] + [row._replace(previous_version=before.version) for before, row in pairwise(rows)]
    coming = [
        Deployed(service, version(each), None, change(each), each.created_at, who.get(each.id), finished=False)
        for each, told in reversed(fates)
        if (told is None or told.state in GOING_ON) and datetime.now(UTC) - each.created_at < FRESH
    ]
    return (*ran, *coming)


def version(deployment: Deployment) -> str:
    """Return the version: what the payload names, else what was deployed from."""
    return _told(deployment, "version") or deployment.ref[:LONGEST]


def change(deployment: Deployment) -> str:
    """Return the change's id: what the payload names, else GitHub's id of the deployment."""
    return _told(deployment, "change") or str(deployment.id)


async def _recorded(calls: Calls, environment: str) -> list[Deployment]:
    found: list[Deployment] = []
    for page in range(1, PAGES + 1):
        query: Mapping[str, str | int] = {"environment": environment, "per_page": PAGE, "page": page}
        there = await calls.read("/deployments", tuple[Deployment, ...], **query)
        found += there
        if len(there) < PAGE:
            break
    return sorted(found, key=lambda each: (each.created_at, each.id), reverse=True)


async def _fate(calls: Calls, each: Deployment) -> DeploymentStatus | None:
    """Return the last word of it, None where there is none yet.

    "inactive" counts only where nothing else is said: it tells that something newer was deployed to the environment.
    """
    statuses = await calls.read(f"/deployments/{each.id}/statuses", tuple[DeploymentStatus, ...], per_page=PAGE)
    return max(statuses, key=lambda status: (status.state != "inactive", status.created_at), default=None)


def _service(deployment: Deployment, repository: str) -> str:
    """Return whose deployment it is: what the payload names, else the service that the repository is called after."""
    return _told(deployment, "service") or repository.rpartition("/")[2]


def _told(deployment: Deployment, name: str) -> str:
    payload = deployment.payload
    told = payload.get(name) if isinstance(payload, dict) else None
    return told.strip()[:LONGEST] if isinstance(told, str) else ""
