"""Whether the bot is where alerts are heard and incidents are told."""

from collections.abc import Iterator

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.doctor.finding import Finding, note, right, wrong
from bot.slack.channels import Channel, by_name
from bot.slack.refusal import code
from bot.slack_settings import CHANNEL_ID, SlackSettings

ALERTS, INCIDENTS, SENDERS = "SFA_ALERT_CHANNELS", "SFA_INCIDENT_CHANNEL", "SFA_ALERT_SENDERS"
UNHEARD = "it hears no alerts: it investigates what people ask for"
NOWHERE = "what has no channel of its own, such as a late alert of a webhook, has nowhere to go"
UNSENT = "nobody's messages count as alerts, whatever the channels say"
BY_NAME = "a name is what an app calls itself; only an id can't be chosen by somebody else"


async def channels(client: AsyncWebClient, settings: SlackSettings, me: str) -> list[Finding]:
    """Look at each channel of the settings; names are looked up among those that the bot can see."""
    wanted = [(ALERTS, name) for name in settings.alert_channels]
    wanted += [(INCIDENTS, settings.incident_channel)] if settings.incident_channel else []
    named = {} if all(CHANNEL_ID.fullmatch(name) for _, name in wanted) else await _named(client)
    found = list(_unset(settings))
    for setting, name in wanted:
        found.append(_standing(setting, name, await _about(client, name, named), me))
    return found


def _unset(settings: SlackSettings) -> Iterator[Finding]:
    if not settings.alert_channels:
        yield note(ALERTS, UNHEARD, f"set {ALERTS} to the ids of the channels that pages come to")
    elif not settings.alert_senders:
        yield wrong(SENDERS, UNSENT, f"set {SENDERS} to the ids of the apps, bots or users whose alerts count")
    names = [name for name in settings.alert_senders if not _is_id(name)]
    if names:
        yield note(SENDERS, f"{', '.join(names)}: {BY_NAME}", "name the app's or bot's id, A… or B…")
    if settings.incident_channel is None:
        yield note(INCIDENTS, NOWHERE, f"set {INCIDENTS}")


def _is_id(name: str) -> bool:
    return name[:1] in {"A", "B", "U", "W"} and name.isalnum() and name.isupper()


async def _named(client: AsyncWebClient) -> dict[str, Channel] | str:
    """Return the channels that the bot can see by their names, or why none can be seen."""
    try:
        return await by_name(client, archived=True)
    except SlackApiError as refused:
        return code(refused)


async def _about(client: AsyncWebClient, name: str, named: dict[str, Channel] | str) -> Channel | str:
    """Return what Slack says of a channel, or its error."""
    if not CHANNEL_ID.fullmatch(name):
        return named if isinstance(named, str) else named.get(name.removeprefix("#"), "channel_not_found")
    try:
        return dict((await client.conversations_info(channel=name))["channel"])
    except SlackApiError as refused:
        return code(refused)


def _standing(setting: str, name: str, about: Channel | str, me: str) -> Finding:
    if about == "channel_not_found":
        return wrong(setting, f"there is no {name}, or it is private and the bot isn't in it", f"/invite @{me} there")
    if isinstance(about, str):
        return wrong(setting, f"{name} can't be looked at: {about}", "grant channels:read and groups:read")
    shown = f"#{about.get('name', name)} ({about['id']})"
    if about.get("is_archived"):
        return wrong(setting, f"{shown} is archived", f"name another channel in {setting}")
    if about.get("is_ext_shared") or about.get("is_pending_ext_shared"):
        said = f"{shown} is shared with another organisation: nothing is posted there"
        return wrong(setting, said, f"name a channel of your own in {setting}")
    if about.get("is_member"):
        return right(setting, f"the bot is in {shown}")
    if about.get("is_private"):
        return wrong(setting, f"the bot isn't in {shown}", f"/invite @{me} there")
    return note(setting, f"the bot isn't in {shown} yet, and joins it when it starts")
