"""The settings that bear on GitHub, read once from the environment, files it names, and `.env`."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.mistakes import Mistake
from bot.sources import BadSetting, Sourced, read
from bot.trust import Address, Secret, one_place
from incident.catalog import REPOSITORY

GITHUB = "https://api.github.com/"
SECRETS = ("SFA_GITHUB_TOKEN", "SFA_GITHUB_DISPATCH_TOKEN")


def repository(name: str) -> str:
    """Refuse what is no owner/name."""
    if not re.fullmatch(REPOSITORY, name):
        message = "write a repository as owner/name"
        raise ValueError(message)
    return name


class GitHubSettings(Sourced):
    """Names are those of interface.md. ``github_token`` reads; without it the token that dispatches reads, too."""

    github_token: Secret = None
    github_dispatch_token: Secret = None
    github_rollback_repo: Annotated[str, AfterValidator(repository)] | None = None
    github_api_url: Address = Field(GITHUB)


def github_settings() -> GitHubSettings:
    """Return the settings; raises `Mistake` for one that can't be used."""
    try:
        settings = read(GitHubSettings)
        if settings.github_api_url != GITHUB:
            one_place("SFA_GITHUB_API_URL", SECRETS)
    except BadSetting as wrong:
        raise Mistake(str(wrong)) from wrong
    return settings
