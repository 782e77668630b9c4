"""A workspace that is quicker than Slack, with the real SDK's client and the real Bolt app at it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.cast import DEFAULT_MANIFEST, EVENTS, SCOPES
from bot.workspace.courier import Pace
from bot.workspace.server import Offer, Workspace

QUICK = Pace(ack=60.0, retries=(0.01, 0.01, 0.01), trigger=60.0, sharing=0.01, refresh=0.2, limits=600.0)
"""Quick where the workspace waits for itself, patient where it waits for an app on a machine that is busy."""
MANIFEST = {
    **DEFAULT_MANIFEST,
    "oauth_config": {"scopes": {"bot": [*SCOPES.split(), "pins:write", "reactions:read"]}},
    "settings": {"event_subscriptions": {"bot_events": [*EVENTS.split(), "reaction_added"]}},
}
"""More than our bot asks for: the workspace is tried with what any app may do."""
OFFERS = (Offer("checkout", "Checkout is slow", "p99 over 2 s"),)


async def fire(name: str) -> dict[str, Any]:
    return {"text": "", "attachments": [{"fallback": f"[FIRING] {name}", "title": name, "color": "danger"}]}


@pytest.fixture
def ack() -> float:
    """Seconds that an app has to acknowledge; a test of apps that don't sets less."""
    return QUICK.ack


@pytest.fixture
async def workspace(ack: float) -> AsyncIterator[Workspace]:
    pace = replace(QUICK, ack=ack)
    async with Workspace(manifest=MANIFEST, offers=OFFERS, fire=fire, pace=pace) as workspace:
        yield workspace


@pytest.fixture
def client(workspace: Workspace) -> AsyncWebClient:
    return AsyncWebClient(workspace.bot_token, base_url=workspace.api_url, retry_handlers=[])


@pytest.fixture
async def bot(workspace: Workspace, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    """The bot's Bolt app, connected; listeners may be registered any time."""
    app = AsyncApp(client=client)
    handler = AsyncSocketModeHandler(app, workspace.app_token, ping_interval=1)
    await handler.connect_async()
    await workspace.until(lambda: workspace.connections)
    yield app
    await handler.close_async()


@pytest.fixture
def heard(bot: AsyncApp) -> asyncio.Queue[Any]:
    """Every event the bot hears, as the request's whole body with its retry headers under `retry`."""
    queue: asyncio.Queue[Any] = asyncio.Queue()

    async def hear(body: dict[str, Any], request: AsyncBoltRequest) -> None:
        await queue.put({**body, "retry": request.headers.get("x-slack-retry-num", [None])[0]})

    for event in ("message", "app_mention", "app_home_opened", "member_joined_channel", "reaction_added"):
        bot.event(event)(hear)
    bot.event("agent_session_stopped")(hear)
    return queue


@pytest.fixture
async def page(workspace: Workspace) -> AsyncIterator[httpx.AsyncClient]:
    """The page's browser."""
    async with httpx.AsyncClient(base_url=workspace.address, headers={"Origin": workspace.team.origin}) as page:
        yield page
