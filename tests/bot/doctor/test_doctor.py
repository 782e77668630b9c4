"""`first-responder doctor`, against a real workspace, real files and a real database."""

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.doctor.examination import Examination, as_lines, examine
from bot.doctor.finding import Finding, State
from bot.github_settings import GitHubSettings
from bot.llm_settings import LLMSettings
from bot.slack_settings import SlackSettings
from bot.workspace.cast import DEFAULT_MANIFEST, SCOPES
from bot.workspace.courier import Pace
from bot.workspace.faults import Fault
from bot.workspace.server import Workspace
from storage.database import Database
from tests.bot.conftest import Program

QUICK = Pace(limits=600.0)
NOBODY_THERE = "http://127.0.0.1:9/api/"


@pytest.fixture(autouse=True)
def _at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL", "GROQ_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert Path.cwd() == home


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace(pace=QUICK) as workspace:
        yield workspace


def without(*lost: str) -> Mapping[str, Any]:
    """The manifest of an app that was granted less."""
    return {**DEFAULT_MANIFEST, "oauth_config": {"scopes": {"bot": [s for s in SCOPES.split() if s not in lost]}}}


async def examined(workspace: Workspace, **more: object) -> Examination:
    """What the doctor finds where all is well but for what is said."""
    well: dict[str, Any] = {
        "bot_token": SecretStr(workspace.bot_token),
        "app_token": SecretStr(workspace.app_token),
        "api_url": workspace.api_url,
        "alert_channels": ("C0ALERTS",),
        "alert_senders": ("BALERTM",),
        "incident_channel": "#incidents",
        "approvers": ("@oncall", "U0ADA"),
        "admins": ("U0ADA",),
    }
    return await examine(Settings(), SlackSettings.model_construct(**well | more), GitHubSettings(), LLMSettings())


def told(found: Examination, state: State = State.WRONG) -> list[Finding]:
    return [finding for finding in found.findings if finding.state is state]


async def only(workspace: Workspace, **more: object) -> Finding:
    (finding,) = told(await examined(workspace, **more))
    assert finding.remedy
    return finding


async def test_all_is_well_and_no_secret_is_shown(workspace: Workspace) -> None:
    found = await examined(workspace)
    assert (found.wrong, told(found, State.NOTE)) == (0, [])
    said = [finding.said for finding in told(found, State.RIGHT)]
    for words in (
        "let in as @first-responder",
        "Socket Mode is open",
        "all 19 scopes",
        "#alerts (C0ALERTS)",
        "2 people",
    ):
        assert any(words in each for each in said), words
    assert [each.to for each in found.leaving] == ["127.0.0.1"]
    shown = "\n".join(as_lines(found))
    assert "\n  nothing else, to nobody else\n" in shown
    assert workspace.bot_token not in shown
    assert workspace.app_token not in shown
    assert shown.endswith("Nothing is wrong.")


@pytest.mark.parametrize("scope", ["files:write", "usergroups:read", "reactions:write"])
async def test_a_scope_that_is_missing_is_named_with_what_is_lost(scope: str) -> None:
    async with Workspace(manifest=without(scope), pace=QUICK) as workspace:
        found = told(await examined(workspace))
    (missing,) = (finding for finding in found if finding.topic == "scopes")
    assert missing.said.startswith(f"{scope} is not granted: ")
    assert "; without it: " in missing.said
    assert "install the app again" in missing.remedy


async def test_a_group_that_can_not_be_read_is_said_of_the_approvers_too() -> None:
    async with Workspace(manifest=without("usergroups:read"), pace=QUICK) as workspace:
        found = told(await examined(workspace))
    assert [(each.topic, "missing_scope" in each.said) for each in found][1:] == [("SFA_APPROVERS", True)]


async def test_a_bad_token_ends_the_questions(workspace: Workspace) -> None:
    refused = await only(workspace, bot_token=SecretStr("xoxb-nobodys"))
    assert refused.said == "SLACK_BOT_TOKEN: Slack refuses it: invalid_auth"
    assert "xoxb-…" in refused.remedy


async def test_a_bad_app_token_is_told_from_a_bad_bot_token(workspace: Workspace) -> None:
    refused = await only(workspace, app_token=SecretStr(workspace.bot_token))
    assert refused.said == "SLACK_APP_TOKEN: Slack refuses it: not_allowed_token_type"
    assert "connections:write" in refused.remedy


async def test_in_http_mode_it_says_what_can_not_be_tried(workspace: Workspace) -> None:
    found = await examined(workspace, app_token=None, signing_secret=SecretStr("s"))
    assert found.wrong == 0
    assert "/slack/events" in told(found, State.NOTE)[0].said


async def test_a_slack_that_can_not_be_reached_is_one_finding(workspace: Workspace) -> None:
    lost = await only(workspace, api_url=NOBODY_THERE)
    assert "can't be reached" in lost.said
    assert "HTTPS_PROXY" in lost.remedy


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("auth.test", "500"), "in trouble: internal_error"),
        (Fault("users.info", "cut", times=20), "was lost in the middle"),
        (Fault("apps.connections.open", "error", code="token_revoked"), "SLACK_APP_TOKEN: Slack refuses it"),
    ],
)
async def test_a_slack_in_trouble_is_told_from_a_wrong_setting(workspace: Workspace, fault: Fault, says: str) -> None:
    workspace.faults.add(fault)
    assert says in (await only(workspace)).said


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("incident_channel", "#nowhere", "there is no #nowhere, or it is private"),
        ("alert_channels", ("C0NOWHERE",), "there is no C0NOWHERE, or it is private"),
        ("incident_channel", "nowhere", "there is no nowhere, or it is private"),
        ("alert_senders", (), "nobody's messages count as alerts"),
        ("approvers", ("@nobody",), "there is no user group @nobody"),
        ("approvers", ("S0NOBODY",), "there is no user group S0NOBODY"),
        ("approvers", ("ada",), "ada is neither a person's nor a group's id"),
        ("approvers", ("U0NOBODY",), "U0NOBODY can't be looked up: user_not_found"),
        ("approvers", ("U0GUEST",), "is a guest, and guests are refused"),
        ("admins", ("UDATADOG",), "is an app"),
    ],
)
async def test_what_a_setting_names_is_looked_up(workspace: Workspace, setting: str, value: object, says: str) -> None:
    assert says in (await only(workspace, **{setting: value})).said


@pytest.mark.parametrize("channel", ["C0GENERAL", "#general"])
async def test_a_public_channel_needs_nobodys_invitation(workspace: Workspace, channel: str) -> None:
    found = await examined(workspace, alert_channels=(channel,))
    assert found.wrong == 0
    (found_out,) = told(found, State.NOTE)
    assert found_out.said == "the bot isn't in #general (C0GENERAL) yet, and joins it when it starts"


async def test_channels_of_others_and_old_ones_are_refused(workspace: Workspace) -> None:
    workspace.channel("alerts").ext_shared = True
    workspace.channel("incidents").archived = True
    said = [finding.said for finding in told(await examined(workspace))]
    assert ["shared with another organisation" in said[0], "is archived" in said[1]] == [True, True]


async def test_two_persons_need_two_who_may(workspace: Workspace) -> None:
    assert (await examined(workspace, two_person=True)).wrong == 0
    alone = await only(workspace, two_person=True, approvers=("U0ADA",))
    assert alone.said == "two people have to approve, and 1 can"


async def test_a_senders_name_and_nobody_who_may_approve_are_worth_a_note(workspace: Workspace) -> None:
    found = await examined(workspace, alert_senders=("Alertmanager",), approvers=())
    assert [each.topic for each in told(found, State.NOTE)] == ["SFA_ALERT_SENDERS", "SFA_APPROVERS"]
    assert found.wrong == 0


async def test_a_database_that_is_current_behind_or_ahead(workspace: Workspace, home: Path) -> None:
    async def said() -> Finding:
        return next(finding for finding in (await examined(workspace)).findings if finding.topic == "database")

    assert "isn't there yet and can be made" in (await said()).said
    assert not (home / "first-responder.db").exists()
    (home / "first-responder.db").touch()
    assert "first-responder db upgrade" in (await said()).remedy
    async with Database(Settings().database_url) as database:
        await database.upgrade()
        assert "is up to date" in (await said()).said
        async with database.writing() as connection:
            await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert (await said()).state is State.WRONG


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite+aiosqlite:////proc/nowhere/x.db", "nothing can be written in /proc"),
        ("sqlite+aiosqlite:///garbage.db", "not a database"),
        ("sqlite+aiosqlite:////tmp", "it is a folder"),
    ],
)
def test_a_database_that_can_not_be_used_is_wrong(
    program: Program, home: Path, monkeypatch: pytest.MonkeyPatch, url: str, says: str
) -> None:
    (home / "garbage.db").write_bytes(b"garbage" * 99)
    monkeypatch.setenv("SFA_DATABASE_URL", url)
    done = program("doctor")
    assert (done.code, done.err) == (1, "")
    assert says in done.out
    assert done.out.endswith("One thing is wrong.\n")


def test_every_setting_is_listed_with_its_source(program: Program, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / ".env").write_text("SFA_MODE=report\nSFA_WINDOW=90m\nSFA_PROMETHEUS_URL=http://prometheus:9090\n")
    (home / "url").write_text("sqlite+aiosqlite:///kept.db\n")
    monkeypatch.setenv("SFA_DATABASE_URL_FILE", "url")
    monkeypatch.setenv("SFA_CONFIDENCE_THRESHOLD_FOR_ACTION", "0.95")
    monkeypatch.setenv("GROQ_API_KEY", "gsk_secret")
    monkeypatch.setenv("SFA_LLM", "off")
    monkeypatch.setenv("SFA_LLM_PRICE", "own=1/2, qwen/qwen3-32b=0.29/0.59/0.1")
    done = program("doctor", "--json")
    found = json.loads(done.out)
    settings = {each["name"]: (each["value"], each["source"]) for each in found["settings"]}
    assert settings["SFA_MODE"] == ("report", ".env")
    assert settings["SFA_WINDOW"] == ("90m", ".env")
    assert settings["SFA_DATABASE_URL"] == ("sqlite+aiosqlite:///kept.db", "file url")
    assert settings["SFA_CONFIDENCE_AUTO"] == ("0.95", "environment, as SFA_CONFIDENCE_THRESHOLD_FOR_ACTION")
    assert settings["SFA_PORT"] == ("8000", "default")
    assert settings["SFA_GROQ_API_KEY"] == ("set, not shown", "environment, as GROQ_API_KEY")
    assert settings["SFA_LLM_PRICE"] == ("own=1/2/1, qwen/qwen3-32b=0.29/0.59/0.1", "environment")
    assert (settings["SFA_TWO_PERSON"][0], settings["SFA_APPROVERS"][0]) == ("false", "none")
    assert settings["SLACK_BOT_TOKEN"] == ("not set", "default")
    assert (done.code, found["wrong"]) == (1, 1)
    said = [each["said"] for each in found["findings"]]
    assert "SFA_PROMETHEUS_URL is set, and this version reads no such setting" in said
    assert any("beside which the stand-in isn't started" in each for each in said)


def test_passwords_and_tokens_are_never_shown(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFA_DATABASE_URL", "postgresql+asyncpg://responder:p@ss@db.example/x?password=p@ss")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-s3cret")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-s3cret")
    monkeypatch.setenv("SLACK_API_URL", NOBODY_THERE)
    done = program("doctor")
    assert done.code == 1
    assert "postgresql+asyncpg://responder:***@" in done.out
    assert "set, not shown  (environment)" in done.out
    assert "to db.example: incidents" in done.out
    for secret in ("s3cret", "p@ss", "ss@"):
        assert secret not in done.out + done.err
