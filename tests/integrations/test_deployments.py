"""What ran where, by the deployments that are recorded at GitHub."""

from datetime import UTC, datetime, timedelta

import pytest

from incident.ports import Unreadable
from integrations.github.access import Access
from integrations.github.deployer import GitHubDeployer
from tests.github_standin import REPOSITORY, GitHub, stamp
from tests.incident.made import T
from tests.integrations.conftest import QUICK

HOUR = timedelta(hours=1)


async def test_only_what_succeeded_ran_and_inactive_says_nothing(github: GitHub, deployer: GitHubDeployer) -> None:
    github.deployed("shop", "v1", T, "in_progress", "success", "inactive", change="chg-1")
    github.deployed("shop", "v2", T + HOUR, "in_progress", "failure")
    github.deployed("web", "w1", T + HOUR, "success")
    github.deployed("shop", "v3", T + 2 * HOUR, "queued", "success")
    github.deployed("shop", "v4", T + 3 * HOUR, "queued", "in_progress")
    github.deployed("shop", "v5", T + 3 * HOUR, "success", "failure")
    ran = await deployer.history("shop", "production")
    minute = timedelta(minutes=1)
    assert [(d.version, d.previous_version, d.change, d.at) for d in ran] == [
        ("v1", None, "chg-1", T + minute),
        ("v3", "v1", "4", T + 2 * HOUR + minute),
    ]


async def test_what_runs_is_what_succeeded_last_whatever_was_begun_first(
    github: GitHub, deployer: GitHubDeployer
) -> None:
    github.deployed("shop", "slow", T, "queued", *["in_progress"] * 90, "success")
    github.deployed("shop", "quick", T + HOUR, "success")
    assert [d.version for d in await deployer.history("shop", "production")] == ["quick", "slow"]


async def test_other_environments_are_passed_over(github: GitHub, deployer: GitHubDeployer) -> None:
    github.deployed("shop", "v1", T, "success")["environment"] = "staging"
    assert await deployer.history("shop", "production") == ()


@pytest.mark.parametrize("payload", ["", {}, '{"service": "shop"}', None, [1], {"version": 7}])
async def test_a_payload_that_names_nothing_is_of_the_service_that_the_repository_is_called_after(
    github: GitHub, deployer: GitHubDeployer, payload: object
) -> None:
    github.deployed("", "", T, "success")["payload"] = payload
    assert await deployer.history("shop", "production") == ()
    assert [d.version for d in await deployer.history("rollbacks", "production")] == ["main"]


async def test_of_many_the_newest_are_looked_at(github: GitHub, deployer: GitHubDeployer) -> None:
    for n in range(120):
        github.deployed("shop", f"v{n}", T + n * timedelta(minutes=5), "success")
    ran = await deployer.history("shop", "production")
    assert (len(ran), ran[-1].version, ran[-1].previous_version) == (20, "v119", "v118")


@pytest.mark.parametrize("reads", [401, 403, 404, 500])
async def test_a_record_that_cannot_be_read_is_unreadable(github: GitHub, deployer: GitHubDeployer, reads: int) -> None:
    github.manner.reads = reads
    with pytest.raises(Unreadable, match=str(reads)):
        await deployer.history("shop", "production")


async def test_an_answer_that_is_none_of_githubs_is_unreadable(github: GitHub, deployer: GitHubDeployer) -> None:
    github.deployed("shop", "v1", T, "success")["created_at"] = "yesterday"
    with pytest.raises(Unreadable, match=r"can't be read \(0.created_at\)"):
        await deployer.history("shop", "production")


async def test_an_address_that_answers_no_json_is_unreadable(github: GitHub) -> None:
    elsewhere = GitHubDeployer(Access("acme/nothing", github.url, "t"), QUICK)
    with pytest.raises(Unreadable, match="there is no acme/nothing, or SFA_GITHUB_TOKEN can't see it"):
        await elsewhere.history("shop", "production")


@pytest.mark.parametrize(("reads", "said"), [(200, r"can't be read \(no JSON\)"), (404, r"can't see it \(404\)")])
async def test_an_answer_that_is_nested_too_deep_is_unreadable(
    github: GitHub, deployer: GitHubDeployer, reads: int, said: str
) -> None:
    github.manner.reads, github.manner.nested = reads, True
    with pytest.raises(Unreadable, match=said):
        await deployer.history("shop", "production")


async def test_who_deployed_is_whom_github_has_verified_and_nobody_that_a_payload_names(
    github: GitHub, deployer: GitHubDeployer
) -> None:
    github.deployed("shop", "v1", T, "success", actor="ada", creator={"login": "eve", "type": "User"})
    github.deployed("shop", "v2", T + HOUR, "success")["creator"] = {"login": "ada", "type": "User"}
    github.deployed("shop", "v3", T + 2 * HOUR, "success")["creator"] = None
    assert [d.actor for d in await deployer.history("shop", "production")] == [None, "ada", None]


ADA, BEN = {"login": "ada", "type": "User"}, {"login": "ben", "type": "User"}
WORKFLOW = {"login": "github-actions[bot]", "type": "Bot"}


def by_a_workflow(github: GitHub, **run: object) -> str:
    """Record a deployment with a workflow's own token, in a run that Ada has started; return its artifact's name."""
    made = github.deployed("shop", "v1", T, "success")
    made["creator"] = WORKFLOW
    origin = {"event": "push", "head_branch": "main", "run_started_at": stamp(T), "actor": ADA, "triggering_actor": ADA}
    name = f"deployment-{made['id']}"
    github.uploaded(name, T + timedelta(minutes=1), github.began("", **{**origin, **run}))
    return name


async def who(deployer: GitHubDeployer) -> str | None:
    (ran,) = await deployer.history("shop", "production")
    return ran.actor


async def test_what_a_workflow_has_recorded_was_deployed_by_whoever_started_the_run_that_vouches_for_it(
    github: GitHub, deployer: GitHubDeployer
) -> None:
    by_a_workflow(github)
    assert await who(deployer) == "ada"


@pytest.mark.parametrize(
    "run",
    [
        {"triggering_actor": BEN},
        {"triggering_actor": None},
        {"actor": WORKFLOW, "triggering_actor": WORKFLOW},
        {"event": "schedule"},
        {"event": "pull_request"},
        {"head_branch": "adas-branch"},
        {"run_started_at": stamp(T + HOUR)},
    ],
)
async def test_a_run_that_proves_no_single_person_names_nobody(
    github: GitHub, deployer: GitHubDeployer, run: dict[str, object]
) -> None:
    by_a_workflow(github, **run)
    assert await who(deployer) is None


async def test_where_two_runs_vouch_for_one_deployment_nobody_is_named(
    github: GitHub, deployer: GitHubDeployer
) -> None:
    name = by_a_workflow(github)
    github.uploaded(name, T + HOUR, github.began("", head_branch="main"))
    assert await who(deployer) is None


async def test_where_no_run_vouches_for_it_nobody_is_named_whatever_the_links_say(
    github: GitHub, deployer: GitHubDeployer
) -> None:
    by_a_workflow(github)
    github.artifacts.clear()
    github.statuses[1][0]["log_url"] = f"{github.url}/{REPOSITORY}/actions/runs/1000"
    assert await who(deployer) is None


async def test_another_apps_deployment_names_nobody(github: GitHub, deployer: GitHubDeployer) -> None:
    by_a_workflow(github)
    github.deployments[0]["creator"] = {"login": "argo[bot]", "type": "Bot"}
    assert await who(deployer) is None


async def test_what_ran_is_known_where_its_run_cannot_be_read(github: GitHub, deployer: GitHubDeployer) -> None:
    by_a_workflow(github)
    github.runs.clear()
    assert await who(deployer) is None


async def test_what_has_not_ended_is_on_its_way_unless_it_was_forgotten(
    github: GitHub, deployer: GitHubDeployer
) -> None:
    now = datetime.now(UTC)
    github.deployed("shop", "v1", now - 9 * HOUR, "success", "inactive")
    github.deployed("shop", "stuck", now - 30 * HOUR, "in_progress")
    github.deployed("shop", "gone", now - 8 * HOUR, "inactive")
    github.deployed("shop", "v2", now - HOUR, "queued", "in_progress")
    github.deployed("shop", "v3", now)
    there = await deployer.history("shop", "production")
    assert [(d.version, d.finished) for d in there] == [("v1", True), ("v2", False), ("v3", False)]
