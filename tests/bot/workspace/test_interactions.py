import asyncio
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.workspace.faults import Fault
from bot.workspace.people import CannotDo
from bot.workspace.server import Workspace
from bot.workspace.spots import Place

PLAIN = {"type": "plain_text", "text": "Go"}
BUTTON = {"type": "button", "action_id": "approve", "text": PLAIN, "value": "INC-1"}
CARD = [{"type": "actions", "block_id": "decide", "elements": [BUTTON]}]


def texts(workspace: Workspace, channel: str = "alerts") -> list[str]:
    return [message.content["text"] for message in workspace.channel(channel).messages.values()]


async def test_a_command_arrives_with_who_where_and_what(workspace: Workspace, bot: AsyncApp) -> None:
    commands: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @bot.command("/investigate")
    async def investigate(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack()
        await commands.put(command)

    await workspace.interactions.command("U0ADA", "alerts", "/investigate  checkout-latency now ")
    command = await commands.get()

    assert (command["command"], command["text"]) == ("/investigate", "checkout-latency now")
    assert (command["user_id"], command["user_name"], command["channel_id"], command["channel_name"]) == (
        "U0ADA",
        "ada",
        "C0ALERTS",
        "alerts",
    )
    assert command["trigger_id"]


async def test_what_a_command_is_acknowledged_with_is_shown_to_the_one_who_typed_it(
    workspace: Workspace, bot: AsyncApp
) -> None:
    @bot.command("/rca")
    async def rca(ack: AsyncAck) -> None:
        await ack("Nothing yet.")

    await workspace.interactions.command("U0ADA", "alerts", "/rca")

    (message,) = workspace.channel("alerts").messages.values()
    assert (message.content["text"], message.only_for) == ("Nothing yet.", "U0ADA")


async def test_an_answer_in_channel_is_shown_to_everybody(workspace: Workspace, bot: AsyncApp) -> None:
    @bot.command("/rca")
    async def rca(ack: AsyncAck) -> None:
        await ack({"text": "Here.", "response_type": "in_channel"})

    await workspace.interactions.command("U0ADA", "alerts", "/rca")

    (message,) = workspace.channel("alerts").messages.values()
    assert message.only_for is None


async def test_a_command_works_where_the_bot_is_no_member(workspace: Workspace, bot: AsyncApp) -> None:
    @bot.command("/rca")
    async def rca(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond("Here too.")

    await workspace.interactions.command("U0ADA", "general", "/rca")
    await workspace.until(lambda: texts(workspace, "general"))

    assert texts(workspace, "general") == ["Here too."]


@pytest.mark.parametrize("ack", [0.5])
async def test_a_command_nobody_acknowledges_in_time_is_said_to_have_timed_out(
    workspace: Workspace, bot: AsyncApp
) -> None:
    @bot.command("/rca")
    async def rca() -> None:
        return

    await workspace.interactions.command("U0ADA", "alerts", "/rca")

    (message,) = workspace.channel("alerts").messages.values()
    assert (message.content["text"], message.only_for) == ("/rca failed: the operation timed out.", "U0ADA")


async def test_a_command_without_an_app_at_the_other_end_is_said_to_have_failed(workspace: Workspace) -> None:
    await workspace.interactions.command("U0ADA", "alerts", "/rca")

    assert texts(workspace) == ["/rca failed: the app is not connected."]


async def test_an_unknown_command_is_refused(workspace: Workspace) -> None:
    with pytest.raises(CannotDo, match="/nonsense is not a valid command"):
        await workspace.interactions.command("U0ADA", "alerts", "/nonsense")


async def test_a_button_arrives_with_message_place_and_value(
    workspace: Workspace, bot: AsyncApp, client: AsyncWebClient
) -> None:
    bodies: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @bot.action("approve")
    async def approve(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await bodies.put(body)

    root = await client.chat_postMessage(channel="C0ALERTS", text="root")
    card = await client.chat_postMessage(channel="C0ALERTS", text="card", blocks=CARD, thread_ts=root["ts"])
    await workspace.interactions.press("U0ADA", Place("C0ALERTS", card["ts"]), {"action_id": "approve"})
    body = await bodies.get()

    (action,) = body["actions"]
    assert (action["block_id"], action["action_id"], action["value"], action["type"]) == (
        "decide",
        "approve",
        "INC-1",
        "button",
    )
    assert body["container"] == {
        "type": "message",
        "message_ts": card["ts"],
        "channel_id": "C0ALERTS",
        "is_ephemeral": False,
        "thread_ts": root["ts"],
    }
    assert (body["user"]["id"], body["channel"]["id"], body["message"]["ts"]) == ("U0ADA", "C0ALERTS", card["ts"])


@pytest.mark.parametrize("ack", [0.5])
async def test_a_click_nobody_acknowledges_is_told_and_never_sent_again(
    workspace: Workspace, bot: AsyncApp, client: AsyncWebClient
) -> None:
    clicks: list[str] = []

    @bot.action("approve")
    async def approve() -> None:
        clicks.append("click")

    card = await client.chat_postMessage(channel="C0ALERTS", text="card", blocks=CARD)
    await workspace.interactions.press("U0ADA", Place("C0ALERTS", card["ts"]), {"action_id": "approve"})

    assert texts(workspace) == ["card", "That didn't work: the operation timed out."]
    assert clicks == ["click"]


async def test_an_acknowledgement_that_comes_late_is_as_good_as_none(
    workspace: Workspace, bot: AsyncApp, client: AsyncWebClient
) -> None:
    clicks: list[str] = []

    @bot.action("approve")
    async def approve(ack: AsyncAck) -> None:
        clicks.append("click")
        await ack()

    workspace.faults.add(Fault("interactive", "late"))
    card = await client.chat_postMessage(channel="C0ALERTS", text="card", blocks=CARD)
    await workspace.interactions.press("U0ADA", Place("C0ALERTS", card["ts"]), {"action_id": "approve"})

    assert texts(workspace)[-1] == "That didn't work: the operation timed out."
    assert clicks == ["click"]


@pytest.mark.parametrize(
    ("user", "place", "why"),
    [
        ("U0GUEST", Place("C0ALERTS", "{ts}"), "no channel"),
        ("U0ADA", Place("C0ALERTS", "1.000001"), "no longer there"),
        ("U0ADA", Place(view_id="V0"), "no longer open"),
    ],
)
async def test_one_can_only_press_what_one_sees(
    workspace: Workspace, client: AsyncWebClient, user: str, place: Place, why: str
) -> None:
    card = await client.chat_postMessage(channel="C0ALERTS", text="card", blocks=CARD)
    place = Place(place.channel, place.message_ts.format(ts=card["ts"]), place.view_id)

    with pytest.raises(CannotDo, match=why):
        await workspace.interactions.press(user, place, {"action_id": "approve"})


async def test_a_button_that_has_been_edited_away_cannot_be_pressed(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    card = await client.chat_postMessage(channel="C0ALERTS", text="card", blocks=CARD)
    await client.chat_update(channel="C0ALERTS", ts=card["ts"], text="decided", blocks=[])

    with pytest.raises(CannotDo, match="no longer there"):
        await workspace.interactions.press("U0ADA", Place("C0ALERTS", card["ts"]), {"action_id": "approve"})


async def test_only_an_option_that_is_offered_can_be_chosen(workspace: Workspace, client: AsyncWebClient) -> None:
    option = {"text": PLAIN, "value": "high"}
    menu = {"type": "static_select", "action_id": "severity", "options": [option]}
    posted = await client.chat_postMessage(
        channel="C0ALERTS", text="x", blocks=[{"type": "actions", "elements": [menu]}]
    )
    forged = {"action_id": "severity", "selected_option": {"text": PLAIN, "value": "forged"}}

    with pytest.raises(CannotDo, match="isn't one of the options"):
        await workspace.interactions.press("U0ADA", Place("C0ALERTS", posted["ts"]), forged)


async def test_feedback_buttons_say_which_of_the_two_was_pressed(
    workspace: Workspace, bot: AsyncApp, client: AsyncWebClient
) -> None:
    actions: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @bot.action("feedback")
    async def feedback(ack: AsyncAck, action: dict[str, Any]) -> None:
        await ack()
        await actions.put(action)

    right, wrong = ({"text": PLAIN, "value": value} for value in ("right", "wrong"))
    buttons = {"type": "feedback_buttons", "action_id": "feedback", "positive_button": right, "negative_button": wrong}
    blocks = [{"type": "context_actions", "elements": [buttons]}]
    posted = await client.chat_postMessage(channel="C0ALERTS", text="x", blocks=blocks)
    place = Place("C0ALERTS", posted["ts"])
    await workspace.interactions.press("U0ADA", place, {"action_id": "feedback", "value": "wrong"})

    assert (await actions.get())["value"] == "wrong"


async def test_the_options_of_an_external_select_are_asked_for(
    workspace: Workspace, bot: AsyncApp, client: AsyncWebClient
) -> None:
    @bot.options("target")
    async def targets(ack: AsyncAck, payload: dict[str, Any]) -> None:
        await ack(options=[{"text": PLAIN, "value": f"{payload['value']}-latency"}])

    menu = {"type": "external_select", "action_id": "target", "min_query_length": 0}
    posted = await client.chat_postMessage(
        channel="C0ALERTS", text="x", blocks=[{"type": "actions", "elements": [menu]}]
    )
    place = Place("C0ALERTS", posted["ts"])
    found = await workspace.interactions.suggest("U0ADA", place, {"action_id": "target", "value": "checkout"})

    assert [option["value"] for option in found["options"]] == ["checkout-latency"]


async def test_a_message_shortcut_arrives_with_the_message(workspace: Workspace, bot: AsyncApp) -> None:
    bodies: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @bot.shortcut("investigate_message")
    async def investigate(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await bodies.put(body)

    ts = workspace.people.say("U0BEN", "alerts", "strange")
    await workspace.interactions.shortcut("U0ADA", Place("C0ALERTS", ts), "investigate_message")
    body = await bodies.get()

    assert (body["type"], body["message"]["text"], body["message_ts"], body["user"]["id"]) == (
        "message_action",
        "strange",
        ts,
        "U0ADA",
    )


async def test_an_ephemeral_card_is_replaced_and_deleted_through_its_response_url(
    workspace: Workspace, bot: AsyncApp, client: AsyncWebClient
) -> None:
    @bot.action("approve")
    async def approve(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(text="decided", replace_original=True)
        await respond(delete_original=True)

    card = await client.chat_postEphemeral(channel="C0ALERTS", user="U0ADA", text="card", blocks=CARD)
    await workspace.interactions.press("U0ADA", Place("C0ALERTS", card["message_ts"]), {"action_id": "approve"})
    await workspace.until(lambda: not workspace.channel("alerts").messages)


async def test_a_response_url_works_five_times(workspace: Workspace) -> None:
    app = workspace.team.apps["AFIRST"]
    webhook = AsyncWebhookClient(workspace.board.response_url(app, "U0ADA", workspace.channel("alerts")))

    answers = [await webhook.send(text=f"{number}") for number in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert "used_url" in answers[5].body
    assert texts(workspace) == ["0", "1", "2", "3", "4"]


async def test_an_answer_slack_would_not_take_is_refused_and_costs_no_use(workspace: Workspace) -> None:
    app = workspace.team.apps["AFIRST"]
    webhook = AsyncWebhookClient(workspace.board.response_url(app, "U0ADA", workspace.channel("alerts")))

    refused = await webhook.send(text="x", blocks=[{"type": "nonsense"}])

    assert (refused.status_code, "invalid_blocks" in refused.body) == (400, True)
    assert (await webhook.send(text="x")).status_code == 200


async def test_a_trigger_opens_one_modal(workspace: Workspace, client: AsyncWebClient) -> None:
    trigger = workspace.board.trigger("U0ADA", workspace.team.apps["AFIRST"])
    view = {"type": "modal", "title": PLAIN, "blocks": []}
    await client.views_open(trigger_id=trigger, view=view)

    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_open(trigger_id=trigger, view=view)
