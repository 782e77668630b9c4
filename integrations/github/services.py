"""`Deployer` of real systems whose services have repositories and workflows of their own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal

from incident.facts import Outcome, Plan
from incident.ports import Deployed, Dispatched, NotReady, NotRecorded, Send, Tell
from incident.status import World
from integrations.github.access import Access, Patience
from integrations.github.deployer import GitHubDeployer

Lookup = Callable[[str], Access | None]
"""Returns where a service's rollbacks are dispatched, None where nobody has said so."""


class EachInItsOwn:
    """Asks for every service in its own place."""

    acts_on: Literal[World.REAL] = World.REAL

    def __init__(self, lookup: Lookup, patience: Patience | None = None) -> None:
        self._lookup, self._patience = lookup, patience

    async def history(self, service: str, environment: str) -> tuple[Deployed, ...]:
        """See `Deployer`."""
        deployer = self._of(service)
        if deployer is None:
            raise NotRecorded(_homeless(service))
        return await deployer.history(service, environment)

    @asynccontextmanager
    async def prepared(self, plan: Plan, key: str) -> AsyncIterator[Send]:
        """See `Deployer`."""
        deployer = self._of(plan.service)
        if deployer is None:
            raise NotReady(_homeless(plan.service))
        async with deployer.prepared(plan, key) as send:
            yield send

    async def follow(self, plan: Plan, key: str, run: str | None, tell: Tell) -> Dispatched:
        """See `Deployer`."""
        deployer = self._of(plan.service)
        if deployer is None:
            return Dispatched(Outcome.UNKNOWN, reason=f"It was sent, and by now {_homeless(plan.service)}.")
        return await deployer.follow(plan, key, run, tell)

    def _of(self, service: str) -> GitHubDeployer | None:
        there = self._lookup(service)
        return None if there is None else GitHubDeployer(there, self._patience)


def _homeless(service: str) -> str:
    return f"no repository is named for {service}"
