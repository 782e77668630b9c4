import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.courier import Pace
from bot.workspace.people import CannotDo
from bot.workspace.server import Workspace
from bot.workspace.spots import Place

ENTRY = {"type": "plain_text_input", "action_id": "text", "min_length": 3}
INPUT = {"type": "input", "block_id": "why", "label": {"type": "plain_text", "text": "Why"}, "element": ENTRY}
SEND = {"type": "plain_text", "text": "Send"}


def modal(title: str = "Reject", **more: object) -> dict[str, Any]:
    plain = {"type": "plain_text", "text": title}
    return {"type": "modal", "callback_id": "reject", "title": plain, "submit": SEND, "blocks": [INPUT], **more}


def entered(text: str) -> dict[str, Any]:
    return {"why": {"text": {"type": "plain_text_input", "value": text}}}


def trigger(workspace: Workspace, user: str = "U0ADA") -> str:
    return workspace.board.trigger(user, workspace.team.apps["AFIRST"])


def titles(workspace: Workspace, user: str = "U0ADA") -> list[str]:
    return [view.content["title"]["text"] for view in workspace.team.modals.get(user, [])]


async def opened(workspace: Workspace, client: AsyncWebClient, **more: object) -> str:
    answer = await client.views_open(trigger_id=trigger(workspace), view=modal(**more))
    return str(answer["view"]["id"])


async def error_of(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_a_modal_is_opened_for_the_one_whose_trigger_it_is(workspace: Workspace, client: AsyncWebClient) -> None:
    await client.views_open(trigger_id=trigger(workspace, "U0BEN"), view=modal())

    assert (titles(workspace, "U0BEN"), titles(workspace, "U0ADA")) == (["Reject"], [])


async def test_a_trigger_dies() -> None:
    async with Workspace(pace=Pace(trigger=0.0)) as workspace:
        client = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url)

        assert await error_of(client.views_open(trigger_id=trigger(workspace), view=modal())) == "expired_trigger_id"


async def test_an_unknown_trigger_is_refused(client: AsyncWebClient) -> None:
    assert await error_of(client.views_open(trigger_id="1.2", view=modal())) == "invalid_trigger_id"


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (modal(title="x" * 25), "must be less than 25 characters [json-pointer:/view/title/text]"),
        ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
        (modal(submit=None), "missing required field: submit [json-pointer:/view]"),
        (
            modal(private_metadata="x" * 3_001),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (modal(blocks=[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (
            modal(blocks=[{"type": "markdown", "text": "x"}]),
            "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
        ),
        ({"type": "home", "blocks": []}, "must be modal [json-pointer:/view/type]"),
        ({"type": "page"}, "unsupported type: page [json-pointer:/view/type]"),
    ],
)
async def test_a_view_slack_would_not_take_is_refused_with_the_place_that_is_wrong(
    workspace: Workspace, client: AsyncWebClient, view: dict[str, Any], message: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.views_open(trigger_id=trigger(workspace), view=view)

    assert refused.value.response["error"] == "invalid_arguments"
    assert refused.value.response["response_metadata"]["messages"] == [f"[ERROR] {message}"]


async def test_modals_are_stacked_three_deep(workspace: Workspace, client: AsyncWebClient) -> None:
    await opened(workspace, client, title="1")
    for title in ("2", "3"):
        await client.views_push(trigger_id=trigger(workspace), view=modal(title))

    assert titles(workspace) == ["1", "2", "3"]
    assert await error_of(client.views_push(trigger_id=trigger(workspace), view=modal("4"))) == "push_limit_reached"


async def test_an_update_with_an_old_hash_is_a_conflict(workspace: Workspace, client: AsyncWebClient) -> None:
    answer = await client.views_open(trigger_id=trigger(workspace), view=modal("Loading"))
    view = answer["view"]
    await client.views_update(view_id=view["id"], hash=view["hash"], view=modal("Loaded"))

    assert titles(workspace) == ["Loaded"]
    again = client.views_update(view_id=view["id"], hash=view["hash"], view=modal("Late"))
    assert await error_of(again) == "hash_conflict"


async def test_a_view_is_found_by_an_external_id_that_nobody_else_has(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    await opened(workspace, client, external_id="reject-1")
    await client.views_update(external_id="reject-1", view=modal("Found", external_id="reject-1"))

    assert titles(workspace) == ["Found"]
    twice = client.views_push(trigger_id=trigger(workspace), view=modal(external_id="reject-1"))
    assert await error_of(twice) == "duplicate_external_id"


async def test_a_view_that_was_closed_cannot_be_updated(workspace: Workspace, client: AsyncWebClient) -> None:
    view_id = await opened(workspace, client)
    workspace.submissions.close("U0ADA", view_id)

    assert await error_of(client.views_update(view_id=view_id, view=modal())) == "not_found"


async def test_a_submission_arrives_with_what_was_entered_and_closes_the_modal(
    workspace: Workspace, bot: AsyncApp, client: AsyncWebClient
) -> None:
    views: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @bot.view("reject")
    async def reject(ack: AsyncAck, view: dict[str, Any]) -> None:
        await ack()
        await views.put(view)

    view_id = await opened(workspace, client, private_metadata="INC-1")
    errors = await workspace.submissions.submit("U0ADA", view_id, entered("too risky"))
    view = await views.get()

    assert errors == {}
    assert (view["private_metadata"], view["state"]["values"]["why"]["text"]["value"]) == ("INC-1", "too risky")
    assert titles(workspace) == []


async def test_what_is_empty_or_too_short_never_reaches_the_app(workspace: Workspace, client: AsyncWebClient) -> None:
    view_id = await opened(workspace, client)

    assert await workspace.submissions.submit("U0ADA", view_id, {}) == {"why": "Please complete this required field."}
    assert await workspace.submissions.submit("U0ADA", view_id, entered("no")) == {
        "why": "Must be at least 3 characters."
    }


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ({"response_action": "errors", "errors": {"why": "Say more."}}, ["Reject"]),
        ({"response_action": "update", "view": modal("Thanks")}, ["Thanks"]),
        ({"response_action": "push", "view": modal("Really?")}, ["Reject", "Really?"]),
        ({"response_action": "clear"}, []),
    ],
)
async def test_a_submission_is_followed_by_what_the_app_answers(
    workspace: Workspace, bot: AsyncApp, client: AsyncWebClient, answer: dict[str, Any], left: list[str]
) -> None:
    @bot.view("reject")
    async def reject(ack: AsyncAck) -> None:
        await ack(**answer)

    view_id = await opened(workspace, client)
    errors = await workspace.submissions.submit("U0ADA", view_id, entered("too risky"))

    assert errors == answer.get("errors", {})
    assert titles(workspace) == left


@pytest.mark.parametrize("ack", [0.5])
async def test_a_submission_nobody_acknowledges_leaves_the_modal_open_and_says_so(
    workspace: Workspace, bot: AsyncApp, client: AsyncWebClient
) -> None:
    @bot.view("reject")
    async def reject() -> None:
        return

    view_id = await opened(workspace, client)
    with pytest.raises(CannotDo, match="the operation timed out"):
        await workspace.submissions.submit("U0ADA", view_id, entered("too risky"))

    assert titles(workspace) == ["Reject"]


async def test_closing_is_told_where_the_app_asked_to_hear_of_it(
    workspace: Workspace, bot: AsyncApp, client: AsyncWebClient
) -> None:
    closed = asyncio.Event()

    @bot.view_closed("reject")
    async def on_close(ack: AsyncAck) -> None:
        await ack()
        closed.set()

    view_id = await opened(workspace, client, notify_on_close=True)
    workspace.submissions.close("U0ADA", view_id)
    await closed.wait()

    assert titles(workspace) == []


async def test_a_button_in_a_modal_arrives_with_what_has_been_entered_so_far(
    workspace: Workspace, bot: AsyncApp, client: AsyncWebClient
) -> None:
    bodies: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @bot.action("more")
    async def more(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        await bodies.put(body)

    button = {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "More"}}
    view_id = await opened(workspace, client, blocks=[INPUT, {"type": "actions", "elements": [button]}])
    await workspace.interactions.press("U0ADA", Place(view_id=view_id), {"action_id": "more"}, entered("half"))
    body = await bodies.get()

    assert body["container"] == {"type": "view", "view_id": view_id}
    assert body["view"]["state"]["values"]["why"]["text"]["value"] == "half"
    assert "response_url" not in body


async def test_what_was_entered_stays_where_the_input_stays(workspace: Workspace, client: AsyncWebClient) -> None:
    view_id = await opened(workspace, client)
    workspace.team.modals["U0ADA"][0].state = entered("half") | {"gone": {"x": {"value": "y"}}}

    updated = await client.views_update(view_id=view_id, view=modal("Again"))

    assert updated["view"]["state"]["values"] == entered("half") | {"gone": {}}


async def test_each_person_has_a_home_of_their_own(workspace: Workspace, client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = await client.views_publish(user_id="U0ADA", view=home)
    second = await client.views_publish(user_id="U0ADA", view=home, hash=first["view"]["hash"])

    assert list(workspace.team.homes) == ["U0ADA"]
    assert first["view"]["id"] == second["view"]["id"]
    stale = client.views_publish(user_id="U0ADA", view=home, hash=first["view"]["hash"])
    assert await error_of(stale) == "hash_conflict"


async def test_a_home_is_published_for_people_only(client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": []}

    assert await error_of(client.views_publish(user_id="U0NOBODY", view=home)) == "invalid_arguments"


async def test_an_error_at_no_input_of_the_modal_is_said_to_be_a_trouble(
    workspace: Workspace, bot: AsyncApp, client: AsyncWebClient
) -> None:
    @bot.view("reject")
    async def reject(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"elsewhere": "x"})

    view_id = await opened(workspace, client)

    with pytest.raises(CannotDo, match="what Slack doesn't take"):
        await workspace.submissions.submit("U0ADA", view_id, entered("too risky"))
