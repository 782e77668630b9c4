"""The manifest: what Slack takes, and what the code needs; neither more nor less."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import yaml
from jsonschema import validators

from bot.listeners.asks import asked
from bot.manifest import EVENTS, over_http, scopes
from bot.mistakes import Mistake
from bot.thread import presses
from bot.workspace.cast import EVENTS as EVENTS_TOLD
from bot.workspace.cast import SCOPES
from tests.bot import listening
from tests.bot.conftest import Program

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "manifest.yml").read_text(encoding="utf-8")
MANIFEST: dict[str, Any] = yaml.safe_load(TEXT)
SCHEMA = json.loads((Path(__file__).parent / "slack-manifest.schema.json").read_text(encoding="utf-8"))
"""As Slack publishes it; its licence lies beside it."""
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "bot").rglob("*.py"))
    if "workspace" not in path.relative_to(ROOT).parts
)
"""The bot's; the workspace is Slack's side."""
METHODS = {
    "chat_postMessage": {"chat:write"}, "chat_postEphemeral": {"chat:write"}, "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "conversations_info": {"channels:read", "groups:read", "im:read"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_members": {"channels:read", "groups:read", "im:read"},
    "conversations_join": {"channels:join"}, "conversations_open": {"im:write"}, "files_info": {"files:read"},
    "files_upload_v2": {"files:write"},
    "reactions_add": {"reactions:write"}, "reactions_remove": {"reactions:write"},
    "usergroups_list": {"usergroups:read"},
    "usergroups_users_list": {"usergroups:read"}, "bots_info": {"users:read"},
    "users_info": {"users:read"}, "users_list": {"users:read"},
    "agents_sessions_setStatus": {"chat:write", "assistant:write"},
}  # fmt: skip
"""The Web API's methods and the scopes that their pages name; those that are left out need none."""
FREE = {
    "auth_test",
    "chat_getPermalink",
    "views_open",
    "views_update",
    "views_publish",
    "views_push",
    "apps_connections_open",
}
WRITTEN = {
    "icon_emoji": "chat:write.customize",
    "include_all_metadata": "metadata.message:read",
    "@app.command": "commands",
}
"""What in the code needs a scope beside the method's."""
EVENT_SCOPES = {
    "app_mention": {"app_mentions:read"}, "message.channels": {"channels:history"}, "message.im": {"im:history"},
    "message.groups": {"groups:history"},
    "member_joined_channel": {"channels:read", "groups:read"}, "app_home_opened": set[str](),
    "agent_session_stopped": {"assistant:write"},
}  # fmt: skip


def granted() -> set[str]:
    return set(MANIFEST["oauth_config"]["scopes"]["bot"])


def events() -> set[str]:
    return set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])


def complaints(manifest: dict[str, Any]) -> list[str]:
    validator = validators.validator_for(SCHEMA)(SCHEMA)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(manifest)]


def test_slack_takes_it_as_it_is() -> None:
    assert complaints(MANIFEST) == []
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in MANIFEST["settings"]["event_subscriptions"]


@pytest.mark.parametrize(
    "address", ["https://responder.example.com", "https://example.com/bot/", f"https://x.example{EVENTS}"]
)
def test_the_http_variant_calls_one_address_for_everything(address: str) -> None:
    changed = over_http(MANIFEST, address)
    url = address.rstrip("/").removesuffix(EVENTS) + EVENTS
    assert complaints(changed) == []
    assert changed["settings"]["socket_mode_enabled"] is False
    assert changed["settings"]["event_subscriptions"]["request_url"] == url
    assert changed["settings"]["interactivity"]["request_url"] == url
    assert {command["url"] for command in changed["features"]["slash_commands"]} == {url}
    assert MANIFEST["settings"]["socket_mode_enabled"] is True


@pytest.mark.parametrize(
    "address", ["http://responder.example.com", "responder.example.com", "https://", "https://x?y=1"]
)
def test_an_address_that_slack_would_not_call_is_refused(address: str) -> None:
    with pytest.raises(Mistake, match="https addresses only"):
        over_http(MANIFEST, address)


def test_every_scope_says_why_and_what_is_lost_without_it() -> None:
    for scope in granted():
        (comment,) = re.findall(rf"^\s+- {re.escape(scope)} # (.+)$", TEXT, flags=re.MULTILINE)
        assert "; without it: " in comment, scope


def test_the_scopes_are_read_from_the_manifest_with_their_reasons() -> None:
    assert {scope.name for scope in scopes()} == granted()
    assert all(scope.why and scope.lost for scope in scopes())


def needed() -> set[str]:
    called = set(re.findall(r"client\.([a-z]+_[A-Za-z_0-9]+)\(", CODE)) - FREE
    assert called <= METHODS.keys(), "a method that this test doesn't know: add the scopes that its page names"
    by_what_is_said = {scope for written, scope in WRITTEN.items() if written in CODE}
    by_events = {scope for name in events() for scope in EVENT_SCOPES[name]}
    return {scope for method in called for scope in METHODS[method]} | by_events | by_what_is_said


def test_the_scopes_are_those_that_the_code_needs() -> None:
    assert granted() == needed()


def test_the_events_are_those_that_the_code_listens_to() -> None:
    assert {name.split(".")[0] for name in events()} == listening.EVENTS


def test_commands_and_shortcuts_are_those_of_the_code() -> None:
    assert {each["command"] for each in MANIFEST["features"]["slash_commands"]} == listening.COMMANDS
    assert {each["callback_id"] for each in MANIFEST["features"]["shortcuts"]} == listening.SHORTCUTS


def test_whatever_can_be_pressed_or_submitted_is_listened_to_and_nothing_else() -> None:
    ids = {name: value for name, value in vars(presses).items() if name.isupper() and isinstance(value, str)}
    drawn = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "bot/thread").glob("*.py")))
    modals = {value for name, value in ids.items() if re.search(rf"_modal\({name}\b", drawn)}
    used = re.findall(r"button\(([A-Z_]+),|\"action_id\": ([A-Z_]+)", drawn)
    pressable = {ids[name] for pair in used for name in pair if name} | presses.FEEDBACK.keys()
    assert pressable == listening.ACTIONS
    assert modals == listening.VIEWS


def test_every_prompt_that_slack_suggests_is_understood() -> None:
    prompts = [each["message"] for each in MANIFEST["features"]["agent_view"]["suggested_prompts"]]
    assert [asked(message).kind for message in prompts] == ["investigate", "status", "rca"]


def test_nothing_secret_and_nobodys_address_stands_in_it() -> None:
    assert not re.search(r"xox[bap]-|xapp-|hooks\.slack\.com", TEXT)


def test_the_command_prints_it_as_it_is_written_or_for_http_mode(program: Program) -> None:
    assert program("manifest") == (0, TEXT, "")
    done = program("manifest", "--http", "https://responder.example.com")
    assert yaml.safe_load(done.out) == over_http(MANIFEST, "https://responder.example.com")
    refused = program("manifest", "--http", "http://responder.example.com")
    assert (refused.code, refused.err.count("\n")) == (2, 1)


def test_commands_have_the_names_that_were_chosen_and_everything_else_stays(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFA_COMMAND_RCA", "postmortem")
    done = program("manifest")
    named = yaml.safe_load(done.out)
    assert [each["command"] for each in named["features"]["slash_commands"]] == [
        "/investigate",
        "/postmortem",
        "/responder",
    ]
    assert complaints(named) == []
    assert done.out.replace("/postmortem", "/rca") == TEXT
    monkeypatch.setenv("SFA_COMMAND_RCA", "/responder")
    assert "need different names" in program("manifest").err
    monkeypatch.setenv("SFA_COMMAND_RCA", "/Post Mortem")
    assert "SFA_COMMAND_RCA: write a name like /sherlock" in program("manifest").err


def test_it_is_there_where_only_the_wheel_is(tmp_path: Path) -> None:
    build = ["-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run([sys.executable, *build], cwd=ROOT, capture_output=True, timeout=60, check=True)
    installed = tmp_path / "installed"
    with ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(installed)
    program = f"import sys; sys.path.insert(0, {str(installed)!r}); from bot.__main__ import run; run(['manifest'])"
    shown = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, timeout=60, check=True)
    assert shown.stdout.decode() == TEXT
    assert (installed / "bot" / "manifest.yml").is_file()


def test_the_workspace_grants_what_the_manifest_asks_for_and_tells_of_the_same_events() -> None:
    assert (set(SCOPES.split()), set(EVENTS_TOLD.split())) == (granted(), events())
