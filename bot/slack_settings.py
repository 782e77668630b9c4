"""The settings that bear on Slack and on serving, read once from the environment, files it names, and `.env`."""

import re
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator
from pydantic_settings import NoDecode

from bot.api_tokens import ApiToken, read_tokens
from bot.mistakes import Mistake
from bot.slash import CommandName, Slash
from bot.sources import BadSetting, Sourced, comma_separated, read
from bot.trust import LOOPBACK, Address, Secret, one_place

SLACK = "https://slack.com/api/"
CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{6,}")
SECRETS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(comma_separated)]


class SlackSettings(Sourced):
    """Names are those of interface.md. Channels, people and groups are ids; channels and groups may be names, too."""

    bot_token: Secret = Field(None, validation_alias="SLACK_BOT_TOKEN")
    app_token: Secret = Field(None, validation_alias="SLACK_APP_TOKEN")
    signing_secret: Secret = Field(None, validation_alias="SLACK_SIGNING_SECRET")
    api_url: Address = Field(SLACK, validation_alias="SLACK_API_URL")
    alert_channels: Listed = ()
    alert_senders: Listed = ()
    alert_rules: Path | None = None
    incident_channel: str | None = None
    approvers: Listed = ()
    admins: Listed = ()
    two_person: bool = False
    command_investigate: CommandName = Slash().investigate
    command_rca: CommandName = Slash().rca
    command_responder: CommandName = Slash().responder
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8000
    api_tokens: Annotated[tuple[ApiToken, ...], NoDecode, BeforeValidator(read_tokens)] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.in_slack and self.app_token is None and self.signing_secret is None:
            message = (
                "SLACK_BOT_TOKEN needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode) beside it"
            )
            raise ValueError(message)
        if self.app_token is not None and not self.in_slack:
            message = "SLACK_APP_TOKEN needs SLACK_BOT_TOKEN beside it"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        if len(set(self.slash)) < len(self.slash):
            message = f"SFA_COMMAND_INVESTIGATE, _RCA and _RESPONDER need different names, not {', '.join(self.slash)}"
            raise ValueError(message)
        return self

    @property
    def slash(self) -> Slash:
        """What the commands are called."""
        return Slash(self.command_investigate, self.command_rca, self.command_responder)

    @property
    def in_slack(self) -> bool:
        """True where a Slack is configured; else the stand-in workspace is served."""
        return self.bot_token is not None

    @property
    def real(self) -> bool:
        """True where people work beyond this machine: what is made up there has to be marked."""
        return urlsplit(self.api_url).hostname not in LOOPBACK


def slack_settings() -> SlackSettings:
    """Return the settings; raises `Mistake` for one that can't be used."""
    try:
        return read_slack_settings()
    except BadSetting as wrong:
        raise Mistake(str(wrong)) from wrong


def read_slack_settings() -> SlackSettings:
    """Read them; raises `BadSetting` with one line for all mistakes."""
    settings = read(SlackSettings)
    if settings.api_url != SLACK:
        one_place("SLACK_API_URL", SECRETS)
    return settings
