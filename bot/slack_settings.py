"""The settings that bear on Slack and on serving, read once from the environment, files it names, and `.env`."""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config import BadSetting, comma_separated
from bot.mistakes import Mistake

SLACK = "https://slack.com/api/"
FROM_FILE = "_FILE"
CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{6,}")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
SECRETS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")


def secure(address: str) -> str:
    """Refuse an address to which secrets would go in the clear."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        message = "write an https address (http on this machine only)"
        raise ValueError(message)
    return address.rstrip("/") + "/"


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(comma_separated)]
Secret = SecretStr | None


class _NamedFiles(PydanticBaseSettingsSource):
    """Reads X from the file that X_FILE names; raises OSError."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the text of the file, None where none is named."""
        path = os.environ.get(f"{_variable(field_name, field)}{FROM_FILE}")
        return Path(path).read_text(encoding="utf-8").strip() if path else None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return every setting whose value is in a file."""
        fields = self.settings_cls.model_fields
        found = {_variable(name, field): self.get_field_value(field, name)[0] for name, field in fields.items()}
        return {name: text for name, text in found.items() if text is not None}


class SlackSettings(BaseSettings):
    """Names are those of interface.md. Channels, people and groups are ids; channels and groups may be names, too."""

    model_config = SettingsConfigDict(env_prefix="SFA_", env_file=".env", extra="ignore", frozen=True)

    bot_token: Secret = Field(None, validation_alias="SLACK_BOT_TOKEN")
    app_token: Secret = Field(None, validation_alias="SLACK_APP_TOKEN")
    signing_secret: Secret = Field(None, validation_alias="SLACK_SIGNING_SECRET")
    api_url: Annotated[str, AfterValidator(secure)] = Field(SLACK, validation_alias="SLACK_API_URL")
    alert_channels: Listed = Field((), validation_alias="SFA_ALERT_CHANNELS")
    alert_senders: Listed = Field((), validation_alias="SFA_ALERT_SENDERS")
    incident_channel: str | None = Field(None, validation_alias="SFA_INCIDENT_CHANNEL")
    approvers: Listed = Field((), validation_alias="SFA_APPROVERS")
    admins: Listed = Field((), validation_alias="SFA_ADMINS")
    two_person: bool = Field(default=False, validation_alias="SFA_TWO_PERSON")
    host: str = Field("127.0.0.1", validation_alias="SFA_HOST")
    port: Annotated[int, Field(ge=0, le=65_535)] = Field(8000, validation_alias="SFA_PORT")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment, then the files it names, then `.env`: the first that has a setting wins."""
        del file_secret_settings
        return init_settings, env_settings, _NamedFiles(settings_cls), dotenv_settings

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

    @property
    def in_slack(self) -> bool:
        """True where a Slack is configured; else the stand-in workspace is served."""
        return self.bot_token is not None


def slack_settings() -> SlackSettings:
    """Return the settings; raises `Mistake` for one that can't be used."""
    try:
        return read_slack_settings()
    except BadSetting as wrong:
        raise Mistake(str(wrong)) from wrong


def read_slack_settings() -> SlackSettings:
    """Read them; raises `BadSetting` with one line for all mistakes."""
    try:
        settings = SlackSettings()
    except ValidationError as wrong:
        mistakes = (_mistake(error["loc"], error["msg"]) for error in wrong.errors())
        raise BadSetting("; ".join(mistakes)) from wrong
    except OSError as wrong:
        message = f"{wrong.filename}: {wrong.strerror}"
        raise BadSetting(message) from wrong
    _trust(settings)
    return settings


def _trust(settings: SlackSettings) -> None:
    """Refuse to send a secret of the environment to an address that a file in the working directory names."""
    from_environment = any(os.environ.get(name) or os.environ.get(name + FROM_FILE) for name in SECRETS)
    if settings.api_url != SLACK and "SLACK_API_URL" not in os.environ and from_environment:
        message = "SLACK_API_URL comes from .env and the tokens from the environment: set both in one place"
        raise BadSetting(message)


def _variable(name: str, field: FieldInfo) -> str:
    return field.validation_alias if isinstance(field.validation_alias, str) else name


def _mistake(location: tuple[int | str, ...], words: str) -> str:
    words = words.removeprefix("Value error, ")
    return f"{location[0]}: {words}" if location else words
