"""The stand-in for Slack as the one that is served where no Slack is configured."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values
from pydantic import SecretStr

from bot.config import Settings
from bot.manifest import chosen
from bot.mistakes import Mistake
from bot.offers import Offers
from bot.places import Places
from bot.slack_settings import SlackSettings
from bot.workspace.server import Workspace

REAL = ("SFA_PROMETHEUS_URL", "SFA_LOKI_URL", "SFA_CATALOG", "SFA_GITHUB_DISPATCH_TOKEN", "SFA_GITHUB_ROLLBACK_REPO")
CHOSEN = {
    "alert_channels": ("C0ALERTS",),
    "alert_senders": ("BALERTM", "ADATADOG"),
    "incident_channel": "C0INCIDENTS",
    "approvers": ("S0ONCALL",),
    "admins": ("U0ADA",),
}
"""How the stand-in is set up where nobody has set it up otherwise."""


@asynccontextmanager
async def stand_in(
    settings: Settings, slack: SlackSettings, places: Places
) -> AsyncIterator[tuple[Settings, SlackSettings, str]]:
    """Serve the workspace; yield the settings that lead the bot there, and the address of its page."""
    _refuse_beside_real_systems()
    offers = Offers(places)
    manifest = yaml.safe_load(chosen(slack.slash))
    async with Workspace(offers=offers.listed, fire=offers.fire, manifest=manifest) as workspace:
        yield peopled(settings, workspace), _leading_to(workspace, slack), workspace.address


def peopled(settings: Settings, workspace: Workspace) -> Settings:
    """Return the settings with who of the workspace deploys under which name: `SFA_CATALOG` would say it of people."""
    people = {name: user.id for user in workspace.team.users.values() for name in user.deploys_as}
    return settings.model_copy(update={"catalog": settings.catalog.model_copy(update={"people": people})})


def real_systems() -> list[str]:
    """Return the settings that are set and connect a real system."""
    written = dotenv_values(".env") if Path(".env").is_file() else {}
    return [name for name in REAL if os.environ.get(name) or written.get(name)]


def _leading_to(workspace: Workspace, slack: SlackSettings) -> SlackSettings:
    tokens = {"bot_token": SecretStr(workspace.bot_token), "app_token": SecretStr(workspace.app_token)}
    unset: dict[str, Any] = {name: value for name, value in CHOSEN.items() if not getattr(slack, name)}
    return slack.model_copy(update={**tokens, "api_url": workspace.api_url, **unset})


def _refuse_beside_real_systems() -> None:
    """Whoever can open the page is anybody: nothing real may be within reach of its buttons."""
    found = real_systems()
    if found:
        message = f"{found[0]} connects a real system: set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or unset it"
        raise Mistake(message)
