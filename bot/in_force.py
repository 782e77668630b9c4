"""The settings that hold at this moment, and the policy that they make. Everything that judges or lets in asks here."""

from typing import NamedTuple

from bot.config import Settings
from bot.slack_settings import SlackSettings
from incident.policy import Policy


class Chosen(NamedTuple):
    """The settings of one moment."""

    settings: Settings
    slack: SlackSettings


class InForce:
    """One for the process. ``settings`` and ``slack`` are the environment's, their channels ids by now."""

    def __init__(self, settings: Settings, slack: SlackSettings) -> None:
        self.environment = Chosen(settings, slack)

    async def now(self) -> Chosen:
        """Return the settings as they hold now."""
        return self.environment

    async def policy(self) -> Policy:
        """Return what people allow now."""
        settings, slack = await self.now()
        return settings.policy().model_copy(update={"approvals_needed": 2 if slack.two_person else 1})

    async def approvers(self) -> tuple[str, ...]:
        """Return who is named to approve now."""
        return (await self.now()).slack.approvers

    async def admins(self) -> tuple[str, ...]:
        """Return who is named to change settings; the environment alone says that."""
        return self.environment.slack.admins
