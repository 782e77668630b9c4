"""The channels that the bot can see, by their names."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

Channel = Mapping[str, Any]
"""One as Slack describes it."""


async def by_name(client: AsyncWebClient, *, archived: bool) -> dict[str, Channel]:
    """Return them, with those that are archived or without; raises `SlackApiError`."""
    there: dict[str, Channel] = {}
    kinds = "public_channel,private_channel"
    async for page in await client.conversations_list(types=kinds, limit=200, exclude_archived=not archived):
        there |= {each["name"]: each for each in page["channels"]}
    return there
