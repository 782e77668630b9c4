import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn import Config, Server

from bot.workspace.faults import Fault
from bot.workspace.server import Workspace
from bot.workspace.signed import post_signed, signed
from bot.workspace.sockets import NotAcknowledged
from bot.workspace.spots import Place

BUTTON = {"type": "button", "action_id": "approve", "text": {"type": "plain_text", "text": "Go"}}


@pytest.fixture
async def app(workspace: Workspace, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    """The bot's Bolt app behind an HTTP server of its own, as in HTTP mode."""
    app = AsyncApp(client=client, signing_secret=workspace.signing_secret)
    handler = AsyncSlackRequestHandler(app)

    async def endpoint(request: Request) -> Response:
        return await handler.handle(request)

    web = Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])])
    server = Server(Config(web, host="127.0.0.1", port=0, lifespan="off", log_config=None, ws="none"))
    serving = asyncio.create_task(server.serve())
    await workspace.until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    workspace.post_to(f"http://127.0.0.1:{port}/slack/events")
    yield app
    server.should_exit = True
    await serving


def test_a_signature_is_what_slacks_own_verifier_expects() -> None:
    headers = signed("secret", "body", at=1_700_000_000)

    expected = SignatureVerifier("secret").generate_signature(timestamp="1700000000", body="body")
    assert headers == {"X-Slack-Request-Timestamp": "1700000000", "X-Slack-Signature": expected}


@pytest.mark.usefixtures("app")
async def test_the_request_url_is_verified(workspace: Workspace) -> None:
    url = str(workspace.team.apps["AFIRST"].request_url)
    payload = {"type": "url_verification", "token": "t", "challenge": "prove it"}

    assert await post_signed(url, workspace.signing_secret, payload, {}, 3) == {"challenge": "prove it"}


@pytest.mark.usefixtures("app")
async def test_a_wrong_signature_is_not_acknowledged(workspace: Workspace) -> None:
    url = str(workspace.team.apps["AFIRST"].request_url)

    with pytest.raises(NotAcknowledged, match="http_error"):
        await post_signed(url, "another secret", {"type": "event_callback", "event": {"type": "message"}}, {}, 3)


async def test_events_arrive_signed_and_a_late_acknowledgement_brings_them_again(
    workspace: Workspace, app: AsyncApp
) -> None:
    heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

    @app.event("message")
    async def message(event: dict[str, Any], request: AsyncBoltRequest) -> None:
        await heard.put((event["text"], request.headers.get("x-slack-retry-num")))

    workspace.faults.add(Fault("events_api", "late"))
    workspace.people.say("U0ADA", "alerts", "x")

    assert [await heard.get(), await heard.get()] == [("x", None), ("x", ["1"])]


async def test_commands_clicks_and_submissions_are_answered_in_the_response(
    workspace: Workspace, app: AsyncApp, client: AsyncWebClient
) -> None:
    @app.command("/rca")
    async def rca(ack: AsyncAck) -> None:
        await ack("Nothing yet.")

    @app.action("approve")
    async def approve(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="approved", response_type="in_channel")

    await workspace.interactions.command("U0ADA", "alerts", "/rca")
    card = await client.chat_postMessage(
        channel="C0ALERTS", text="card", blocks=[{"type": "actions", "elements": [BUTTON]}]
    )
    await workspace.interactions.press("U0ADA", Place("C0ALERTS", card["ts"]), {"action_id": "approve"})
    messages = workspace.channel("alerts").messages
    await workspace.until(lambda: len(messages) == 3)

    assert [message.content["text"] for message in messages.values()] == ["Nothing yet.", "card", "approved"]


async def test_an_app_that_is_not_there_is_said_not_to_respond(workspace: Workspace) -> None:
    workspace.post_to("http://127.0.0.1:9/slack/events")
    await workspace.interactions.command("U0ADA", "alerts", "/rca")

    (message,) = workspace.channel("alerts").messages.values()
    assert message.content["text"] == "/rca failed: the app did not respond."
