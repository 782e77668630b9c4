"""Settings come from the environment and `.env`, and a mistake is answered with what would be right."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import odd_settings, read_settings
from bot.sources import BadSetting
from incident.mode import Mode


@pytest.fixture(autouse=True)
def _no_dotenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_everything_has_a_default() -> None:
    settings = read_settings()
    assert settings.mode is Mode.ASK
    assert settings.investigation_deadline == timedelta(seconds=120)
    assert settings.policy().confidence_auto == 0.85


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("SFA_MODE", "yolo", "'off', 'report', 'ask' or 'auto'"),
        ("SFA_VETO_WINDOW", "60", "a number and s, m, h or d, like 30m"),
        ("SFA_WINDOW", "999999d", "at most 366d"),
        ("SFA_TIMEZONE", "Mars/Olympus", "Europe/Berlin"),
        ("SFA_CONFIDENCE_AUTO", "nan", "finite"),
        ("SFA_CONFIDENCE_ASK", "0.9", "must not be above"),
    ],
)
def test_a_bad_setting_is_named_with_what_would_be_right(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, told: str
) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(BadSetting, match=name) as wrong:
        read_settings()
    assert told in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_the_older_name_of_the_threshold_still_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFA_CONFIDENCE_THRESHOLD_FOR_ACTION", "0.95")
    assert read_settings().policy().confidence_auto == 0.95


def test_settings_are_read_from_a_dotenv_file_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("SFA_MODE=report\nSFA_ENVIRONMENTS=production, staging\n")
    monkeypatch.setenv("SFA_MODE", "auto")
    settings = read_settings()
    assert settings.mode is Mode.AUTO
    assert set(settings.policy().environments) == {"production", "staging"}


def test_a_veto_window_that_nobody_set_is_told_from_one_of_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().policy().veto_window is None
    monkeypatch.setenv("SFA_VETO_WINDOW", "0s")
    assert read_settings().policy().veto_window == timedelta(0)


def test_a_setting_may_be_in_a_file_that_its_name_with_file_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "sqlite+aiosqlite:///elsewhere.db"
    (tmp_path / "url").write_text(f"{url}\n")
    (tmp_path / ".env").write_text("SFA_DATABASE_URL=sqlite+aiosqlite:///dotenv.db\n")
    monkeypatch.setenv("SFA_DATABASE_URL_FILE", "url")
    assert read_settings().database_url == url
    monkeypatch.setenv("SFA_DATABASE_URL", "sqlite+aiosqlite:///direct.db")
    assert read_settings().database_url == "sqlite+aiosqlite:///direct.db"


def test_a_dotenv_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"SFA_MODE=\xff\n")
    with pytest.raises(BadSetting, match=r"\.env is not UTF-8 text"):
        read_settings()


def test_names_that_are_all_right_are_not_odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("SFA_MODE=report\nSFA_TIMEZONE=UTC\n")
    monkeypatch.setenv("SFA_DATABASE_URL_FILE", "url")
    assert odd_settings() == ()


def test_a_name_that_was_probably_meant_to_be_another_is_said_also_of_slacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("SFA_APROVERS=U012\nSLACK_BOT_TOKN=x\nSFA_MODES=ask\n")
    monkeypatch.setenv("SFA_ALERT_CHANNELS", "C0ALERTS")
    monkeypatch.setenv("SLACK_APP_TOKEN_FILE", "token")
    meant = {each.split(" ")[0]: each.split("did you mean ")[1] for each in odd_settings()}
    assert meant == {
        "SFA_APROVERS": "SFA_APPROVERS?",
        "SLACK_BOT_TOKN": "SLACK_BOT_TOKEN?",
        "SFA_MODES": "SFA_MODE?",
    }
