"""`Deployer` of real systems: a rollback is a run of a workflow, dispatched once."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from incident.facts import Plan, Progress
from incident.ports import Deployed, Dispatched, NotReady, Send, Sighting, Tell, Unreadable
from incident.status import World
from integrations.github.access import Access, Patience
from integrations.github.answers import Repository
from integrations.github.calls import Calls, MaybeSent, NotSent
from integrations.github.deployments import deployments
from integrations.github.dispatching import Dispatch, dispatch
from integrations.github.following import follow

logger = logging.getLogger(__name__)


class GitHubDeployer:
    """One repository's workflow, and its record of deployments."""

    acts_on: Literal[World.REAL] = World.REAL

    def __init__(self, access: Access, patience: Patience | None = None) -> None:
        self._access, self._patience = access, patience or Patience()

    async def history(self, service: str, environment: str) -> tuple[Deployed, ...]:
        """See `Deployer`."""
        async with self._calls() as calls:
            return await deployments(calls, service, environment)

    async def repository(self) -> Repository:
        """Return the repository as it is now; raises `Unreadable`."""
        async with self._calls() as calls:
            return await calls.read("", Repository)

    @asynccontextmanager
    async def prepared(self, plan: Plan, key: str) -> AsyncIterator[Send]:
        """See `Deployer`."""
        async with self._calls() as calls:
            try:
                repository = await calls.knock()
            except Unreadable as why:
                raise NotReady(str(why), self._access.runs_page) from why
            ready = Dispatch.of(plan, key, calls.access, repository)
            yield lambda: _send(calls, ready)

    async def follow(self, plan: Plan, key: str, run: str | None, tell: Tell) -> Dispatched:
        """See `Deployer`."""
        del plan
        async with self._calls() as calls:
            return await follow(calls, self._patience, key, int(run) if run and run.isdigit() else None, tell)

    def _calls(self) -> Calls:
        return Calls(self._access, self._patience)


async def _send(calls: Calls, ready: Dispatch) -> Sighting | Dispatched | None:
    try:
        run = await dispatch(calls, ready)
    except MaybeSent as lost:
        logger.warning("%s: the dispatch's answer is missing, its run is looked for: %s", ready.key, lost)
        return None
    except NotSent as refused:
        return Dispatched.never(str(refused), calls.access.runs_page)
    return None if run is None else Sighting(str(run), Progress.QUEUED, calls.access.run_page(run))
