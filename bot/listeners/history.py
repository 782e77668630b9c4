"""What alert channels said and nobody heard: read from the last message that was looked at, and marked as late."""

import logging
import time
from collections.abc import AsyncIterator
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners.admission import shared
from bot.listeners.alerts import Heard, take_up
from bot.listeners.bot import Bot
from bot.listeners.remarks import overhear
from bot.slack.entry import Me
from bot.slack.refusal import UNREACHABLE, code
from incident.ports import Unkept

logger = logging.getLogger(__name__)

FURTHEST = 24 * 3600
"""Seconds: older alerts are history."""
PAGE = 200
LOOKING_BACK = "looking back"
"""Whoever holds this lease looks, until it ends: once a minute means once, however many replicas there are."""


async def look_back(client: AsyncWebClient, bot: Bot, me: Me, hearing: float) -> None:
    """Find what a replica acknowledged and died before it could do anything about it, unless another one looks."""
    try:
        if bot.leases.holds(LOOKING_BACK) or await bot.leases.take(LOOKING_BACK):
            await catch_up(client, bot, me, time.time() - hearing)
            await overhear(client, bot, me)
    except Unkept as why:
        logger.warning("what was said meanwhile can't be looked at: %s", why)


async def catch_up(client: AsyncWebClient, bot: Bot, me: Me, until: float) -> None:
    """Take up what was never heard of what was said up to then, oldest first. A channel that was never read begins now.

    May be repeated, also by several at once. Only this moves the mark up to which a channel was read: events come in
    any order, to any replica.
    """
    for channel in (await bot.in_force.now()).slack.alert_channels:
        since = await bot.memory.last_read(channel)
        if since is None:
            await bot.memory.mark_read(channel, f"{time.time():.6f}")
            continue
        oldest = max(float(since), time.time() - FURTHEST)
        try:
            said = [each async for each in _said(client, channel, oldest, until)]
            outside = bool(said) and await shared(client, channel)
        except UNREACHABLE as why:
            told = code(why) if isinstance(why, SlackApiError) else str(why)
            logger.warning("%s: what was said meanwhile can't be read: %s", channel, told)
            continue
        for message in sorted(said, key=lambda each: str(each["ts"])):
            if not (outside or me.wrote(message)):
                await take_up(bot, Heard(channel, message, late=True))
            await bot.memory.mark_read(channel, message["ts"])


async def _said(client: AsyncWebClient, channel: str, oldest: float, until: float) -> AsyncIterator[dict[str, Any]]:
    since, latest = f"{oldest:.6f}", f"{until:.6f}"
    async for page in await client.conversations_history(channel=channel, oldest=since, latest=latest, limit=PAGE):
        for message in page["messages"]:
            if message.get("subtype") in {None, "bot_message", "file_share"}:
                yield message
