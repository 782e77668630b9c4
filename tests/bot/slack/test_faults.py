"""Delivery over the wire when things go wrong: nothing lost, nothing doubled, order kept."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.cast import DEFAULT_MANIFEST
from bot.workspace.faults import Fault
from bot.workspace.faults import Kind as Kinds
from bot.workspace.server import Workspace
from storage.outbox import SqlOutbox
from storage.parcel import Kind, Parcel
from tests.bot.slack.wire import ALERTS, GENERAL, PAYMENTS, post, said, settled, upload

pytestmark = pytest.mark.usefixtures("delivery")

PARAGRAPH = "The connection pool of checkout ran dry. " * 60
BUTTONS: dict[str, Any] = {
    "type": "actions",
    "elements": [{"type": "button", "action_id": "approve", "text": {"type": "plain_text", "text": "Approve"}}],
}


def content(workspace: Workspace, channel: str = ALERTS) -> dict[str, Any]:
    (message,) = workspace.channel(channel).messages.values()
    return message.content


@pytest.mark.parametrize(
    "fault",
    [
        Fault("chat.postMessage", "429", times=2, retry_after=0),
        Fault("chat.postMessage", "500", times=5),
        Fault("chat.postMessage", "hang"),
        Fault("chat.postMessage", "lost"),
        Fault("chat.postMessage", "cut"),
        Fault("chat.postMessage", "error", times=2, code="internal_error"),
        Fault("chat.postMessage", "error", times=5, code="token_revoked"),
    ],
    ids=lambda fault: f"{fault.kind} {fault.code}",
)
async def test_a_thread_is_whole_and_in_order_whatever_goes_wrong(
    workspace: Workspace, outbox: SqlOutbox, fault: Fault
) -> None:
    workspace.faults.add(fault)
    await outbox.put(post("card"))
    await settled(outbox)
    workspace.faults.add(fault)
    await outbox.put(post("first", thread_of="card"), post("second", thread_of="card"))
    await settled(outbox)

    assert (said(workspace), len(workspace.faults)) == (["card", "first", "second"], 0)
    assert await outbox.refused() == {}


async def test_slack_is_left_alone_for_as_long_as_it_asks(outbox: SqlOutbox, client: AsyncWebClient) -> None:
    async with Workspace() as strict:  # a burst of three, then a message a second
        client.token, client.base_url = strict.bot_token, strict.api_url
        keys = [f"turn {number}" for number in range(5)]
        await outbox.put(*(post(key) for key in keys))
        await settled(outbox)

        assert said(strict) == keys


@pytest.mark.parametrize("kind", ["429", "500", "error"])
async def test_the_search_for_what_may_have_arrived_may_fail_too(
    workspace: Workspace, outbox: SqlOutbox, kind: Kinds
) -> None:
    search = Fault("conversations.history", kind, times=2, code="service_unavailable", retry_after=0)
    workspace.faults.add(Fault("chat.postMessage", "lost"), search)
    await outbox.put(post("card"), post("next"))
    await settled(outbox)

    assert (said(workspace), len(workspace.faults)) == (["card", "next"], 0)


async def test_where_keys_are_not_shown_what_has_arrived_is_known_by_its_words(
    outbox: SqlOutbox, client: AsyncWebClient
) -> None:
    scopes = ["chat:write", "channels:history"]  # and not metadata.message:read
    async with Workspace(manifest={**DEFAULT_MANIFEST, "oauth_config": {"scopes": {"bot": scopes}}}) as poor:
        client.token, client.base_url = poor.bot_token, poor.api_url
        poor.faults.add(Fault("chat.postMessage", "lost"))
        await outbox.put(post("p99 of <checkout> & co rose"), post("next"))
        await settled(outbox)

        assert (said(poor), len(poor.faults)) == (["p99 of <checkout> & co rose", "next"], 0)


async def test_what_may_have_arrived_is_found_among_much_else(workspace: Workspace, outbox: SqlOutbox) -> None:
    workspace.faults.add(Fault("chat.postMessage", "lost"))
    await outbox.put(post("card"))
    await workspace.until(lambda: said(workspace))
    for number in range(450):
        workspace.post("AALERTM", ALERTS, text=str(number))
    await settled(outbox)

    assert said(workspace).count("card") == 1


async def test_where_history_may_not_be_read_a_message_comes_rather_twice_than_never(
    workspace: Workspace, outbox: SqlOutbox
) -> None:
    workspace.faults.add(
        Fault("chat.postMessage", "hang"), Fault("conversations.history", "error", code="missing_scope")
    )
    await outbox.put(post("card"))
    await settled(outbox)

    assert (said(workspace), len(workspace.faults)) == (["card"], 0)


@pytest.mark.parametrize("kind", ["429", "500", "lost", "cut"])
async def test_an_edit_is_made_whatever_goes_wrong(workspace: Workspace, outbox: SqlOutbox, kind: Kinds) -> None:
    await outbox.put(post("card", version=1))
    await settled(outbox)
    workspace.faults.add(Fault("chat.update", kind, retry_after=0))
    await outbox.put(Parcel("card", ALERTS, Kind.POST, {"text": "newer"}, version=2))
    await settled(outbox)

    assert (said(workspace), len(workspace.faults)) == (["newer"], 0)


async def test_blocks_that_slack_refuses_become_markdown_with_the_same_buttons(
    workspace: Workspace, outbox: SqlOutbox
) -> None:
    title = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    await outbox.put(post("Roll back? [here](https://evil.example)", body={"blocks": [title, BUTTONS]}))
    await settled(outbox)

    markdown, buttons = content(workspace)["blocks"]
    assert (markdown["type"], buttons["type"]) == ("markdown", "actions")
    assert markdown["text"] == "Roll back? [here]\u200b(https://evil.example)"


async def test_what_is_refused_as_markdown_too_becomes_text(workspace: Workspace, outbox: SqlOutbox) -> None:
    workspace.faults.add(Fault("chat.postMessage", "error", times=2, code="invalid_blocks"))
    await outbox.put(post("Roll back?", body={"blocks": [BUTTONS]}))
    await settled(outbox)

    assert (content(workspace)["text"], content(workspace).get("blocks")) == ("Roll back?", [])


async def test_an_edit_that_is_refused_as_blocks_leaves_none_of_the_old_ones(
    workspace: Workspace, outbox: SqlOutbox
) -> None:
    await outbox.put(post("card", version=1, body={"blocks": [BUTTONS]}))
    await settled(outbox)
    workspace.faults.add(Fault("chat.update", "error", times=2, code="invalid_blocks"))
    await outbox.put(Parcel("card", ALERTS, Kind.POST, {"text": "newer", "blocks": [BUTTONS]}, version=2))
    await settled(outbox)

    assert (content(workspace)["text"], content(workspace).get("blocks")) == ("newer", None)


async def test_what_no_form_helps_is_given_up_and_those_behind_it_are_not(
    workspace: Workspace, outbox: SqlOutbox
) -> None:
    workspace.faults.add(Fault("chat.postMessage", "error", times=3, code="invalid_blocks"))
    workspace.faults.add(Fault("chat.postMessage", "error", code="restricted_action"))
    await outbox.put(post("a", body={"blocks": [BUTTONS]}), post("b"), post("c"))
    await settled(outbox)

    assert said(workspace) == ["c"]
    assert await outbox.refused() == {"a": "invalid_blocks", "b": "restricted_action"}


async def test_a_parcel_that_alone_breaks_slack_is_given_up(workspace: Workspace, outbox: SqlOutbox) -> None:
    workspace.faults.add(Fault("chat.postMessage", "error", times=3, code="fatal_error"))
    await outbox.put(post("a"), post("b"))
    await settled(outbox)

    assert (said(workspace), await outbox.refused()) == (["b"], {"a": "fatal_error"})


async def test_what_is_too_long_is_split_at_paragraphs_and_stays_in_its_place(
    workspace: Workspace, outbox: SqlOutbox
) -> None:
    text = "\n\n".join([PARAGRAPH.strip()] * 4)
    workspace.faults.add(Fault("chat.postMessage", "error", code="msg_too_long"))
    await outbox.put(post("long", body={"text": text, "username": "Log agent"}), post("next"))
    await settled(outbox)

    assert said(workspace) == [*[PARAGRAPH.strip()] * 4, "next"]
    assert [m.content.get("username") for m in workspace.channel(ALERTS).messages.values()] == [
        *["Log agent"] * 4,
        None,
    ]


async def test_what_is_too_long_for_an_edit_goes_on_in_messages_of_its_own(
    workspace: Workspace, outbox: SqlOutbox
) -> None:
    text = "\n\n".join([PARAGRAPH.strip()] * 2)
    await outbox.put(post("card", version=1))
    await settled(outbox)
    await outbox.put(Parcel("card", ALERTS, Kind.POST, {"text": text, "blocks": [BUTTONS]}, version=2))
    await settled(outbox)

    first, second = workspace.channel(ALERTS).messages.values()
    assert (first.content["text"], second.content["text"]) == (PARAGRAPH.strip(), PARAGRAPH.strip())
    assert [block["type"] for block in second.content["blocks"]] == ["section", "actions"]


async def test_what_cannot_be_split_any_further_is_given_up(workspace: Workspace, outbox: SqlOutbox) -> None:
    workspace.faults.add(Fault("chat.postMessage", "error", times=2, code="msg_too_long"))
    await outbox.put(post("a", body={"blocks": []}), post("b"))
    await settled(outbox)

    assert (said(workspace)[-1], await outbox.refused()) == ("b", {"a": "msg_too_long"})


async def test_where_names_may_not_be_borrowed_the_message_says_who_speaks(
    outbox: SqlOutbox, client: AsyncWebClient
) -> None:
    scopes = ["chat:write", "channels:history"]
    async with Workspace(manifest={**DEFAULT_MANIFEST, "oauth_config": {"scopes": {"bot": scopes}}}) as poor:
        client.token, client.base_url = poor.bot_token, poor.api_url
        await outbox.put(post("p99 rose", body={"blocks": [BUTTONS], "username": "Log agent", "icon_emoji": ":mag:"}))
        await outbox.put(post("next", body={"username": "Metrics agent"}))
        await settled(outbox)

        first, second = (message.content for message in poor.channel(ALERTS).messages.values())
        assert (first["text"], second["text"]) == ("Log agent: p99 rose", "Metrics agent: next")
        assert [block["type"] for block in first["blocks"]] == ["context", "actions"]


async def test_a_public_channel_is_joined(workspace: Workspace, outbox: SqlOutbox) -> None:
    await outbox.put(post("card", GENERAL), upload("report", GENERAL, thread_of="card"))
    await settled(outbox)

    assert [words for words in said(workspace, GENERAL) if "joined" not in words] == ["card", "report.pdf"]


async def test_a_channel_that_stays_closed_in_spite_of_joining_is_given_up(
    workspace: Workspace, outbox: SqlOutbox
) -> None:
    workspace.faults.add(Fault("chat.postMessage", "error", times=4, code="not_in_channel"))
    await outbox.put(post("a"), post("b"))
    await settled(outbox)

    assert await outbox.refused() == {"a": "not_in_channel"}


async def test_a_private_channel_without_us_gets_its_thread_once_we_are_invited(
    workspace: Workspace, outbox: SqlOutbox
) -> None:
    workspace.channel(PAYMENTS).members.discard("UFRBOT")
    await outbox.put(post("card", PAYMENTS), post("turn", PAYMENTS, thread_of="card"), post("elsewhere"))
    await settled(outbox)
    refused = await outbox.refused()
    workspace.channel(PAYMENTS).members.add("UFRBOT")
    await outbox.again(PAYMENTS)
    await settled(outbox)

    assert refused["card"] == "channel_not_found"
    assert (said(workspace), said(workspace, PAYMENTS)) == (["elsewhere"], ["card", "turn"])
    assert await outbox.refused() == {}


@pytest.mark.parametrize(
    "fault",
    [
        Fault("upload", "500"),
        Fault("upload", "cut"),
        Fault("files.getUploadURLExternal", "429", retry_after=0),
        Fault("files.completeUploadExternal", "500"),
        Fault("files.completeUploadExternal", "lost"),
        Fault("files.completeUploadExternal", "cut"),
        Fault("files.info", "error", code="missing_scope"),
    ],
    ids=lambda fault: f"{fault.method} {fault.kind}",
)
async def test_a_file_comes_once_whatever_goes_wrong(workspace: Workspace, outbox: SqlOutbox, fault: Fault) -> None:
    await outbox.put(post("card"))
    await settled(outbox)
    workspace.faults.add(fault)
    await outbox.put(upload("report", thread_of="card"))
    await workspace.until(lambda: len(said(workspace)) > 1)
    await settled(outbox)

    assert (said(workspace), len(workspace.faults)) == (["card", "report.pdf"], 0)
    assert await outbox.refused() == {}


async def test_a_file_that_cannot_be_uploaded_is_said_in_the_thread(workspace: Workspace, outbox: SqlOutbox) -> None:
    workspace.faults.add(Fault("upload", "500", times=2))
    await outbox.put(post("card"), upload("report", thread_of="card", incident_id="INC-1"), post("turn"))
    await settled(outbox)

    card, apology, turn = workspace.channel(ALERTS).messages.values()
    assert (card.content["text"], turn.content["text"]) == ("card", "turn")
    assert apology.thread_ts == card.ts
    assert apology.content["text"] == (
        "“The report” could not be posted here: the upload failed again and again. "
        "Write `rca INC-1` to me for the report."
    )


async def test_a_file_that_slack_refuses_is_said_in_the_thread(workspace: Workspace, outbox: SqlOutbox) -> None:
    workspace.faults.add(Fault("files.getUploadURLExternal", "error", code="file_uploads_disabled"))
    await outbox.put(upload("report"))
    await settled(outbox)

    assert said(workspace) == ["“The report” could not be posted here: file_uploads_disabled."]


async def test_a_file_is_not_given_up_while_slack_itself_is_down(workspace: Workspace, outbox: SqlOutbox) -> None:
    workspace.faults.add(Fault("upload", "cut", times=5), Fault("auth.test", "500", times=5))
    await outbox.put(upload("report"))
    await workspace.until(lambda: said(workspace))
    await settled(outbox)

    assert said(workspace) == ["report.pdf"]


async def test_a_message_that_was_deleted_is_no_longer_edited(workspace: Workspace, outbox: SqlOutbox) -> None:
    await outbox.put(post("card", version=1))
    await settled(outbox)
    workspace.channel(ALERTS).messages.clear()
    await outbox.put(Parcel("card", ALERTS, Kind.POST, {"text": "newer"}, version=2), post("next"))
    await settled(outbox)

    assert (said(workspace), await outbox.refused()) == (["next"], {"card": "message_not_found"})
