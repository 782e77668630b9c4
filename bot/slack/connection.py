"""The bot connected to Slack: clients, listeners and delivery around one runner."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import Place, Storage, known_services, listed_scenarios, team
from bot.approvers import Approvers
from bot.config import Settings
from bot.listeners import register
from bot.listeners.bot import Bot
from bot.mistakes import Mistake
from bot.places import Places
from bot.runner import Crew, Runner
from bot.slack.chat import Drawing, SlackChat
from bot.slack.delivery import Delivery
from bot.slack_settings import SlackSettings
from bot.thread.card import card
from bot.thread.draw import draw, redrawn
from bot.thread.options import Options
from bot.working import Working
from incident.ports import Investigator

SOCKETS = 2
"""Slack renews connections now and then; with two there is no gap."""


class Connected(NamedTuple):
    """``over_http`` is the app to deliver to in HTTP mode, None in Socket Mode."""

    runner: Runner
    over_http: AsyncApp | None


@asynccontextmanager
async def connected(
    settings: Settings, slack: SlackSettings, storage: Storage, places: Places
) -> AsyncIterator[Connected]:
    """Begin to listen and to deliver, and go on with what is unfinished. Raises `Mistake` for a refused token."""
    client = AsyncWebClient(_secret(slack.bot_token), base_url=slack.api_url)
    client.retry_handlers += [AsyncRateLimitErrorRetryHandler(5), AsyncServerErrorRetryHandler(2)]
    await _introduced(client)
    slack = await _with_channel_ids(client, slack)
    approvers = Approvers(client, slack.approvers)
    runner = _runner(settings, slack, storage, places, await approvers.ids())
    app = AsyncApp(client=client, signing_secret=_secret(slack.signing_secret) or "not used by Socket Mode")
    register(app, await _bot(runner, storage, places, (approvers, settings, slack)))
    delivering = AsyncWebClient(_secret(slack.bot_token), base_url=slack.api_url, retry_handlers=[])
    async with Delivery(storage.outbox, delivering):
        await runner.resume()
        sockets = await _sockets(app, slack)
        try:
            yield Connected(runner, None if sockets else app)
        finally:
            await asyncio.gather(*(socket.close_async() for socket in sockets))
            await runner.close()
