"""Settings of GitHub, from a real environment and real files."""

from pathlib import Path

import pytest

from bot.github_settings import GITHUB, github_settings
from bot.mistakes import Mistake

NAMES = ("SFA_GITHUB_TOKEN", "SFA_GITHUB_DISPATCH_TOKEN", "SFA_GITHUB_ROLLBACK_REPO", "SFA_GITHUB_API_URL")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_nothing_is_needed() -> None:
    settings = github_settings()
    assert (settings.github_rollback_repo, settings.github_api_url, settings.github_dispatch_token) == (
        None,
        GITHUB,
        None,
    )


def test_tokens_may_be_in_files_and_are_never_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("ghp_secret\n")
    monkeypatch.setenv("SFA_GITHUB_DISPATCH_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("SFA_GITHUB_ROLLBACK_REPO", "acme/rollbacks")
    settings = github_settings()
    assert settings.github_dispatch_token is not None
    assert settings.github_dispatch_token.get_secret_value() == "ghp_secret"
    assert "secret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SFA_GITHUB_ROLLBACK_REPO", "https://github.com/acme/rollbacks", "owner/name"),
        ("SFA_GITHUB_ROLLBACK_REPO", "acme/../x", "owner/name"),
        ("SFA_GITHUB_API_URL", "http://example.com", "https"),
    ],
)
def test_a_mistake_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Mistake, match=says):
        github_settings()


def test_a_token_of_the_environment_goes_to_no_address_of_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("SFA_GITHUB_API_URL=https://elsewhere.example/\n")
    monkeypatch.setenv("SFA_GITHUB_TOKEN", "ghp_1")
    with pytest.raises(Mistake, match=r"SFA_GITHUB_API_URL comes from \.env"):
        github_settings()
