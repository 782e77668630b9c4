"""A made-up world whose rollbacks are rehearsed on a real workflow, in a repository that is marked as a sandbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from incident.facts import Outcome, Plan
from incident.ports import Deployed, Deployer, Dispatched, NotReady, Send, Tell, Unreadable
from incident.status import World
from integrations.github.deployer import GitHubDeployer

TOPIC = "first-responder-sandbox"


class Rehearsal:
    """`Deployer` of a made-up world: GitHub runs the workflow, and on its success the world itself is rolled back."""

    acts_on: Literal[World.SCENARIO] = World.SCENARIO

    def __init__(self, world: Deployer, github: GitHubDeployer) -> None:
        self._world, self._github = world, github

    async def history(self, service: str, environment: str) -> tuple[Deployed, ...]:
        """See `Deployer`: what runs in the made-up world."""
        return await self._world.history(service, environment)

    @asynccontextmanager
    async def prepared(self, plan: Plan, key: str) -> AsyncIterator[Send]:
        """See `Deployer`. Refused unless the repository carries the topic at this moment."""
        refused = await self._refused()
        if refused:
            raise NotReady(refused)
        async with self._github.prepared(plan, key) as send:
            yield send

    async def follow(self, plan: Plan, key: str, run: str | None, tell: Tell) -> Dispatched:
        """See `Deployer`. What succeeded there is done in the world as well."""
        done = await self._github.follow(plan, key, run, tell)
        if done.outcome is not Outcome.SUCCEEDED:
            return done
        return (await self._world.follow(plan, key, run, tell))._replace(url=done.url)

    async def _refused(self) -> str:
        try:
            repository = await self._github.repository()
        except Unreadable as why:
            return str(why)
        if TOPIC in repository.topics:
            return ""
        return (
            f"{repository.full_name} isn't marked as a sandbox; give it the topic {TOPIC} if nothing real hangs on it"
        )
