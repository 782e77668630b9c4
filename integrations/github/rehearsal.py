"""A made-up world whose rollbacks are rehearsed on a real workflow, in a repository that is marked as a sandbox."""

from typing import Literal

from incident.facts import Outcome, Plan
from incident.ports import Deployed, Deployer, Dispatched, Tell, Unreadable
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

    async def roll_back(self, plan: Plan, key: str, tell: Tell) -> Dispatched:
        """See `Deployer`. Refused unless the repository carries the topic at this moment."""
        refused = await self._refused()
        if refused:
            return Dispatched.never(refused)
        return await self._applied(await self._github.roll_back(plan, key, tell), plan, key, tell)

    async def find(self, plan: Plan, key: str, run: str | None, tell: Tell) -> Dispatched:
        """See `Deployer`."""
        return await self._applied(await self._github.find(plan, key, run, tell), plan, key, tell)

    async def _applied(self, done: Dispatched, plan: Plan, key: str, tell: Tell) -> Dispatched:
        if done.outcome is not Outcome.SUCCEEDED:
            return done
        return (await self._world.roll_back(plan, key, tell))._replace(url=done.url)

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
