import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.cast import DEFAULT_MANIFEST
from bot.workspace.faults import Fault
from bot.workspace.server import Workspace

Heard = asyncio.Queue[Any]


async def test_what_somebody_says_reaches_the_bot_with_its_envelope(workspace: Workspace, heard: Heard) -> None:
    ts = workspace.people.say("U0ADA", "alerts", "checkout is slow")

    body = await heard.get()

    assert body["event"] | {"type": "message", "user": "U0ADA", "channel": "C0ALERTS", "ts": ts} == body["event"]
    assert (body["event"]["channel_type"], body["event"]["text"]) == ("channel", "checkout is slow")
    assert (body["team_id"], body["api_app_id"], body["authorizations"][0]["user_id"]) == (
        "T0RESPOND",
        "AFIRST",
        "UFRBOT",
    )
    assert body["event_id"].startswith("Ev")
    assert body["event_context"]


async def test_a_mention_arrives_as_message_and_as_app_mention(workspace: Workspace, heard: Heard) -> None:
    workspace.people.say("U0ADA", "alerts", "<@UFRBOT> investigate checkout")

    bodies = [await heard.get(), await heard.get()]

    assert {body["event"]["type"] for body in bodies} == {"message", "app_mention"}
    assert len({body["event"]["ts"] for body in bodies}) == 1
    assert len({body["event_id"] for body in bodies}) == 2


async def test_a_direct_message_is_a_message_and_never_a_mention(workspace: Workspace, heard: Heard) -> None:
    dm = workspace.team.dm("U0ADA", workspace.team.apps["AFIRST"])
    workspace.people.say("U0ADA", dm.id, "<@UFRBOT> hi")
    workspace.people.say("U0ADA", "alerts", "next")

    bodies = [await heard.get(), await heard.get()]

    assert [(body["event"]["type"], body["event"]["channel_type"]) for body in bodies] == [
        ("message", "im"),
        ("message", "channel"),
    ]


async def test_a_channel_the_bot_is_not_in_stays_unheard(workspace: Workspace, heard: Heard) -> None:
    workspace.people.say("U0ADA", "general", "<@UFRBOT> can you hear me?")
    workspace.people.say("U0ADA", "alerts", "here you can")

    assert (await heard.get())["event"]["text"] == "here you can"


async def test_alertmanagers_webhook_is_a_bot_message_with_all_of_it_in_attachments(
    workspace: Workspace, heard: Heard
) -> None:
    attachment = {"title": "HighLatency", "color": "danger", "fields": [{"title": "service", "value": "checkout"}]}
    workspace.post("AALERTM", "alerts", attachments=[attachment])

    event = (await heard.get())["event"]

    assert (event["subtype"], event["username"], event["text"]) == ("bot_message", "Alertmanager", "")
    assert event["attachments"] == [attachment]
    assert "user" not in event


async def test_a_modern_apps_alert_has_no_subtype_and_says_which_app(workspace: Workspace, heard: Heard) -> None:
    workspace.post("ADATADOG", "alerts", text="Triggered: checkout p99")

    event = (await heard.get())["event"]

    assert (event["user"], event["bot_id"], event["app_id"]) == ("UDATADOG", "BDATADOG", "ADATADOG")
    assert event["bot_profile"]["name"] == "Datadog"
    assert "subtype" not in event


async def test_an_edited_alert_arrives_as_message_changed_with_both_versions(
    workspace: Workspace, heard: Heard
) -> None:
    ts = workspace.post("AALERTM", "alerts", text="firing")
    workspace.edit("alerts", ts, text="resolved")

    await heard.get()
    event = (await heard.get())["event"]

    assert (event["subtype"], event["message"]["text"], event["previous_message"]["text"]) == (
        "message_changed",
        "resolved",
        "firing",
    )
    assert event["ts"] != event["message"]["ts"] == ts


async def test_a_deleted_message_is_told_with_what_it_was(workspace: Workspace, heard: Heard) -> None:
    ts = workspace.people.say("U0ADA", "alerts", "oops")
    workspace.people.delete("U0ADA", "alerts", ts)

    await heard.get()
    event = (await heard.get())["event"]

    assert (event["subtype"], event["deleted_ts"], event["previous_message"]["text"]) == ("message_deleted", ts, "oops")


async def test_a_reaction_of_somebody_is_told(workspace: Workspace, heard: Heard) -> None:
    ts = workspace.people.say("U0ADA", "alerts", "x")
    workspace.people.react("U0BEN", ("alerts", ts), "eyes")

    await heard.get()
    event = (await heard.get())["event"]

    assert (event["type"], event["reaction"], event["user"], event["item_user"]) == (
        "reaction_added",
        "eyes",
        "U0BEN",
        "U0ADA",
    )
    assert event["item"] == {"type": "message", "channel": "C0ALERTS", "ts": ts}


async def test_the_bot_hears_that_it_was_invited(workspace: Workspace, heard: Heard) -> None:
    workspace.people.invite("U0ADA", "general", "UFRBOT")

    event = (await heard.get())["event"]

    assert (event["type"], event["user"], event["channel"]) == ("member_joined_channel", "UFRBOT", "C0GENERAL")


async def test_opening_the_home_is_told_with_what_is_published(
    workspace: Workspace, heard: Heard, client: AsyncWebClient
) -> None:
    workspace.people.open_home("U0ADA", "AFIRST")
    first = (await heard.get())["event"]
    await client.views_publish(user_id="U0ADA", view={"type": "home", "blocks": [{"type": "divider"}]})
    workspace.people.open_home("U0ADA", "AFIRST")
    second = (await heard.get())["event"]

    assert (first["type"], first["tab"]) == ("app_home_opened", "home")
    assert "view" not in first
    assert second["view"]["type"] == "home"


async def test_stopping_an_agent_is_told_with_its_thread(
    workspace: Workspace, heard: Heard, client: AsyncWebClient
) -> None:
    root = await client.chat_postMessage(channel="C0ALERTS", text="root")
    await client.agents_sessions_setStatus(channel_id="C0ALERTS", thread_ts=root["ts"], status="processing")
    workspace.people.stop_session("U0ADA", "alerts", root["ts"])

    event = (await heard.get())["event"]

    assert (event["type"], event["user"], event["thread_ts"]) == ("agent_session_stopped", "U0ADA", root["ts"])


async def test_a_shared_file_is_told_to_who_subscribed() -> None:
    events = [*DEFAULT_MANIFEST["settings"]["event_subscriptions"]["bot_events"], "file_shared"]
    manifest = {**DEFAULT_MANIFEST, "settings": {"event_subscriptions": {"bot_events": events}}}
    async with Workspace(manifest=manifest) as workspace:
        client = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url)
        uploaded = await client.files_upload_v2(channel="C0ALERTS", filename="a.txt", content="a")
        sent = workspace.board.courier.sent
        body = await workspace.until(
            lambda: next((b for _, b in sent.values() if b["event"]["type"] == "file_shared"), None)
        )

    assert body["event"]["file_id"] == uploaded["file"]["id"]


async def test_an_event_that_was_not_subscribed_is_not_sent() -> None:
    async with Workspace(manifest={"settings": {"event_subscriptions": {"bot_events": ["message.im"]}}}) as workspace:
        workspace.people.say("U0ADA", "alerts", "x")

        assert workspace.board.courier.sent == {}


async def test_an_event_that_is_not_acknowledged_comes_three_times_more_and_says_so(
    workspace: Workspace, heard: Heard
) -> None:
    workspace.faults.add(Fault("events_api", "late", times=10))
    workspace.people.say("U0ADA", "alerts", "x")

    bodies = [await heard.get() for _ in range(4)]
    workspace.faults.clear()
    workspace.people.say("U0ADA", "alerts", "next")

    assert [body["retry"] for body in bodies] == ["0", "1", "2", "3"]
    assert len({body["event_id"] for body in bodies}) == 1
    assert (await heard.get())["event"]["text"] == "next"


@pytest.mark.parametrize("ack", [0.5])
async def test_a_listener_that_is_too_slow_to_acknowledge_hears_the_event_again(
    workspace: Workspace, bot: AsyncApp
) -> None:
    attempts: list[str | None] = []
    done = asyncio.Event()

    @bot.middleware
    async def dawdle(next_: Callable[[], Awaitable[Any]], request: AsyncBoltRequest) -> None:
        attempts.append(request.headers.get("x-slack-retry-num", [None])[0])
        if len(attempts) == 1:
            await done.wait()
        done.set()
        await next_()

    @bot.event("message")
    async def message() -> None:
        return

    workspace.people.say("U0ADA", "alerts", "x")
    await workspace.until(lambda: len(attempts) == 2)

    assert attempts == ["0", "1"]


async def test_an_event_is_delivered_again_on_demand_under_the_same_id(workspace: Workspace, heard: Heard) -> None:
    workspace.people.say("U0ADA", "alerts", "x")
    first = await heard.get()
    await workspace.redeliver(times=2)

    again = [await heard.get(), await heard.get()]

    assert {body["event_id"] for body in again} == {first["event_id"]}
    assert [body["retry"] for body in again] == ["1", "2"]


async def test_our_own_messages_are_delivered_and_bolt_lets_them_go_by(
    workspace: Workspace, heard: Heard, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel="C0ALERTS", text="mine")
    await client.chat_postMessage(channel="C0ALERTS", text="mine too", username="Metrics agent")
    workspace.people.say("U0ADA", "alerts", "theirs")

    assert (await heard.get())["event"]["text"] == "theirs"
    assert len(workspace.board.courier.sent) == 3


@pytest.mark.parametrize("shared", [True, False])
async def test_an_externally_shared_channel_is_marked(workspace: Workspace, heard: Heard, shared: bool) -> None:  # noqa: FBT001
    workspace.channel("alerts").ext_shared = shared
    workspace.people.say("U0ADA", "alerts", "x")

    assert (await heard.get())["is_ext_shared_channel"] is shared
