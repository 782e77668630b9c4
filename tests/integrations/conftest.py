"""A GitHub on this machine, and who dispatches to it with little patience."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from incident.facts import Plan
from incident.ports import Deployer, Dispatched, NotReady, Sighting, Tell
from integrations.github.access import Access, Patience
from integrations.github.deployer import GitHubDeployer
from tests.github_standin import READS, REPOSITORY, SENDS, GitHub

SHORT, LONG = timedelta(seconds=0.3), timedelta(seconds=60)
QUICK = Patience(call=LONG, poll=timedelta(seconds=0.01), found=LONG, started=LONG, ended=LONG)
"""For what is to be waited for."""
HASTY = QUICK._replace(found=SHORT, started=SHORT, ended=SHORT)
"""For what never comes."""
SECONDS = timedelta(seconds=2)
"""How long a hang is borne: other calls are quicker on any machine."""


async def unheard(_sighting: Sighting) -> None: ...


async def sent_and_followed(deployer: Deployer, plan: Plan, key: str, tell: Tell = unheard) -> Dispatched:
    """Roll back as the middle does, which stores in between that it is being sent."""
    try:
        async with deployer.prepared(plan, key) as send:
            answer = await send()
    except NotReady as why:
        return Dispatched.never(str(why), why.url)
    if isinstance(answer, Dispatched):
        return answer
    if answer is not None:
        await tell(answer)
    return await deployer.follow(plan, key, None if answer is None else answer.run, tell)


@pytest.fixture
async def github() -> AsyncIterator[GitHub]:
    async with GitHub() as standin:
        yield standin


@pytest.fixture
def access(github: GitHub) -> Access:
    return Access(REPOSITORY, github.url, READS, SENDS)


@pytest.fixture
def deployer(access: Access) -> GitHubDeployer:
    return GitHubDeployer(access, QUICK)


@pytest.fixture
def hasty(access: Access) -> GitHubDeployer:
    return GitHubDeployer(access, HASTY)
