"""Every answer of GitHub to a dispatch, and every end of its run, over real HTTP: one effect, the right words."""

import asyncio

import pytest

from incident.facts import Outcome, Progress
from incident.ports import Dispatched, Sighting
from integrations.github.access import Access, Patience
from integrations.github.deployer import GitHubDeployer
from tests.github_standin import READS, REPOSITORY, SENDS, GitHub
from tests.incident.made import PLAN
from tests.integrations.conftest import HASTY, QUICK, SECONDS, sent_and_followed

KEY = "INC-7F3K2-0123456789abcdef"


async def rolled_back(deployer: GitHubDeployer, seen: list[Sighting] | None = None) -> Dispatched:
    async def tell(sighting: Sighting) -> None:
        (seen if seen is not None else []).append(sighting)

    return await sent_and_followed(deployer, PLAN, KEY, tell)


def bearing(patience: Patience, trouble: str) -> Patience:
    """Bear a hang for two seconds, and everything else for as long as it takes."""
    return patience._replace(call=SECONDS) if trouble == "hang" else patience


async def looked_for(deployer: GitHubDeployer, run: str | None = None) -> Dispatched:
    async def tell(_sighting: Sighting) -> None: ...

    return await deployer.follow(PLAN, KEY, run, tell)


@pytest.mark.parametrize("answer", ["204", "details", "old"])
async def test_an_accepted_dispatch_is_followed_to_its_success(
    github: GitHub, deployer: GitHubDeployer, answer: str
) -> None:
    github.manner.dispatch = answer
    seen: list[Sighting] = []
    done = await rolled_back(deployer, seen)
    page = f"{github.url}/{REPOSITORY}/actions/runs/1000"
    assert done == Dispatched(Outcome.SUCCEEDED, page)
    assert github.accepted == {KEY: 1}
    assert [(s.run, s.url) for s in seen] == [("1000", page)] * len(seen)
    assert [s.progress for s in seen] in (
        [Progress.QUEUED, Progress.RUNNING, Progress.ENDED],
        [Progress.QUEUED, Progress.QUEUED, Progress.RUNNING, Progress.ENDED],
    )


async def test_the_workflow_is_given_exactly_what_was_decided(github: GitHub, deployer: GitHubDeployer) -> None:
    await rolled_back(deployer)
    assert github.dispatches == [
        {
            "ref": "main",
            "return_run_details": True,
            "inputs": {
                "service": "shop",
                "environment": "production",
                "to_version": "v1",
                "from_version": "v2",
                "incident": "INC-7F3K2",
                "key": KEY,
            },
        }
    ]


async def test_once_it_is_prepared_the_dispatch_is_all_that_is_sent_over_a_connection_that_is_open(
    github: GitHub, deployer: GitHubDeployer
) -> None:
    async with deployer.prepared(PLAN, KEY) as send:
        (read,) = github.asked
        assert (read.method, read.token, github.dispatches) == ("GET", SENDS, [])
        await send()
    _, sent = github.asked
    assert (sent.method, sent.token, sent.connection) == ("POST", SENDS, read.connection)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("401", "doesn't accept SFA_GITHUB_DISPATCH_TOKEN: it is wrong, or it has expired (401: Bad credentials)"),
        ("403", "SFA_GITHUB_DISPATCH_TOKEN may not do this: it needs Actions: write on acme/rollbacks"),
        ("404", "there is no rollback.yml on the default branch of acme/rollbacks, or SFA_GITHUB_DISPATCH_TOKEN"),
        ("422", "rollback.yml doesn't take what it was given"),
        ("429", "asked too often; it wants to be left alone for 60 seconds"),
    ],
)
async def test_a_refused_dispatch_has_failed_without_any_effect_and_is_not_repeated(
    github: GitHub, deployer: GitHubDeployer, status: str, words: str
) -> None:
    github.manner.dispatch = status
    done = await rolled_back(deployer)
    assert (done.outcome, len(github.dispatches), github.runs) == (Outcome.FAILED, 1, [])
    assert done.reason.startswith("Nothing was changed: ")
    assert words in done.reason
    assert done.url == f"{github.url}/{REPOSITORY}/actions/workflows/rollback.yml"


@pytest.mark.parametrize("trouble", ["500", "502", "hang", "lost"])
async def test_a_lost_answer_to_a_dispatch_that_was_accepted_is_found_by_its_key(
    github: GitHub, access: Access, trouble: str
) -> None:
    github.manner.dispatch, github.manner.hidden = trouble, 2
    done = await rolled_back(GitHubDeployer(access, bearing(QUICK, trouble)))
    assert (done.outcome, len(github.dispatches), github.accepted) == (Outcome.SUCCEEDED, 1, {KEY: 1})


@pytest.mark.parametrize("trouble", ["500", "hang", "lost"])
async def test_a_lost_answer_to_a_dispatch_that_never_shows_is_unknown_and_never_repeated(
    github: GitHub, access: Access, trouble: str
) -> None:
    github.manner.dispatch, github.manner.accepts = trouble, False
    done = await rolled_back(GitHubDeployer(access, bearing(HASTY, trouble)))
    assert (done.outcome, len(github.dispatches)) == (Outcome.UNKNOWN, 1)
    assert "it may have begun all the same" in done.reason
    assert done.url == f"{github.url}/{REPOSITORY}/actions/workflows/rollback.yml"


@pytest.mark.parametrize(
    ("fate", "outcome", "words"),
    [
        ("failure", Outcome.FAILED, "Its run failed at “Redeploy”."),
        ("cancelled", Outcome.UNKNOWN, "Its run was cancelled at “Redeploy”: what it had done by then isn't known."),
        ("timed_out", Outcome.UNKNOWN, "Its run was timed out at “Redeploy”: what it had done by then isn't known."),
        ("never", Outcome.UNKNOWN, "cancel it there; it refuses to start this late"),
        ("held", Outcome.UNKNOWN, "waits for a review of its environment"),
        ("endless", Outcome.UNKNOWN, "it may still be at work"),
    ],
)
async def test_only_a_run_that_succeeded_is_a_success(
    github: GitHub, access: Access, fate: str, outcome: Outcome, words: str
) -> None:
    github.manner.fate = fate
    patience = QUICK if fate in {"failure", "cancelled", "timed_out"} else HASTY._replace(found=QUICK.found)
    done = await rolled_back(GitHubDeployer(access, patience))
    assert (done.outcome, done.url) == (outcome, f"{github.url}/{REPOSITORY}/actions/runs/1000")
    assert words in done.reason


async def test_an_accepted_dispatch_whose_answer_cannot_be_read_is_found_by_its_key(
    github: GitHub, deployer: GitHubDeployer
) -> None:
    github.manner.dispatch = "nested"
    done = await rolled_back(deployer)
    assert (done.outcome, github.accepted) == (Outcome.SUCCEEDED, {KEY: 1})


async def test_a_github_that_cannot_be_reached_was_told_nothing(access: Access, github: GitHub) -> None:
    await github.__aexit__(None, None, None)
    done = await rolled_back(GitHubDeployer(access, QUICK))
    assert (done.outcome, github.dispatches) == (Outcome.FAILED, [])
    assert "can't be reached" in done.reason


@pytest.mark.parametrize("reads", [401, 500])
async def test_nothing_is_dispatched_where_the_repository_cannot_be_read(
    github: GitHub, deployer: GitHubDeployer, reads: int
) -> None:
    github.manner.reads = reads
    done = await rolled_back(deployer)
    assert (done.outcome, github.dispatches) == (Outcome.FAILED, [])


async def test_trouble_while_it_is_followed_is_waited_out(github: GitHub, deployer: GitHubDeployer) -> None:
    github.manner.dispatch = "details"

    async def tell(_sighting: Sighting) -> None:
        github.manner.reads = 503
        asyncio.get_running_loop().call_later(0.1, setattr, github.manner, "reads", 200)

    assert (await sent_and_followed(deployer, PLAN, KEY, tell)).outcome is Outcome.SUCCEEDED


async def test_what_a_process_that_is_gone_had_sent_is_found_and_never_sent(
    github: GitHub, deployer: GitHubDeployer
) -> None:
    github.began("INC-OTHER-1")
    github.began(KEY)
    github.began(KEY + "0")
    assert (await looked_for(deployer)).url == f"{github.url}/{REPOSITORY}/actions/runs/1001"
    assert (await looked_for(deployer, "1001")).outcome is Outcome.SUCCEEDED
    assert github.dispatches == []


async def test_what_was_not_found_after_a_restart_is_unknown_and_never_sent(
    github: GitHub, hasty: GitHubDeployer
) -> None:
    done = await looked_for(hasty)
    assert (done.outcome, github.dispatches) == (Outcome.UNKNOWN, [])


async def test_of_two_runs_with_one_key_the_first_counts(github: GitHub, deployer: GitHubDeployer) -> None:
    github.began(KEY)
    github.began(KEY, fate="failure")
    assert (await looked_for(deployer)).outcome is Outcome.SUCCEEDED


async def test_a_run_is_found_behind_a_hundred_newer_ones(github: GitHub, deployer: GitHubDeployer) -> None:
    github.began(KEY)
    for n in range(150):
        github.began(f"INC-N-{n}")
    assert (await looked_for(deployer)).outcome is Outcome.SUCCEEDED


async def test_each_token_is_used_for_its_own_work_only(github: GitHub) -> None:
    swapped = Access(REPOSITORY, github.url, SENDS, READS)
    done = await rolled_back(GitHubDeployer(swapped, QUICK))
    assert (done.outcome, "SFA_GITHUB_DISPATCH_TOKEN" in done.reason) == (Outcome.FAILED, True)


@pytest.mark.parametrize(
    ("api", "page"),
    [
        ("https://api.github.com/", "https://github.com/acme/shop"),
        ("https://git.example.com/api/v3/", "https://git.example.com/acme/shop"),
        ("https://api.acme.ghe.com", "https://acme.ghe.com/acme/shop"),
    ],
)
def test_links_for_people_are_made_from_the_settings(api: str, page: str) -> None:
    assert Access("acme/shop", api).page == page
