from collections.abc import Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.server import Workspace

DIVIDER = [{"type": "divider"}]


async def error_of(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_a_message_is_posted_as_the_app_itself(client: AsyncWebClient) -> None:
    answer = await client.chat_postMessage(channel="C0ALERTS", text="hello")

    message = answer["message"]
    assert (message["user"], message["bot_id"], message["app_id"], message["text"]) == (
        "UFRBOT",
        "BFRBOT",
        "AFIRST",
        "hello",
    )
    assert "subtype" not in message


async def test_a_message_under_a_chosen_name_is_a_bot_message_without_a_user(client: AsyncWebClient) -> None:
    answer = await client.chat_postMessage(channel="C0ALERTS", text="x", username="Logs", icon_emoji=":mag:")

    message = answer["message"]
    assert (message["subtype"], message["username"], message["icons"]) == ("bot_message", "Logs", {"emoji": ":mag:"})
    assert "user" not in message


async def test_a_channel_is_found_by_name_and_a_person_by_direct_message(client: AsyncWebClient) -> None:
    assert (await client.chat_postMessage(channel="#alerts", text="x"))["channel"] == "C0ALERTS"
    assert (await client.chat_postMessage(channel="U0ADA", text="x"))["channel"].startswith("D")


async def test_a_reply_stands_in_its_thread_and_is_counted_at_the_root(client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel="C0ALERTS", text="root")
    await client.chat_postMessage(channel="C0ALERTS", text="reply", thread_ts=root["ts"])

    thread = await client.conversations_replies(channel="C0ALERTS", ts=root["ts"])

    assert [message["text"] for message in thread["messages"]] == ["root", "reply"]
    assert thread["messages"][0]["reply_count"] == 1
    assert thread["messages"][1]["parent_user_id"] == "UFRBOT"


async def test_a_reply_to_a_reply_stands_in_the_roots_thread(client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel="C0ALERTS", text="root")
    reply = await client.chat_postMessage(channel="C0ALERTS", text="reply", thread_ts=root["ts"])

    deeper = await client.chat_postMessage(channel="C0ALERTS", text="deeper", thread_ts=reply["ts"])

    assert deeper["message"]["thread_ts"] == root["ts"]


async def test_a_broadcast_reply_stands_in_the_channel_too(client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel="C0ALERTS", text="root")
    await client.chat_postMessage(channel="C0ALERTS", text="loud", thread_ts=root["ts"], reply_broadcast=True)

    history = await client.conversations_history(channel="C0ALERTS")

    assert [message["text"] for message in history["messages"]] == ["loud", "root"]


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0GENERAL", "text": "x"}, "not_in_channel"),
        ({"channel": "C0ALERTS"}, "no_text"),
        ({"channel": "C0ALERTS", "text": ""}, "no_text"),
        ({"channel": "C0ALERTS", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "C0ALERTS", "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
        ({"channel": "C0ALERTS", "text": "x", "blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        ({"channel": "C0ALERTS", "text": "x", "blocks": "[{"}, "invalid_blocks"),
        (
            {"channel": "C0ALERTS", "text": "x", "blocks": [{"type": "markdown", "text": "y" * 7_000}] * 2},
            "msg_blocks_too_long",
        ),
        ({"channel": "C0ALERTS", "text": "x", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"channel": "C0ALERTS", "text": "x", "attachments": ["y"]}, "invalid_attachments"),
        ({"channel": "C0ALERTS", "text": "x", "metadata": {"event_type": "y"}}, "invalid_metadata_format"),
        (
            {"channel": "C0ALERTS", "text": "x", "metadata": {"event_type": "y", "event_payload": {"z": "z" * 16_000}}},
            "metadata_too_large",
        ),
    ],
)
async def test_what_cannot_be_posted_is_refused_in_slacks_words(
    client: AsyncWebClient, sent: dict[str, Any], error: str
) -> None:
    assert await error_of(client.api_call("chat.postMessage", json=sent)) == error


async def test_nothing_is_posted_into_an_archived_channel(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.channel("alerts").archived = True

    assert await error_of(client.chat_postMessage(channel="C0ALERTS", text="x")) == "is_archived"


async def test_a_private_channel_one_is_not_in_does_not_exist(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.channel("payments").members.discard("UFRBOT")

    assert await error_of(client.chat_postMessage(channel="C0PAYMENTS", text="x")) == "channel_not_found"


async def test_an_edit_replaces_what_it_gives_and_leaves_the_rest(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0ALERTS", text="before", blocks=DIVIDER)

    text_only = await client.chat_update(channel="C0ALERTS", ts=posted["ts"], text="after")
    without_blocks = await client.chat_update(channel="C0ALERTS", ts=posted["ts"], text="after", blocks=[])

    assert text_only["message"]["blocks"][0]["type"] == "divider"
    assert "blocks" not in without_blocks["message"]
    assert without_blocks["message"]["edited"]["user"] == "UFRBOT"


async def test_only_ones_own_messages_can_be_edited_or_deleted(workspace: Workspace, client: AsyncWebClient) -> None:
    ts = workspace.people.say("U0ADA", "alerts", "mine")

    assert await error_of(client.chat_update(channel="C0ALERTS", ts=ts, text="x")) == "cant_update_message"
    assert await error_of(client.chat_delete(channel="C0ALERTS", ts=ts)) == "cant_delete_message"


async def test_a_message_that_is_not_there_cannot_be_edited(client: AsyncWebClient) -> None:
    assert await error_of(client.chat_update(channel="C0ALERTS", ts="1.000001", text="x")) == "message_not_found"


async def test_an_edit_takes_less_text_than_a_post(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0ALERTS", text="x" * 5_000)

    assert await error_of(client.chat_update(channel="C0ALERTS", ts=posted["ts"], text="x" * 5_000)) == "msg_too_long"


async def test_a_deleted_message_is_gone_and_a_thread_keeps_a_tombstone(client: AsyncWebClient) -> None:
    alone = await client.chat_postMessage(channel="C0ALERTS", text="alone")
    root = await client.chat_postMessage(channel="C0ALERTS", text="root")
    await client.chat_postMessage(channel="C0ALERTS", text="reply", thread_ts=root["ts"])

    await client.chat_delete(channel="C0ALERTS", ts=alone["ts"])
    await client.chat_delete(channel="C0ALERTS", ts=root["ts"])

    history = await client.conversations_history(channel="C0ALERTS")
    assert [message.get("subtype") for message in history["messages"]] == ["tombstone"]


async def test_an_ephemeral_message_is_in_nobodys_history(workspace: Workspace, client: AsyncWebClient) -> None:
    answer = await client.chat_postEphemeral(channel="C0ALERTS", user="U0ADA", text="psst")

    assert (await client.conversations_history(channel="C0ALERTS"))["messages"] == []
    assert workspace.channel("alerts").messages[answer["message_ts"]].only_for == "U0ADA"
    assert (
        await error_of(client.chat_update(channel="C0ALERTS", ts=answer["message_ts"], text="x")) == "message_not_found"
    )


async def test_an_ephemeral_message_needs_its_reader_in_the_channel(client: AsyncWebClient) -> None:
    assert (
        await error_of(client.chat_postEphemeral(channel="C0ALERTS", user="U0GUEST", text="x")) == "user_not_in_channel"
    )


async def test_metadata_is_shown_only_to_who_asks(client: AsyncWebClient) -> None:
    metadata = {"event_type": "incident", "event_payload": {"incident": "INC-1", "seq": 3}}
    await client.chat_postMessage(channel="C0ALERTS", text="x", metadata=metadata)

    plain = await client.conversations_history(channel="C0ALERTS")
    asked = await client.conversations_history(channel="C0ALERTS", include_all_metadata=True)

    assert "metadata" not in plain["messages"][0]
    assert asked["messages"][0]["metadata"] == metadata


async def test_a_permalink_leads_to_message_and_thread(client: AsyncWebClient) -> None:
    root = await client.chat_postMessage(channel="C0ALERTS", text="root")
    reply = await client.chat_postMessage(channel="C0ALERTS", text="reply", thread_ts=root["ts"])

    link = (await client.chat_getPermalink(channel="C0ALERTS", message_ts=reply["ts"]))["permalink"]

    assert link.endswith(f"/archives/C0ALERTS/p{reply['ts'].replace('.', '')}?thread_ts={root['ts']}&cid=C0ALERTS")


async def test_markdown_text_is_posted_as_a_markdown_block(client: AsyncWebClient) -> None:
    answer = await client.chat_postMessage(channel="C0ALERTS", markdown_text="**bold**")

    assert answer["message"]["blocks"][0]["type"] == "markdown"
