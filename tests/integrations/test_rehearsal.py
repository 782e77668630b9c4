"""A scenario's rollback: its own world's, or rehearsed on a sandbox; never on anything else."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_type_hints

import httpx
import pytest

from bot.app import made_up_place
from bot.deployers import real_deployer, rehearsing
from bot.github_settings import GitHubSettings
from bot.mistakes import Mistake
from bot.places import Places, unseen_place
from incident.catalog import Catalog
from incident.facts import Outcome, Plan
from incident.status import World
from integrations.github.access import Access
from integrations.github.deployer import GitHubDeployer
from integrations.github.rehearsal import TOPIC, Rehearsal
from scenarios.world import World as MadeUp
from tests.github_standin import REPOSITORY, SENDS, GitHub
from tests.incident.made import ALERT
from tests.integrations.conftest import QUICK, sent_and_followed, unheard

KEY = "INC-7F3K2-0123456789abcdef"
STANDIN = Path(__file__).parents[1] / "github_standin.py"


class Scene:
    """A made-up world, what could be rolled back in it, and who does that."""

    def __init__(self, github: GitHub) -> None:
        place = made_up_place("checkout-latency", 0, datetime.now(UTC))
        assert isinstance(place.deployer, MadeUp)
        self.world = place.deployer
        self.deployer = Rehearsal(self.world, GitHubDeployer(Access(REPOSITORY, github.url, None, SENDS), QUICK))

    async def plan(self) -> Plan:
        changed = [c for c in await self.world.changes(await self.world.extent()) if c.service and c.version]
        history = await self.deployer.history(str(changed[-1].service), self.world.environment)
        return Plan(service=str(changed[-1].service), environment=self.world.environment, change=changed[-1].id,
                    from_version=history[-1].version, to_version=history[-2].version)  # fmt: skip

    async def running(self, plan: Plan) -> str:
        return (await self.world.history(plan.service, plan.environment))[-1].version


async def test_a_rehearsed_rollback_is_dispatched_and_then_done_in_its_world(github: GitHub) -> None:
    scene = Scene(github)
    github.manner.topics = [TOPIC]
    plan = await scene.plan()
    done = await sent_and_followed(scene.deployer, plan, KEY)
    assert (done.outcome, github.accepted, await scene.running(plan)) == (Outcome.SUCCEEDED, {KEY: 1}, plan.to_version)
    assert done.url == f"{github.url}/{REPOSITORY}/actions/runs/1000"


@pytest.mark.parametrize("topics", [[], ["production", TOPIC.upper()]])
async def test_a_repository_that_is_not_marked_as_a_sandbox_is_never_dispatched_to(
    github: GitHub, topics: list[str]
) -> None:
    scene = Scene(github)
    github.manner.topics = topics
    plan = await scene.plan()
    done = await sent_and_followed(scene.deployer, plan, KEY)
    assert (done.outcome, github.dispatches, await scene.running(plan)) == (Outcome.FAILED, [], plan.from_version)
    assert f"give it the topic {TOPIC}" in done.reason


async def test_a_run_that_failed_changes_nothing_in_the_world(github: GitHub) -> None:
    scene = Scene(github)
    github.manner.topics, github.manner.fate = [TOPIC], "failure"
    plan = await scene.plan()
    done = await sent_and_followed(scene.deployer, plan, KEY)
    assert (done.outcome, await scene.running(plan)) == (Outcome.FAILED, plan.from_version)


async def test_after_a_restart_the_rehearsal_is_found_and_done_in_the_new_world(github: GitHub) -> None:
    scene = Scene(github)
    plan = await scene.plan()
    github.began(KEY)
    done = await scene.deployer.follow(plan, KEY, None, unheard)
    assert (done.outcome, github.dispatches, await scene.running(plan)) == (Outcome.SUCCEEDED, [], plan.to_version)


def test_what_acts_on_made_up_worlds_and_on_real_systems_are_different_types() -> None:
    acts_on = {each: str(get_type_hints(each)["acts_on"]) for each in (MadeUp, Rehearsal, GitHubDeployer)}
    assert [str(World.SCENARIO) in acts_on[each].lower() for each in acts_on] == [True, True, False]
    assert (MadeUp.acts_on, Rehearsal.acts_on, GitHubDeployer.acts_on) == (World.SCENARIO, World.SCENARIO, World.REAL)


@pytest.fixture
def settings(github: GitHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> GitHubSettings:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SFA_GITHUB_ROLLBACK_REPO", REPOSITORY)
    monkeypatch.setenv("SFA_GITHUB_DISPATCH_TOKEN", SENDS)
    monkeypatch.setenv("SFA_GITHUB_API_URL", github.url)
    return GitHubSettings()


async def test_with_github_configured_a_scenario_still_acts_on_its_own_world_only(settings: GitHubSettings) -> None:
    places = Places(real_deployer(settings, Catalog()))
    place = await places.named("checkout-latency")
    assert isinstance(place.deployer, MadeUp)
    assert place.deployer is place.telemetry


async def test_only_a_rehearsal_changes_who_rolls_a_scenario_back(settings: GitHubSettings) -> None:
    place = await Places(None, rehearsing(settings)).named("checkout-latency")
    assert isinstance(place.deployer, Rehearsal)


def test_what_is_no_scenario_is_not_rehearsed(settings: GitHubSettings) -> None:
    place = unseen_place(ALERT, "production", real_deployer(settings, Catalog()))
    with pytest.raises(Mistake, match="is for scenarios"):
        rehearsing(settings)(place)


def test_a_rehearsal_needs_a_repository_and_a_token() -> None:
    with pytest.raises(Mistake, match="needs SFA_GITHUB_ROLLBACK_REPO"):
        rehearsing(GitHubSettings.model_construct())


@pytest.fixture
async def github_process() -> AsyncIterator[Mapping[str, str]]:
    """GitHub as a process of its own, which outlives the bot's."""
    process = await asyncio.create_subprocess_exec(sys.executable, str(STANDIN), stdout=PIPE)
    assert process.stdout is not None
    yield json.loads(await process.stdout.readline())
    process.kill()
    await process.wait()


async def investigated(folder: Path, github: Mapping[str, str], *options: str) -> dict[str, Any]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SFA_")}
    named = {"SFA_GITHUB_ROLLBACK_REPO": github["repository"], "SFA_GITHUB_DISPATCH_TOKEN": github["sends"],
             "SFA_GITHUB_API_URL": github["url"], "PYTHONPATH": str(STANDIN.parents[1])}  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "investigate", "checkout-latency", "--json", *options,
        cwd=folder, env={**kept, **named}, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert out, err.decode()
    return dict(json.loads(out))


async def test_an_investigation_rehearses_on_github_and_heals_its_world(
    tmp_path: Path, github_process: Mapping[str, str]
) -> None:
    async with httpx.AsyncClient(base_url=github_process["url"]) as control:
        await control.post("/_standin", json={"dispatch": "details", "topics": [TOPIC]})
        shown = await investigated(tmp_path, github_process, "--rehearse-on-github")
        told = (await control.get("/_standin")).json()
    assert (shown["status"], shown["rollback"]["outcome"]) == ("resolved", "succeeded")
    assert shown["rollback"]["url"] == f"{github_process['url']}/{REPOSITORY}/actions/runs/1000"
    assert told["accepted"] == {shown["rollback"]["key"]: 1}
