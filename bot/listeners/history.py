"""What alert channels said while nobody listened: read from the last message that was seen, and marked as late."""

import logging
import time
from collections.abc import AsyncIterator
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.listeners.admission import shared
from bot.listeners.alerts import Heard, take_up
from bot.listeners.bot import Bot
from bot.slack.entry import Me
from bot.slack.refusal import UNREACHABLE, code

logger = logging.getLogger(__name__)

FURTHEST = 24 * 3600
"""Seconds: older alerts are history."""
OVERLAP = 600
"""Seconds before the last message that was read: an earlier one may have been on its way when a replica died."""
PAGE = 200


async def catch_up(client: AsyncWebClient, bot: Bot, me: Me) -> None:
    """Take up what was missed, oldest first. A channel that was never read begins now."""
    for channel in (await bot.in_force.now()).slack.alert_channels:
        now = time.time()
        since = await bot.memory.last_read(channel)
        if since is None:
            await bot.memory.first_time(f"began:{channel}")
            await bot.memory.mark_read(channel, f"{now:.6f}")
            continue
        began = await bot.memory.heard_at(f"began:{channel}")
        oldest = max(float(since) - OVERLAP, now - FURTHEST, began.timestamp() if began else 0.0)
        try:
            if await shared(client, channel):
                continue
            missed = [each async for each in _missed(client, channel, f"{oldest:.6f}")]
        except UNREACHABLE as why:
            told = code(why) if isinstance(why, SlackApiError) else str(why)
            logger.warning("%s: what was said meanwhile can't be read: %s", channel, told)
            continue
        for message in sorted(missed, key=lambda each: str(each["ts"])):
            if not me.wrote(message):
                await take_up(bot, Heard(channel, message, late=True))
            await bot.memory.mark_read(channel, message["ts"])


async def _missed(client: AsyncWebClient, channel: str, since: str) -> AsyncIterator[dict[str, Any]]:
    async for page in await client.conversations_history(channel=channel, oldest=since, limit=PAGE):
        for message in page["messages"]:
            if message.get("subtype") in {None, "bot_message", "file_share"}:
                yield message
