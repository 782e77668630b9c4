"""`Deployer` of real systems: a rollback is a run of a workflow, dispatched once."""

import logging
from typing import Literal

from incident.facts import Plan, Progress
from incident.ports import Deployed, Dispatched, Sighting, Tell, Unreadable
from incident.status import World
from incident.unbroken import unbroken
from integrations.github.access import Access, Patience
from integrations.github.answers import Repository
from integrations.github.calls import Calls, MaybeSent, NotSent
from integrations.github.deployments import deployments
from integrations.github.dispatching import dispatch
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

    async def roll_back(self, plan: Plan, key: str, tell: Tell) -> Dispatched:
        """See `Deployer`."""
        async with self._calls() as calls:
            sent = await unbroken(_send(calls, plan, key, tell))
            if isinstance(sent, Dispatched):
                return sent
            return await follow(calls, self._patience, key, sent, tell)

    async def find(self, plan: Plan, key: str, run: str | None, tell: Tell) -> Dispatched:
        """See `Deployer`."""
        del plan
        async with self._calls() as calls:
            return await follow(calls, self._patience, key, int(run) if run and run.isdigit() else None, tell)

    def _calls(self) -> Calls:
        return Calls(self._access, self._patience)


async def _send(calls: Calls, plan: Plan, key: str, tell: Tell) -> Dispatched | int | None:
    """Send it; return the run's id where it is known, None where it has to be looked for."""
    try:
        run = await dispatch(calls, await calls.read("", Repository), plan, key)
    except MaybeSent as lost:
        logger.warning("%s: the dispatch's answer is missing, its run is looked for: %s", key, lost)
        return None
    except (NotSent, Unreadable) as refused:
        return Dispatched.never(str(refused), calls.access.runs_page)
    if run is not None:
        await tell(Sighting(str(run), Progress.QUEUED, calls.access.run_page(run)))
    return run
