import asyncio
import json
from collections.abc import Awaitable
from typing import Any

import httpx
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from bot.workspace.faults import Fault
from bot.workspace.server import Workspace

PLAIN = {"type": "plain_text", "text": "Go"}


async def said(page: httpx.AsyncClient, channel: str = "C0ALERTS", as_: str = "U0ADA", **more: str) -> list[Any]:
    answer = await page.get("messages", params={"as": as_, "channel": channel, **more})
    return list(answer.json()["messages"])


async def error(call: Awaitable[Any]) -> str:
    answer = await call
    assert 400 <= answer.status_code < 500
    return str(answer.json()["error"])


async def test_the_page_is_there_under_the_sessions_key_only(workspace: Workspace, page: httpx.AsyncClient) -> None:
    inside = await page.get("")
    outside = await page.get(f"{workspace.team.origin}/w/{'x' * 22}/")
    root = await page.get(f"{workspace.team.origin}/")

    assert (inside.status_code, outside.status_code, root.status_code) == (200, 404, 404)
    assert len(workspace.key) == 22


@pytest.mark.parametrize("path", ["", "state?as=U0ADA", "nothing-here"])
async def test_every_answer_allows_the_pages_own_files_only(page: httpx.AsyncClient, path: str) -> None:
    headers = (await page.get(path)).headers

    assert "default-src 'none'; script-src 'self'; style-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


@pytest.mark.parametrize("path", ["../server.py", "%2e%2e/server.py", "..%2f..%2fapp.py", "/etc/passwd"])
async def test_nothing_outside_of_the_page_is_served(page: httpx.AsyncClient, path: str) -> None:
    assert (await page.get(path)).status_code == 404


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", None])
async def test_another_page_can_press_nothing(workspace: Workspace, origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin}
    async with httpx.AsyncClient(base_url=workspace.address, headers=headers) as other:
        answer = await other.post("say", json={"as": "U0ADA", "channel": "C0ALERTS", "text": "x"})

    assert answer.status_code == 403
    assert workspace.channel("alerts").messages == {}


async def test_another_page_cannot_listen(workspace: Workspace) -> None:
    with pytest.raises(InvalidStatus):
        await connect(f"{workspace.address.replace('http', 'ws', 1)}live?as=U0ADA", origin="http://evil.example")


async def test_the_page_does_not_answer_to_another_name(page: httpx.AsyncClient) -> None:
    assert (await page.get("state?as=U0ADA", headers={"Host": "evil.example"})).status_code == 403


async def test_only_json_is_taken(page: httpx.AsyncClient) -> None:
    form = await page.post("say", data={"as": "U0ADA", "channel": "C0ALERTS", "text": "x"})
    broken = await page.post("say", content=b"{", headers={"Content-Type": "application/json"})
    array = await page.post("say", json=["x"])
    large = await page.post("say", json={"text": "x" * 200_000})

    assert [each.status_code for each in (form, broken, array, large)] == [415, 400, 400, 400]


async def test_the_state_shows_somebody_their_own_channels(page: httpx.AsyncClient) -> None:
    ada = (await page.get("state", params={"as": "U0ADA"})).json()
    guest = (await page.get("state", params={"as": "U0GUEST"})).json()

    assert [each["name"] for each in ada["channels"] if not each["im"]] == [
        "alerts",
        "incidents",
        "general",
        "payments",
    ]
    assert [each["name"] for each in guest["channels"] if not each["im"]] == ["general"]
    assert [each["name"] for each in ada["users"] if each["approver"]] == ["ada", "ben"]
    assert [each["command"] for each in ada["commands"]] == ["/investigate", "/rca", "/responder"]
    assert [each["callback_id"] for each in ada["shortcuts"]] == ["investigate_message"]
    assert ada["offers"] == [{"name": "checkout", "title": "Checkout is slow", "about": "p99 over 2 s"}]


@pytest.mark.parametrize("who", ["", "U0NOBODY", "UFRBOT"])
async def test_one_can_only_be_a_person_of_this_workspace(page: httpx.AsyncClient, who: str) -> None:
    assert "no person" in await error(page.get("state", params={"as": who}))
    assert "no person" in await error(page.get("messages", params={"as": who, "channel": "C0ALERTS"}))
    assert await error(page.post("say", json={"as": who, "channel": "C0ALERTS", "text": "x"}))


async def test_a_private_channel_is_no_channel_to_who_is_not_in_it(page: httpx.AsyncClient) -> None:
    assert "no channel" in await error(page.get("messages", params={"as": "U0CLEO", "channel": "C0PAYMENTS"}))
    assert "no channel" in await error(page.post("say", json={"as": "U0CLEO", "channel": "C0PAYMENTS", "text": "x"}))


async def test_what_somebody_types_is_sent_as_slacks_composer_sends_it(page: httpx.AsyncClient) -> None:
    text = "@First Responder is <b> & #alerts or https://example.com/?a=1&b=2 ok, @ada?"
    await page.post("say", json={"as": "U0ADA", "channel": "C0ALERTS", "text": text})

    (message,) = await said(page)

    assert message["text"] == (
        "<@UFRBOT> is &lt;b&gt; &amp; <#C0ALERTS|alerts> or <https://example.com/?a=1&amp;b=2> ok, <@U0ADA>?"
    )


async def test_a_reply_stands_in_the_thread_and_not_in_the_channel(page: httpx.AsyncClient) -> None:
    root = (await page.post("say", json={"as": "U0ADA", "channel": "C0ALERTS", "text": "root"})).json()["ts"]
    reply = {"as": "U0BEN", "channel": "C0ALERTS", "thread_ts": root, "text": "reply"}
    await page.post("say", json=reply)

    assert [message["text"] for message in await said(page)] == ["root"]
    assert [message["text"] for message in await said(page, thread_ts=root)] == ["root", "reply"]


async def test_an_ephemeral_message_is_shown_to_its_reader_only(
    page: httpx.AsyncClient, client: AsyncWebClient
) -> None:
    await client.chat_postEphemeral(channel="C0ALERTS", user="U0ADA", text="psst")

    assert [message["ephemeral"] for message in await said(page)] == [True]
    assert await said(page, as_="U0BEN") == []


async def test_metadata_is_not_shown(page: httpx.AsyncClient, client: AsyncWebClient) -> None:
    metadata = {"event_type": "incident", "event_payload": {"seq": 1}}
    await client.chat_postMessage(channel="C0ALERTS", text="x", metadata=metadata)

    assert "metadata" not in (await said(page))[0]


async def test_a_command_typed_into_the_composer_runs(page: httpx.AsyncClient, bot: AsyncApp) -> None:
    @bot.command("/investigate")
    async def investigate(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack(f"on {command['text']}")

    await page.post("say", json={"as": "U0ADA", "channel": "C0ALERTS", "text": "/investigate checkout"})

    assert [message["text"] for message in await said(page)] == ["on checkout"]


async def test_a_command_in_a_thread_is_refused_as_slack_refuses_it(page: httpx.AsyncClient) -> None:
    call = page.post("say", json={"as": "U0ADA", "channel": "C0ALERTS", "thread_ts": "1.1", "text": "/rca last"})

    assert await error(call) == "/rca is not supported in threads. Sorry!"


async def test_a_job_in_a_modal_is_done_from_the_page(
    workspace: Workspace, page: httpx.AsyncClient, bot: AsyncApp, client: AsyncWebClient
) -> None:
    menu = {"type": "external_select", "action_id": "target", "min_query_length": 0}
    label = {"type": "plain_text", "text": "Target"}
    block = {"type": "input", "block_id": "what", "label": label, "element": menu}
    view = {"type": "modal", "callback_id": "go", "title": PLAIN, "submit": PLAIN, "blocks": [block]}

    @bot.command("/investigate")
    async def investigate(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=view)

    @bot.options("target")
    async def targets(ack: AsyncAck) -> None:
        await ack(options=[{"text": PLAIN, "value": "checkout"}])

    @bot.view("go")
    async def submitted(ack: AsyncAck, view: dict[str, Any]) -> None:
        chosen = view["state"]["values"]["what"]["target"]["selected_option"]["value"]
        await ack(response_action="errors", errors={"what": f"not {chosen}"})

    await page.post("say", json={"as": "U0ADA", "channel": "C0ALERTS", "text": "/investigate"})
    await workspace.until(lambda: workspace.team.modals.get("U0ADA"))
    (modal,) = (await page.get("views", params={"as": "U0ADA"})).json()["modals"]
    where = {"as": "U0ADA", "view_id": modal["id"]}
    found = (await page.post("suggest", json={**where, "block_id": "what", "action_id": "target", "value": ""})).json()
    values = {"what": {"target": {"type": "external_select", "selected_option": found["options"][0]}}}
    answer = await page.post("submit", json={**where, "state": {"values": values}})
    await page.post("close", json=where)

    assert answer.json() == {"errors": {"what": "not checkout"}}
    assert (await page.get("views", params={"as": "U0ADA"})).json() == {"home": None, "modals": []}


async def test_somebody_elses_modal_cannot_be_submitted_or_closed(
    workspace: Workspace, page: httpx.AsyncClient, client: AsyncWebClient
) -> None:
    trigger = workspace.board.trigger("U0ADA", workspace.team.apps["AFIRST"])
    view = await client.views_open(trigger_id=trigger, view={"type": "modal", "title": PLAIN, "blocks": []})
    where = {"as": "U0BEN", "view_id": view["view"]["id"]}

    assert "no longer open" in await error(page.post("submit", json={**where, "state": {}}))
    assert "no longer open" in await error(page.post("close", json=where))


async def test_a_home_is_opened_and_its_button_that_nobody_answers_says_so(
    page: httpx.AsyncClient, bot: AsyncApp, client: AsyncWebClient, workspace: Workspace
) -> None:
    button = {"type": "button", "action_id": "pause", "text": PLAIN}
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}

    @bot.event("app_home_opened")
    async def opened(event: dict[str, Any]) -> None:
        await client.views_publish(user_id=event["user"], view=home)

    @bot.action("pause")
    async def pause(ack: AsyncAck) -> None:
        await ack()

    await page.post("home", json={"as": "U0ADA"})
    await workspace.until(lambda: workspace.team.homes)
    shown = (await page.get("views", params={"as": "U0ADA"})).json()["home"]
    act = {"as": "U0ADA", "view_id": shown["id"], "action": {"action_id": "pause"}}
    workspace.faults.add(Fault("interactive", "late"))

    assert "the operation timed out" in await error(page.post("act", json=act))
    assert (await page.post("act", json=act)).json() == {}


async def test_reactions_edits_and_deletions_are_ones_own(workspace: Workspace, page: httpx.AsyncClient) -> None:
    ts = workspace.people.say("U0ADA", "alerts", "mine")
    place = {"channel": "C0ALERTS", "message_ts": ts, "name": "eyes"}
    await page.post("react", json={"as": "U0BEN", **place})
    await page.post("react", json={"as": "U0ADA", **place})
    await page.post("react", json={"as": "U0BEN", **place, "remove": True})
    await page.post("edit", json={"as": "U0ADA", "channel": "C0ALERTS", "ts": ts, "text": "still mine"})
    refused = await error(page.post("delete", json={"as": "U0BEN", "channel": "C0ALERTS", "ts": ts}))
    (message,) = await said(page)
    await page.post("delete", json={"as": "U0ADA", "channel": "C0ALERTS", "ts": ts})

    assert (message["text"], message["reactions"][0]["users"]) == ("still mine", ["U0ADA"])
    assert refused == "Only its author can change a message."
    assert await said(page) == []


async def test_an_alert_on_offer_is_fired_as_alertmanager(page: httpx.AsyncClient) -> None:
    await page.post("fire", json={"offer": "checkout"})

    (message,) = await said(page)
    assert (message["username"], message["attachments"][0]["title"]) == ("Alertmanager", "checkout")
    assert "no alert 'nonsense'" in await error(page.post("fire", json={"offer": "nonsense"}))


async def test_open_pages_are_told_what_their_reader_may_see(workspace: Workspace, client: AsyncWebClient) -> None:
    live = f"{workspace.address.replace('http', 'ws', 1)}live?as="
    async with (
        connect(f"{live}U0ADA", origin=workspace.team.origin) as ada,
        connect(f"{live}U0CLEO", origin=workspace.team.origin) as cleo,
    ):
        workspace.people.say("U0ADA", "payments", "private")
        await client.chat_postEphemeral(channel="C0ALERTS", user="U0ADA", text="only Ada")
        workspace.people.say("U0ADA", "alerts", "all")
        hers = [json.loads(await ada.recv())["message"]["text"] for _ in range(3)]
        his = json.loads(await cleo.recv())

    assert hers == ["private", "only Ada", "all"]
    assert (his["type"], his["channel"], his["message"]["text"]) == ("message", "C0ALERTS", "all")


async def test_a_page_that_listens_to_nothing_is_cut_off_and_costs_no_memory(workspace: Workspace) -> None:
    line = workspace.board.live.join("U0ADA")
    for number in range(600):
        workspace.people.say("U0ADA", "alerts", f"{number}")

    assert line.queue.qsize() == 500


async def test_a_line_of_somebody_unknown_is_closed(workspace: Workspace) -> None:
    with pytest.raises(InvalidStatus):
        await connect(f"{workspace.address.replace('http', 'ws', 1)}live?as=U0NOBODY", origin=workspace.team.origin)


@pytest.mark.parametrize(
    ("name", "kind", "way"),
    [
        ("report.pdf", "application/pdf", "inline"),
        ("chart.png", "image/png", "inline"),
        ("notes.md", "text/plain; charset=utf-8", "inline"),
        ("page.html", "application/octet-stream", "attachment"),
    ],
)
async def test_a_file_opens_in_the_browser_only_where_that_is_harmless(
    page: httpx.AsyncClient, client: AsyncWebClient, name: str, kind: str, way: str
) -> None:
    uploaded = await client.files_upload_v2(channel="C0ALERTS", filename=name, content=b"x")
    answer = await page.get(f"files/{uploaded['file']['id']}/{name}")

    assert (answer.content, answer.headers["content-type"]) == (b"x", kind)
    assert answer.headers["content-disposition"].startswith(way)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_the_stop_button_of_an_agent_works_while_it_is_at_work(
    page: httpx.AsyncClient, client: AsyncWebClient, heard: asyncio.Queue[Any]
) -> None:
    root = await client.chat_postMessage(channel="C0ALERTS", text="root")
    stop = {"as": "U0ADA", "channel": "C0ALERTS", "thread_ts": root["ts"]}
    early = await error(page.post("stop", json=stop))
    await client.agents_sessions_setStatus(channel_id="C0ALERTS", thread_ts=root["ts"], status="processing")
    await page.post("stop", json=stop)

    assert early == "No agent is at work in this thread."
    assert (await heard.get())["event"]["type"] == "agent_session_stopped"


@pytest.mark.parametrize(
    "call", ["act", "close", "delete", "edit", "fire", "home", "react", "say", "submit", "suggest"]
)
async def test_an_empty_call_is_answered_in_words(page: httpx.AsyncClient, call: str) -> None:
    assert await error(page.post(call, json={}))


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("see https://x.example/#alerts, @ada.", "see <https://x.example/#alerts>, <@U0ADA>."),
        ("<https://x.example/?a=1&b=2>", "&lt;<https://x.example/?a=1&amp;b=2>&gt;"),
        ("mail bob@ada.example or <@U0ADA>", "mail bob@ada.example or &lt;@U0ADA&gt;"),
        ("#payments is private", "#payments is private"),
    ],
)
async def test_links_and_names_are_found_where_they_are_meant(page: httpx.AsyncClient, typed: str, sent: str) -> None:
    await page.post("say", json={"as": "U0ADA", "channel": "C0ALERTS", "text": typed})

    assert (await said(page))[0]["text"] == sent


async def test_json_deeper_than_anything_real_is_refused(page: httpx.AsyncClient) -> None:
    deep = "[" * 200 + "]" * 200
    content = '{"as": "U0ADA", "view_id": "V1", "state": {"x": {"y": ' + deep + "}}}"

    assert (await page.post("submit", content=content, headers={"Content-Type": "application/json"})).status_code == 400
