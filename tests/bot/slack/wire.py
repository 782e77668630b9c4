"""What tests of delivery say and look at."""

import asyncio
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.pace import Pace
from bot.workspace.server import Workspace
from bot.workspace.state import Message
from storage.outbox import SqlOutbox
from storage.parcel import Kind, Parcel

ALERTS, INCIDENTS, GENERAL, PAYMENTS = "C0ALERTS", "C0INCIDENTS", "C0GENERAL", "C0PAYMENTS"
QUICK = Pace(
    post_every=0.001,
    burst=100,
    edit_every=0.001,
    first_pause=0.02,
    longest_pause=0.1,
    tries=3,
    upload_tries=2,
    sharing=0.6,
    look=0.2,
    goodbye=0.2,
)
IMPATIENT = 1
"""Seconds after which our client gives an answer up."""


def client_of(workspace: Workspace) -> AsyncWebClient:
    """The client that a Delivery is given."""
    return AsyncWebClient(workspace.bot_token, base_url=workspace.api_url, timeout=IMPATIENT, retry_handlers=[])


def post(key: str, channel: str = ALERTS, **more: Any) -> Parcel:  # noqa: ANN401 - what a Parcel has
    """A message that says its own key."""
    return Parcel(key, channel, Kind.POST, {"text": key, **more.pop("body", {})}, **more)


def upload(key: str, channel: str = ALERTS, **more: Any) -> Parcel:  # noqa: ANN401 - what a Parcel has
    body = {"filename": f"{key}.pdf", "title": "The report", "alt_txt": "A report", **more.pop("body", {})}
    return Parcel(key, channel, Kind.UPLOAD, body, content=b"%PDF-1.7", **more)


def said(workspace: Workspace, channel: str = "alerts") -> list[str]:
    """What stands in a channel, in order; a file's message by the file's name."""
    return [_words(workspace, message) for message in workspace.channel(channel).messages.values()]


def _words(workspace: Workspace, message: Message) -> str:
    names = [workspace.team.files[file].name for file in message.files]
    return " ".join([*names, message.content.get("text", "")]).strip()


async def painted(_incident_id: str, _seq: int, name: str) -> bytes:
    """A picture as quick as a wink."""
    return f"the picture {name}".encode()


async def settled(outbox: SqlOutbox) -> None:
    """Wait until nothing waits."""
    while not await outbox.empty():  # noqa: ASYNC110 - rows send no events
        await asyncio.sleep(0.005)
