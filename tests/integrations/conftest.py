"""A GitHub on this machine, and who dispatches to it with little patience."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

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
