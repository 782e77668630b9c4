from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.server import Workspace


async def error_of(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_a_reaction_is_added_shown_and_taken_back(workspace: Workspace, client: AsyncWebClient) -> None:
    ts = workspace.people.say("U0ADA", "alerts", "x")
    await client.reactions_add(channel="C0ALERTS", timestamp=ts, name="eyes")
    shown = await client.reactions_get(channel="C0ALERTS", timestamp=ts)
    await client.reactions_remove(channel="C0ALERTS", timestamp=ts, name="eyes")
    after = await client.reactions_get(channel="C0ALERTS", timestamp=ts)

    assert shown["message"]["reactions"] == [{"name": "eyes", "users": ["UFRBOT"], "count": 1}]
    assert "reactions" not in after["message"]


async def test_the_same_reaction_twice_and_one_that_is_not_there_are_refused(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    ts = workspace.people.say("U0ADA", "alerts", "x")
    await client.reactions_add(channel="C0ALERTS", timestamp=ts, name="eyes")

    assert await error_of(client.reactions_add(channel="C0ALERTS", timestamp=ts, name="eyes")) == "already_reacted"
    assert await error_of(client.reactions_remove(channel="C0ALERTS", timestamp=ts, name="tada")) == "no_reaction"


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"channel": "C0ALERTS", "timestamp": "1.000001", "name": "eyes"}, "message_not_found"),
        ({"channel": "C0ALERTS", "timestamp": "1.000001", "name": "no such name"}, "invalid_name"),
        ({"channel": "C0NOWHERE", "timestamp": "1.000001", "name": "eyes"}, "channel_not_found"),
        ({"channel": "C0GENERAL", "timestamp": "1.000001", "name": "eyes"}, "not_in_channel"),
    ],
)
async def test_what_cannot_be_reacted_to_is_refused(client: AsyncWebClient, args: dict[str, str], error: str) -> None:
    assert await error_of(client.api_call("reactions.add", params=args)) == error


async def test_a_tombstone_takes_no_reaction(client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel="C0ALERTS", text="root")
    await client.chat_postMessage(channel="C0ALERTS", text="reply", thread_ts=root["ts"])
    await client.chat_delete(channel="C0ALERTS", ts=root["ts"])

    assert (
        await error_of(client.reactions_add(channel="C0ALERTS", timestamp=root["ts"], name="eyes")) == "not_reactable"
    )


async def test_a_message_carries_twenty_three_kinds_of_reaction(workspace: Workspace, client: AsyncWebClient) -> None:
    ts = workspace.people.say("U0ADA", "alerts", "x")
    for number in range(23):
        workspace.people.react("U0ADA", ("alerts", ts), f"e{number}")

    assert await error_of(client.reactions_add(channel="C0ALERTS", timestamp=ts, name="eyes")) == "too_many_emoji"


async def test_a_message_is_pinned_once(workspace: Workspace, client: AsyncWebClient) -> None:
    ts = workspace.people.say("U0ADA", "alerts", "x")
    await client.pins_add(channel="C0ALERTS", timestamp=ts)

    assert workspace.channel("alerts").pins == [ts]
    assert await error_of(client.pins_add(channel="C0ALERTS", timestamp=ts)) == "already_pinned"


async def test_an_agent_session_has_a_status(workspace: Workspace, client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel="C0ALERTS", text="root")
    where = {"channel_id": "C0ALERTS", "thread_ts": root["ts"]}
    answer = await client.agents_sessions_setStatus(**where, status="processing")

    assert answer["status"] == "processing"
    assert workspace.channel("alerts").sessions == {root["ts"]: "processing"}
    assert await error_of(client.agents_sessions_setStatus(**where, status="busy")) == "invalid_arguments"


async def test_a_workspace_may_have_no_agent_sessions() -> None:
    async with Workspace(agent_sessions=False) as workspace:
        client = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url)
        call = client.agents_sessions_setStatus(channel_id="C0ALERTS", thread_ts="1.1", status="active")

        assert await error_of(call) == "unknown_method"
