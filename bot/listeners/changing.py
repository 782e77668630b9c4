"""What speaks against a change of settings: a ceiling, or what Slack says of the people and channels in it."""

from collections.abc import Mapping

from slack_sdk.web.async_client import AsyncWebClient

from bot.ceilings import ALERT_CHANNELS, APPROVERS, ASK, AUTO, INCIDENT_CHANNEL, Held, beyond, names, variable
from bot.doctor.channels import channels
from bot.doctor.finding import Finding, State
from bot.doctor.people import people
from bot.listeners.bot import Bot
from incident.values import Json

LONGEST = 500


async def objections(client: AsyncWebClient, bot: Bot, wanted: Mapping[str, Json], held: Held) -> dict[str, str]:
    """Return a sentence for each setting that can't be as it is wanted."""
    bands = {name: held.value(name) for name in (AUTO, ASK)} if {AUTO, ASK} & wanted.keys() else {}
    found = dict(beyond(bot.in_force.environment, {**bands, **wanted}))
    if APPROVERS in wanted and APPROVERS not in found:
        found |= await _approvers(client, bot, names(wanted[APPROVERS]))
    for name in (ALERT_CHANNELS, INCIDENT_CHANNEL):
        if wanted.get(name) and name not in found:
            found |= await _channels(client, bot, name, wanted[name])
    return {name: why for name, why in found.items() if name in wanted or name in bands}


async def _approvers(client: AsyncWebClient, bot: Bot, named: tuple[str, ...]) -> dict[str, str]:
    strangers = [name for name in named if not await bot.approvers.could_include(name)]
    if strangers:
        most = ", ".join(bot.in_force.environment.slack.approvers)
        said = f"SFA_APPROVERS is {most} in the environment: only they and their members can be chosen here."
        return {APPROVERS: said}
    slack = bot.in_force.environment.slack.model_copy(update={"approvers": named, "admins": ()})
    return _said(APPROVERS, await people(client, slack))


async def _channels(client: AsyncWebClient, bot: Bot, name: str, wanted: Json) -> dict[str, str]:
    nothing = {"alert_channels": (), "incident_channel": None}
    value = names(wanted) if name == ALERT_CHANNELS else wanted
    slack = bot.in_force.environment.slack.model_copy(update={**nothing, name: value})
    found = await channels(client, slack, "me")
    return _said(name, [each for each in found if each.topic == variable(name)])


def _said(name: str, found: list[Finding]) -> dict[str, str]:
    """Return what is wrong, in the words of doctor."""
    wrong = [f"{each.said}: {each.remedy}." for each in found if each.state is State.WRONG]
    return {name: " ".join(wrong)[:LONGEST]} if wrong else {}
