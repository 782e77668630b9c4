"""Who is answered, and where an incident's thread may go: no guests, no externally shared channels."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners.bot import Bot
from bot.mistakes import Mistake
from bot.slack.refusal import UNREACHABLE

GUESTS = "Guests of this workspace can't use this app. Please ask somebody of the team."
SHARED = "This channel is shared with another organisation: nothing about incidents is posted here."
UNSEEN = "Slack doesn't tell me just now whether this channel is shared with another organisation. Please try again."
STRANGER = "I am not in this channel. Invite me with /invite, or set SFA_INCIDENT_CHANNEL to where threads should go."


async def admit(client: AsyncWebClient, user: str) -> None:
    """Raise `Mistake` for a guest. Somebody who can't be looked up counts as one of the team."""
    try:
        about = (await client.users_info(user=user))["user"]
    except UNREACHABLE:
        return
    if about.get("is_restricted") or about.get("is_ultra_restricted") or about.get("is_stranger"):
        raise Mistake(GUESTS)


async def room(client: AsyncWebClient, bot: Bot, channel: str) -> str:
    """Return where the thread of something that was asked for in a channel goes; raises `Mistake`."""
    about = await _about(client, channel)
    if _outsiders_read(about):
        raise Mistake(SHARED)
    private = about.get("is_private") or about.get("is_mpim")
    if about.get("is_im") or about.get("is_member") or (about and not private):
        return channel
    main = (await bot.in_force.now()).slack.incident_channel
    if main is None:
        raise Mistake(STRANGER)
    return main


async def shared(client: AsyncWebClient, channel: str) -> bool:
    """Tell whether people of another organisation read a channel; raises what `UNREACHABLE` lists."""
    return _outsiders_read((await client.conversations_info(channel=channel))["channel"])


async def keep_inside(client: AsyncWebClient, channel: str) -> None:
    """Raise `Mistake` where people of another organisation read a channel, or nobody says whether they do."""
    try:
        outside = await shared(client, channel)
    except UNREACHABLE as why:
        raise Mistake(UNSEEN) from why
    if outside:
        raise Mistake(SHARED)


async def may_read(client: AsyncWebClient, user: str, channel: str) -> bool:
    """Tell whether somebody may read of a channel's incidents: those of private ones are for their members."""
    about = await _about(client, channel)
    if about and not (about.get("is_private") or about.get("is_im") or about.get("is_mpim")):
        return True
    return user in await _members(client, channel)


async def may_show(client: AsyncWebClient, bot: Bot, incident_id: str, channel: str) -> None:
    """Raise `Mistake` where an incident of a private channel would be shown in another one."""
    thread = await bot.memory.thread(incident_id)
    if thread is None or thread.channel == channel:
        return
    here, there = await _about(client, channel), await _about(client, thread.channel)
    private = not there or there.get("is_private") or there.get("is_im") or there.get("is_mpim")
    if private and not here.get("is_im"):
        message = f"{incident_id} belongs to a private channel. Ask for it there, or with {bot.slash.rca}."
        raise Mistake(message)


def _outsiders_read(about: Mapping[str, Any]) -> bool:
    return bool(about.get("is_ext_shared") or about.get("is_pending_ext_shared"))


async def _about(client: AsyncWebClient, channel: str) -> dict[str, Any]:
    try:
        return dict((await client.conversations_info(channel=channel))["channel"])
    except SlackApiError:
        return {}


async def _members(client: AsyncWebClient, channel: str) -> set[str]:
    found: set[str] = set()
    try:
        async for page in await client.conversations_members(channel=channel, limit=1000):
            found |= set(page["members"])
    except SlackApiError:
        return found
    return found
