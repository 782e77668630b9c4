"""What the doctor says of GitHub."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from bot.doctor.finding import State
from bot.doctor.github import github as examine
from bot.github_settings import GitHubSettings
from incident.catalog import Catalog, Entry
from integrations.github.rehearsal import TOPIC
from tests.github_standin import READS, REPOSITORY, SENDS, GitHub
from tests.incident.made import T

NOBODY = Catalog()


@pytest.fixture
async def github() -> AsyncIterator[GitHub]:
    async with GitHub() as standin:
        yield standin


def settings(github: GitHub, **more: object) -> GitHubSettings:
    well = {
        "github_token": SecretStr(READS),
        "github_dispatch_token": SecretStr(SENDS),
        "github_rollback_repo": REPOSITORY,
        "github_api_url": github.url,
    }
    return GitHubSettings.model_construct(**{**well, **more})


async def said(settings: GitHubSettings, state: State, catalog: Catalog = NOBODY) -> list[str]:
    return [f"{each.said} → {each.remedy}" for each in await examine(settings, catalog) if each.state is state]


async def test_all_is_well(github: GitHub) -> None:
    github.deployed("shop", "v1", T, "success")
    github.began("INC-1-1")
    right = await said(settings(github), State.RIGHT)
    assert [line.partition(" → ")[0] for line in right] == [
        "acme/rollbacks, branch main: for real rollbacks, never for rehearsals",
        "rollback.yml is there and enabled",
        "deployments are recorded and can be read",
        "runs can be read",
    ]
    assert await said(settings(github), State.WRONG) == []


async def test_a_sandbox_is_said_to_be_one(github: GitHub) -> None:
    github.manner.topics = [TOPIC]
    assert "a sandbox for rehearsals" in (await said(settings(github), State.RIGHT))[0]


async def test_without_a_repository_nothing_real_can_be_rolled_back() -> None:
    assert "no real system can be rolled back" in (await said(GitHubSettings.model_construct(), State.RIGHT))[0]


async def test_a_missing_workflow_and_an_empty_record_are_named(github: GitHub) -> None:
    github.manner.workflow = False
    (missing,) = await said(settings(github), State.WRONG)
    assert missing.startswith("rollback.yml: ")
    assert "no deployment is recorded" in (await said(settings(github), State.NOTE))[0]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"github_token": SecretStr("wrong")}, "GitHub doesn't accept SFA_GITHUB_TOKEN"),
        ({"github_rollback_repo": "acme/other"}, "there is no acme/other, or SFA_GITHUB_TOKEN can't see it"),
        ({"github_api_url": "http://127.0.0.1:9"}, "can't be reached"),
    ],
)
async def test_what_does_not_let_us_in_is_one_finding(github: GitHub, more: dict[str, object], words: str) -> None:
    (finding,) = await said(settings(github, **more), State.WRONG)
    assert words in finding


async def test_without_the_token_that_dispatches_it_only_reads(github: GitHub) -> None:
    notes = await said(settings(github, github_dispatch_token=None), State.NOTE)
    assert any("nothing can be dispatched" in note for note in notes)


async def test_the_repositories_of_the_catalog_are_looked_at_as_well(github: GitHub) -> None:
    catalog = Catalog(services={"shop": Entry(repository="acme/other"), "cart": Entry(repository=REPOSITORY)})
    (finding,) = await said(settings(github), State.WRONG, catalog)
    assert "acme/other" in finding
    alone = settings(github, github_rollback_repo=None)
    assert any(line.startswith("acme/rollbacks") for line in await said(alone, State.RIGHT, catalog))


async def test_a_token_that_has_nowhere_to_dispatch_to_is_wrong(github: GitHub) -> None:
    (finding,) = await said(settings(github, github_rollback_repo=None), State.WRONG)
    assert "set SFA_GITHUB_ROLLBACK_REPO, or `repository` in the catalog" in finding
