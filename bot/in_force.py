"""The settings that hold at this moment, and the policy that they make. Everything that judges or lets in asks here."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.ceilings import Held, within
from bot.config import Settings
from bot.judged import SqlJudgements
from bot.slack_settings import SlackSettings
from incident.policy import Policy
from incident.taught import Taught, taught
from storage.overrides import Change, Overrides, SqlOverrides


class InForce:
    """One for the process. ``settings`` and ``slack`` are the environment's, their channels ids by now.

    What was changed in the Home is read from the database each time: another replica may have changed it.
    """

    def __init__(
        self, settings: Settings, slack: SlackSettings, overrides: SqlOverrides, judgements: SqlJudgements
    ) -> None:
        self.environment = Held(settings, slack, {})
        self._overrides, self._judgements = overrides, judgements

    async def now(self) -> Held:
        """Return the settings as they hold now."""
        return within(self.environment, await self._overrides.all())

    async def policy(self) -> Policy:
        """Return what people allow now."""
        held = await self.now()
        least = await self.taught(held)
        wanted = {"confidence_auto": least.least, "taught": least.because}
        return held.settings.policy().model_copy(
            update=wanted | {"approvals_needed": 2 if held.slack.two_person else 1}
        )

    async def taught(self, held: Held) -> Taught:
        """Return from which confidence something is done without asking, after what people said of diagnoses."""
        return taught(await self._judgements.until(datetime.now(UTC)), held.settings.confidence_auto)

    async def approvers(self) -> tuple[str, ...]:
        """Return who is named to approve now."""
        return (await self.now()).slack.approvers

    async def admins(self) -> tuple[str, ...]:
        """Return who is named to change settings; the environment alone says that."""
        return self.environment.slack.admins

    async def change(self, by: str, changes: Sequence[Change], seen: Overrides) -> None:
        """Change settings within the ceilings, at once and for all; raises `ChangedMeanwhile`."""
        await self._overrides.change(by, changes, seen)

    async def refuse(self, by: str, changes: Sequence[Change], why: str) -> None:
        """Keep in the audit trail what somebody wanted and didn't get."""
        await self._overrides.refuse(by, changes, why)
