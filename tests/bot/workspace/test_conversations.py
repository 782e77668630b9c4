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


async def test_public_channels_are_listed_and_private_ones_only_to_members(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    every = "public_channel,private_channel"
    before = await client.conversations_list(types=every)
    workspace.channel("payments").members.discard("UFRBOT")
    after = await client.conversations_list(types=every)

    assert [each["name"] for each in before["channels"]] == ["alerts", "incidents", "general", "payments"]
    assert [each["name"] for each in after["channels"]] == ["alerts", "incidents", "general"]


async def test_only_public_channels_are_listed_unless_asked(client: AsyncWebClient) -> None:
    assert {each["is_private"] for each in (await client.conversations_list())["channels"]} == {False}


async def test_archived_channels_can_be_left_out(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.channel("incidents").archived = True

    listed = await client.conversations_list(exclude_archived=True)

    assert "incidents" not in [each["name"] for each in listed["channels"]]


async def test_a_channel_says_whether_one_is_a_member(client: AsyncWebClient) -> None:
    assert (await client.conversations_info(channel="C0ALERTS"))["channel"]["is_member"] is True
    assert (await client.conversations_info(channel="C0GENERAL"))["channel"]["is_member"] is False


async def test_the_members_of_a_channel_are_listed(client: AsyncWebClient) -> None:
    assert (await client.conversations_members(channel="C0PAYMENTS"))["members"] == ["U0ADA", "U0BEN", "UFRBOT"]


async def test_a_public_channel_can_be_joined_once(client: AsyncWebClient) -> None:
    joined = await client.conversations_join(channel="C0GENERAL")
    again = await client.conversations_join(channel="C0GENERAL")

    assert joined["channel"]["is_member"] is True
    assert again["warning"] == "already_in_channel"


async def test_a_private_or_archived_channel_cannot_be_joined(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.channel("general").archived = True

    assert await error_of(client.conversations_join(channel="C0GENERAL")) == "is_archived"
    assert await error_of(client.conversations_join(channel="C0PAYMENTS")) == "method_not_supported_for_channel_type"


async def test_direct_messages_are_opened_with_people_only(client: AsyncWebClient) -> None:
    first = await client.conversations_open(users="U0ADA")
    second = await client.conversations_open(users="U0ADA", return_im=True)

    assert first["channel"]["id"] == second["channel"]["id"]
    assert second["channel"]["is_im"] is True
    assert await error_of(client.conversations_open(users="UDATADOG")) == "cannot_dm_bot"


async def test_history_is_read_newest_first_and_page_by_page(workspace: Workspace, client: AsyncWebClient) -> None:
    for number in range(5):
        workspace.people.say("U0ADA", "alerts", f"{number}")

    texts = [
        message["text"]
        async for page in await client.conversations_history(channel="C0ALERTS", limit=2)
        for message in page["messages"]
    ]

    assert texts == ["4", "3", "2", "1", "0"]


async def test_history_is_read_from_the_last_seen_message_on(workspace: Workspace, client: AsyncWebClient) -> None:
    seen = workspace.people.say("U0ADA", "alerts", "seen")
    workspace.people.say("U0ADA", "alerts", "new")

    after = await client.conversations_history(channel="C0ALERTS", oldest=seen)
    from_it_on = await client.conversations_history(channel="C0ALERTS", oldest=seen, inclusive=True)

    assert [message["text"] for message in after["messages"]] == ["new"]
    assert [message["text"] for message in from_it_on["messages"]] == ["new", "seen"]


async def test_a_thread_is_read_with_its_root_on_every_page(workspace: Workspace, client: AsyncWebClient) -> None:
    root = workspace.people.say("U0ADA", "alerts", "root")
    for number in range(3):
        workspace.people.say("U0BEN", "alerts", f"{number}", root)

    pages = [
        [message["text"] for message in page["messages"]]
        async for page in await client.conversations_replies(channel="C0ALERTS", ts=root, limit=2)
    ]

    assert pages == [["root", "0", "1"], ["root", "2"]]


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("conversations.history", {"channel": "C0GENERAL"}, "not_in_channel"),
        ("conversations.history", {"channel": "C0NOWHERE"}, "channel_not_found"),
        ("conversations.history", {"channel": "C0ALERTS", "limit": 1000}, "invalid_limit"),
        ("conversations.replies", {"channel": "C0ALERTS", "ts": "1.000001"}, "thread_not_found"),
        ("conversations.open", {"users": "U0NOBODY"}, "users_not_found"),
    ],
)
async def test_what_cannot_be_read_is_refused_in_slacks_words(
    client: AsyncWebClient, method: str, args: dict[str, Any], error: str
) -> None:
    assert await error_of(client.api_call(method, http_verb="GET", params=args)) == error


async def test_a_kind_of_channel_is_readable_only_with_its_scope() -> None:
    scopes = ["channels:history", "channels:read", "im:read"]
    async with Workspace(manifest={"oauth_config": {"scopes": {"bot": scopes}}}) as workspace:
        client = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url)
        listed = await client.conversations_list(types="public_channel,private_channel")

        assert "payments" not in [each["name"] for each in listed["channels"]]
        with pytest.raises(SlackApiError, match="groups:history"):
            await client.conversations_history(channel="C0PAYMENTS")


async def test_the_oldest_messages_make_room(workspace: Workspace) -> None:
    for number in range(2_005):
        workspace.people.say("U0ADA", "general", f"{number}")

    assert len(workspace.channel("general").messages) == 2_000
