"""Settings of Slack and of serving, from a real environment and real files."""

from pathlib import Path

import pytest

from bot.slack_settings import SLACK, SlackSettings, read_slack_settings
from bot.sources import BadSetting

NAMES = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_nothing_is_needed_for_the_stand_in() -> None:
    settings = read_slack_settings()
    assert not settings.in_slack
    assert (settings.api_url, settings.host, settings.port, settings.approvers) == (SLACK, "127.0.0.1", 8000, ())


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFA_APPROVERS", "U012, S034 ,@oncall,")
    assert read_slack_settings().approvers == ("U012", "S034", "@oncall")


def test_a_secret_may_be_in_a_file_and_is_never_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-secret\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-secret")
    settings = read_slack_settings()
    assert settings.bot_token is not None
    assert settings.bot_token.get_secret_value() == "xoxb-secret"
    assert "secret" not in repr(settings).replace("signing_secret", "")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SFA_PORT", "many", "SFA_PORT"),
        ("SLACK_API_URL", "http://example.com/api/", "https"),
        ("SLACK_BOT_TOKEN", "xoxb-1", "SLACK_APP_TOKEN"),
        ("SLACK_APP_TOKEN", "xapp-1", "SLACK_BOT_TOKEN"),
        ("SLACK_BOT_TOKEN_FILE", "/nowhere/token", "/nowhere/token"),
    ],
)
def test_a_mistake_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=says):
        read_slack_settings()


def test_a_token_of_the_environment_goes_to_no_address_of_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("SLACK_API_URL=https://elsewhere.example/api/\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")
    with pytest.raises(BadSetting, match="comes from"):
        read_slack_settings()
    monkeypatch.setenv("SLACK_API_URL", "https://proxy.example/api")
    assert read_slack_settings().api_url == "https://proxy.example/api/"


@pytest.mark.parametrize(
    ("address", "real"),
    [
        ("https://slack.com/api/", True),
        ("https://slack.example/api/", True),
        ("http://127.0.0.1:8080/api/", False),
        ("http://localhost:1/api/", False),
    ],
)
def test_a_slack_beyond_this_machine_is_a_real_one(address: str, *, real: bool) -> None:
    assert SlackSettings.model_construct(api_url=address).real is real
