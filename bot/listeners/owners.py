"""Who of the approvers may answer for one service: those whom its owners name in the catalog."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners.bot import Bot
from bot.people import People
from bot.thread.presses import Pressed
from incident.facts import Verdict
from incident.ports import UnknownIncident


async def owners(client: AsyncWebClient, bot: Bot, about: Pressed | None) -> People | None:
    """Return whom the catalog names for what an incident proposes; None where it leaves it to the settings."""
    try:
        incident = await bot.store.load("" if about is None else about.incident)
    except UnknownIncident:
        return None
    verdict = incident.last(Verdict)
    if verdict is None or verdict.plan is None:
        return None
    named = (await bot.in_force.policy()).entry(incident.world, verdict.plan.service).approvers
    if named is None:
        return None

    async def listed() -> tuple[str, ...]:
        return named

    return People(client, "SFA_CATALOG", listed)
