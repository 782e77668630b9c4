"""The workspace's page in a real browser, with a real Bolt app at its other end."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from websockets import Origin
from websockets.asyncio.client import connect

from bot.workspace.courier import Pace
from bot.workspace.server import Offer, Workspace
from tests.chromium import PATIENCE, chromium

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALERT = {
    "text": "",
    "attachments": [{"color": "danger", "title": "CheckoutSlow", "text": "p99 is *2 s*", "fallback": "x"}],
}
OFFERS = (Offer("slow", "Checkout is slow", "p99 over 500 ms"),)
QUICK = Pace(ack=60.0, trigger=60.0, sharing=0.01, limits=600.0)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HOSTILE = (
    "<script>window.hacked = 1</script> <img src=x onerror=hacked=1> <javascript:alert(1)|press me> \u202egpj.exe "
    "<b>bold</b> <data:text/html,x|data>"
)


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value), "value": value}


def button(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - Block Kit
    return {"type": "button", "action_id": name, "text": plain(name.capitalize()), "value": name, **more}


def card(status: str) -> list[dict[str, Any]]:
    confirm = {
        "title": plain("Roll back?"),
        "text": mrkdwn("v42 → *v41*"),
        "confirm": plain("Do it"),
        "deny": plain("No"),
    }
    return [
        {"type": "header", "text": plain("INC-1 checkout")},
        {"type": "section", "text": mrkdwn(f"*Status* {status}")},
        {"type": "actions", "elements": [button("approve", style="primary", confirm=confirm), button("reject")]},
    ]


MODAL = {
    "type": "modal",
    "callback_id": "investigate",
    "title": plain("Investigate"),
    "submit": plain("Start"),
    "close": plain("Cancel"),
    "blocks": [
        {
            "type": "input",
            "block_id": "target",
            "label": plain("Target"),
            "element": {"type": "external_select", "action_id": "targets", "min_query_length": 0},
        },
        {
            "type": "input",
            "block_id": "note",
            "optional": True,
            "label": plain("Remark"),
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {"type": "actions", "elements": [button("deeper"), button("reload")]},
    ],
}
DEEPER = {
    "type": "modal",
    "title": plain("Deeper"),
    "submit": plain("Done"),
    "blocks": [{"type": "section", "text": mrkdwn("the second view")}],
}
HOME = {
    "type": "home",
    "blocks": [
        {"type": "header", "text": plain("Open incidents")},
        {"type": "section", "text": mrkdwn("*INC-1* checkout"), "accessory": button("open")},
        {
            "type": "actions",
            "elements": [
                {
                    "type": "static_select",
                    "action_id": "mode",
                    "placeholder": plain("Mode"),
                    "options": [option("ask"), option("report")],
                    "initial_option": option("ask"),
                    "confirm": {
                        "title": plain("Change the mode?"),
                        "text": plain("For everybody"),
                        "confirm": plain("Change"),
                        "deny": plain("Leave"),
                    },
                }
            ],
        },
    ],
}


class Heard:
    """What reached the app, in order."""

    def __init__(self) -> None:
        self.said: list[Any] = []
        self.more = asyncio.Event()

    def append(self, what: Any) -> None:  # noqa: ANN401
        self.said.append(what)
        self.more.set()


def small_app(client: AsyncWebClient, heard: Heard) -> AsyncApp:
    """An app that uses what the page has to offer, and writes down what reached it."""
    app = AsyncApp(client=client, signing_secret="not used by Socket Mode")  # noqa: S106

    @app.command("/investigate")
    async def investigate(ack: Any, body: dict[str, Any], respond: Any) -> None:  # noqa: ANN401
        heard.append(body["text"])
        await ack()
        if body["text"]:
            await respond(f"Looking at {body['text']}")
        else:
            await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.shortcut("investigate_message")
    async def shortcut(ack: Any, body: dict[str, Any]) -> None:  # noqa: ANN401
        heard.append(("shortcut", body["message"]["text"]))
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.options("targets")
    async def targets(ack: Any, body: dict[str, Any]) -> None:  # noqa: ANN401
        names = ("checkout-latency", "inventory-memory", "nonsense")
        await ack(options=[option(name) for name in names if body["value"] in name])

    @app.view("investigate")
    async def submitted(ack: Any, body: dict[str, Any]) -> None:  # noqa: ANN401
        values = body["view"]["state"]["values"]
        target = values["target"]["targets"]["selected_option"]["value"]
        heard.append((target, values["note"]["text"]["value"]))
        if target == "nonsense":
            await ack(response_action="errors", errors={"target": "There is no such service."})
        else:
            await ack()

    @app.action("deeper")
    async def deeper(ack: Any, body: dict[str, Any]) -> None:  # noqa: ANN401
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=DEEPER)

    @app.action("reload")
    async def reload(ack: Any, body: dict[str, Any]) -> None:  # noqa: ANN401
        await ack()
        view = {**MODAL, "title": plain("Updated"), "blocks": [{"type": "divider"}, *MODAL["blocks"]]}
        await client.views_update(view_id=body["view"]["id"], view=view)

    @app.action("approve")
    async def approve(ack: Any, body: dict[str, Any]) -> None:  # noqa: ANN401
        await ack()
        heard.append(("approve", body["user"]["id"]))
        ts = body["message"]["ts"]
        await client.chat_update(
            channel=body["channel"]["id"], ts=ts, text="x", blocks=card(f"approved by <@{body['user']['id']}>")
        )

    @app.action(re.compile("reject|open|mode|own"))
    async def written_down(ack: Any, action: dict[str, Any]) -> None:  # noqa: ANN401
        await ack()
        heard.append((action["action_id"], action.get("value") or action["selected_option"]["value"]))

    @app.event("app_home_opened")
    async def home(event: dict[str, Any]) -> None:
        await client.views_publish(user_id=event["user"], view=HOME)

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any]) -> None:
        heard.append(("mention", event["text"]))
        await client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="I am on it")

    @app.event("message")
    async def said(event: dict[str, Any]) -> None:
        heard.append(("message", event.get("subtype")))

    return app


class Scene(NamedTuple):
    workspace: Workspace
    client: AsyncWebClient
    heard: Heard
    context: BrowserContext
    complaints: list[str]

    async def open(self, place: str = "U0ADA/C0ALERTS") -> Page:
        page = await self.context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        await page.goto(f"{self.workspace.address}#/{place}")
        await expect(page.get_by_text("Live", exact=True)).to_be_attached()
        return page

    async def until_heard(self, what: Any) -> None:  # noqa: ANN401
        while what not in self.heard.said:
            self.heard.more.clear()
            await self.heard.more.wait()

    async def post(self, **message: Any) -> str:  # noqa: ANN401
        return str((await self.client.chat_postMessage(**{"channel": "C0ALERTS", "text": "x", **message}))["ts"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def scene(browser: Browser) -> AsyncIterator[Scene]:
    async def fire(_: str) -> dict[str, Any]:
        return ALERT

    heard = Heard()
    complaints: list[str] = []
    async with Workspace(offers=OFFERS, fire=fire, pace=QUICK) as workspace:
        client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        handler = AsyncSocketModeHandler(small_app(client, heard), workspace.app_token, web_client=client)
        await handler.connect_async()
        context = await browser.new_context(viewport={"width": 1280, "height": 860})
        yield Scene(workspace, client, heard, context, complaints)
        await context.close()
        await handler.close_async()
    assert complaints == []


async def axe_finds_nothing(page: Page) -> None:
    await page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    answer = (await Axe().run(page)).response
    assert answer["passes"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in answer["violations"]] == []


async def write(page: Page, text: str, label: str = "Message #alerts") -> None:
    box = page.get_by_role("textbox", name=label)
    await box.fill(text)
    await box.press("Enter")


async def tab_to(target: Locator, key: str = "Tab") -> None:
    for _ in range(30):
        if await target.evaluate("node => node === document.activeElement"):
            return
        await target.page.keyboard.press(key)
    pytest.fail(f"no way to {target} by {key}")


def messages(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("article")


async def test_what_one_says_stands_in_the_channel_and_a_mention_reaches_the_app_whose_reply_opens_a_thread(
    scene: Scene,
) -> None:
    page = await scene.open()
    box = page.get_by_role("textbox", name="Message #alerts")
    await box.press_sequentially("@fir")
    await box.press("Tab")
    await box.press_sequentially("look & see <here>")
    await box.press("Enter")
    await expect(messages(page).last).to_contain_text("@First Responder look & see <here>")
    await scene.until_heard(("mention", "<@UFRBOT> look &amp; see &lt;here&gt;"))
    await page.get_by_role("button", name="1 reply").click()
    await expect(page.get_by_role("log", name="Replies")).to_contain_text("I am on it")


async def test_a_slash_command_is_completed_and_its_answer_is_marked_as_visible_to_oneself_only(scene: Scene) -> None:
    page, other = await scene.open(), await scene.open("U0BEN/C0ALERTS")
    box = page.get_by_role("textbox", name="Message #alerts")
    await box.press_sequentially("/inv")
    await expect(page.get_by_role("option", name="/investigate [target]")).to_be_visible()
    await box.press("Tab")
    await expect(box).to_have_value("/investigate ")
    await box.press_sequentially("checkout")
    await box.press("Enter")
    await expect(messages(page)).to_contain_text(["Only visible to you"])
    await expect(messages(page)).to_contain_text(["Looking at checkout"])
    assert scene.heard.said == ["checkout"]
    await scene.post(text="for everybody")
    await expect(messages(other)).to_contain_text(["for everybody"])
    await expect(messages(other)).to_have_count(1)


async def test_an_unknown_command_is_answered_in_words_and_the_text_is_kept(scene: Scene) -> None:
    page = await scene.open()
    await write(page, "/nonsense now")
    await expect(page.locator(".notice")).to_contain_text("/nonsense is not a valid command")
    await expect(page.get_by_role("textbox", name="Message #alerts")).to_have_value("/nonsense now")
    await axe_finds_nothing(page)
    scene.complaints.clear()  # the browser logs the refusal


async def test_a_button_asks_first_where_the_app_says_so_and_its_message_changes_in_place(scene: Scene) -> None:
    await scene.post(blocks=card("waiting"))
    page = await scene.open("U0BEN/C0ALERTS")
    approve = page.get_by_role("button", name="Approve")
    await approve.click()
    dialog = page.get_by_role("dialog", name="Roll back?")
    await expect(dialog).to_contain_text("v42 → v41")
    await dialog.get_by_role("button", name="No").click()
    await expect(dialog).to_have_count(0)
    await expect(approve).to_be_focused()
    assert scene.heard.said == []
    await approve.click()
    await dialog.get_by_role("button", name="Do it").click()
    await expect(messages(page)).to_contain_text(["approved by @Ben Vasquez"])
    await expect(page.get_by_role("button", name="Approve")).to_be_focused()
    assert scene.heard.said == [("approve", "U0BEN")]


async def test_a_modal_keeps_its_errors_at_their_fields_and_closes_when_the_app_takes_it(scene: Scene) -> None:
    page = await scene.open()
    await write(page, "/investigate")
    dialog = page.get_by_role("dialog", name="Investigate")
    start = dialog.get_by_role("button", name="Start")
    await start.click()
    await expect(dialog).to_contain_text("Please complete this required field.")
    target = dialog.get_by_role("combobox", name="Target")
    await expect(target).to_be_focused()
    await expect(target).to_have_attribute("aria-invalid", "true")
    await target.press_sequentially("nons")
    await dialog.get_by_role("option", name="nonsense").click()
    await dialog.get_by_role("textbox", name="Remark").fill("since noon")
    await start.click()
    await expect(dialog).to_contain_text("There is no such service.")
    await expect(dialog.get_by_role("textbox", name="Remark")).to_have_value("since noon")
    await target.click()
    await dialog.get_by_role("option", name="checkout-latency").click()
    await start.click()
    await expect(dialog).to_have_count(0)
    assert scene.heard.said[-2:] == [("nonsense", "since noon"), ("checkout-latency", "since noon")]


async def test_a_pushed_view_lies_on_top_and_escape_leads_back_to_what_was_entered_below(scene: Scene) -> None:
    page = await scene.open()
    await write(page, "/investigate")
    await page.get_by_role("textbox", name="Remark").fill("half done")
    await page.get_by_role("button", name="Deeper").click()
    await expect(page.get_by_role("dialog", name="Deeper")).to_contain_text("the second view")
    await expect(page.get_by_role("dialog")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Investigate")).to_be_visible()
    await expect(page.get_by_role("textbox", name="Remark")).to_have_value("half done")


async def test_a_modal_that_the_app_updates_keeps_what_was_entered_and_the_focus(scene: Scene) -> None:
    page = await scene.open()
    await write(page, "/investigate")
    remark = page.get_by_role("textbox", name="Remark")
    await remark.fill("since noon")
    reload = page.get_by_role("button", name="Reload")
    await reload.press("Enter")
    await expect(page.get_by_role("dialog", name="Updated")).to_be_visible()
    await expect(remark).to_have_value("since noon")
    await expect(reload).to_be_focused()


async def test_the_home_is_opened_drawn_and_its_choices_reach_the_app(scene: Scene) -> None:
    page = await scene.open()
    await page.get_by_role("button", name="First Responder Home").click()
    await expect(page.get_by_role("heading", name="Open incidents")).to_be_visible()
    mode = page.get_by_role("combobox", name="Mode")
    await mode.click()
    await page.get_by_role("option", name="report").click()
    await page.get_by_role("button", name="Leave").click()
    await expect(mode).to_have_value("ask")
    assert scene.heard.said == []
    await mode.click()
    await page.get_by_role("option", name="report").click()
    await page.get_by_role("button", name="Change").click()
    await scene.until_heard(("mode", "report"))
    await expect(mode).to_have_value("report")
    await page.get_by_role("button", name="Open", exact=True).click()
    await scene.until_heard(("open", "open"))


async def test_who_one_is_decides_what_is_there_and_who_speaks(scene: Scene) -> None:
    page = await scene.open("U0ADA/C0PAYMENTS")
    await expect(page.get_by_role("heading", level=1)).to_have_text("#payments")
    await page.get_by_role("radio", name="Cleo Lindqvist, may not approve").check()
    await expect(page.get_by_role("button", name="payments, private")).to_have_count(0)
    await expect(page.get_by_role("heading", level=1)).to_have_text("#alerts")
    await write(page, "hello")
    await expect(messages(page).last).to_contain_text("Cleo Lindqvist")


async def test_the_back_button_and_a_reload_lead_where_one_was(scene: Scene) -> None:
    page = await scene.open()
    heading = page.get_by_role("heading", level=1)
    await page.get_by_role("button", name="general").click()
    await expect(heading).to_have_text("#general")
    await page.go_back()
    await expect(heading).to_have_text("#alerts")
    await page.go_forward()
    await page.reload()
    await expect(heading).to_have_text("#general")


async def test_firing_an_alert_posts_it_as_alertmanager_would_and_shows_the_channel(scene: Scene) -> None:
    page = await scene.open("U0ADA/C0GENERAL")
    await page.get_by_role("button", name="Fire an alert").click()
    await page.get_by_role("button", name="Fire Checkout is slow").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("#alerts")
    await expect(messages(page).last).to_contain_text("Alertmanager")
    await expect(messages(page).last).to_contain_text("CheckoutSlow")
    await scene.until_heard(("message", "bot_message"))


async def test_a_pdf_opens_in_a_tab_of_its_own_and_a_picture_shows_with_its_words(scene: Scene) -> None:
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
        "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
    )
    root = await scene.post(text="root")
    await scene.client.files_upload_v2(channel="C0ALERTS", thread_ts=root, filename="rca.pdf", title="RCA", content=PDF)
    await scene.client.files_upload_v2(
        channel="C0ALERTS", thread_ts=root, filename="p99.png", content=png, alt_txt="p99 rises at 13:52"
    )
    page = await scene.open(f"U0ADA/C0ALERTS/{root}")
    picture = page.get_by_role("img", name="p99 rises at 13:52")
    await expect(picture).to_be_visible()
    link = page.get_by_role("link", name="RCA")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    assert await link.get_attribute("target") == "_blank"
    async with scene.context.expect_page() as opened:
        await link.click()
    tab = await opened.value
    assert tab.url.endswith("/rca.pdf")
    answer = await scene.context.request.get(str(await link.get_attribute("href")))
    assert answer.headers["content-type"].startswith("application/pdf")
    assert answer.headers["content-disposition"].startswith("inline")
    assert await answer.body() == PDF


async def test_a_whole_job_is_done_by_keyboard_alone(scene: Scene) -> None:
    root = await scene.post(blocks=card("waiting"))
    await scene.post(thread_ts=root, text="first turn")
    page = await scene.open("U0BEN/C0ALERTS")
    await expect(messages(page)).to_have_count(1)
    keys = page.keyboard
    await keys.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the messages")).to_be_focused()
    await keys.press("Enter")
    await keys.press("Tab")
    await expect(messages(page).first).to_be_focused()
    await keys.press("Enter")
    await expect(page.get_by_role("textbox", name="Reply in thread")).to_be_focused()
    await keys.type("thanks")
    await keys.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("thanks")
    await keys.press("Escape")
    await expect(page.get_by_role("complementary", name="Thread")).to_have_count(0)
    await expect(messages(page).first).to_be_focused()
    await tab_to(page.get_by_role("button", name="Add a reaction"))
    await keys.press("Enter")
    await keys.press("ArrowRight")
    await keys.press("Enter")
    await expect(page.get_by_role("button", name="eyes, 1: Ben Vasquez")).to_be_visible()
    await tab_to(page.get_by_role("button", name="Approve"), "Shift+Tab")
    await keys.press("Enter")
    await expect(page.get_by_role("button", name="No", exact=True)).to_be_focused()
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(messages(page).first).to_contain_text("approved by @Ben Vasquez")


async def test_tab_comes_round_the_whole_page_without_a_trap(scene: Scene) -> None:
    await scene.post(blocks=card("waiting"))
    page = await scene.open()
    await expect(messages(page)).to_have_count(1)
    seen = set()
    for _ in range(60):
        await page.keyboard.press("Tab")
        seen.add(await page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))
    assert {"Skip to the messages", "Fire an alert", "Reject", "Send", "Keyboard"} <= seen


async def test_open_pages_follow_what_happens_and_catch_up_after_the_line_was_cut(scene: Scene) -> None:
    root = await scene.post(text="root")
    page = await scene.open(f"U0ADA/C0ALERTS/{root}")
    log = page.get_by_role("log", name="Replies")
    await expect(log).to_have_attribute("aria-live", "polite")
    turn = await scene.post(thread_ts=root, text="first turn")
    await expect(log).to_contain_text("first turn")
    await scene.client.chat_update(channel="C0ALERTS", ts=turn, text="first turn, corrected")
    await expect(log).to_contain_text("first turn, corrected")
    await expect(log).not_to_contain_text("root")
    scene.workspace.board.live.end()
    await scene.post(thread_ts=root, text="said while the line was cut")
    await expect(log).to_contain_text("said while the line was cut")
    await expect(page.get_by_text("Live", exact=True)).to_be_attached()


async def test_news_in_another_channel_are_counted_until_one_looks(scene: Scene) -> None:
    page = await scene.open("U0ADA/C0GENERAL")
    await scene.post(text="look")
    await page.get_by_role("button", name="alerts, 1 new").click()
    await expect(messages(page)).to_contain_text(["look"])
    await expect(page.get_by_role("button", name="alerts", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    "message",
    [
        {"text": HOSTILE},
        {"blocks": [{"type": "markdown", "text": HOSTILE + " [press](javascript:alert(1)) ![i](data:text/html,x)"}]},
        {"blocks": [{"type": "section", "text": mrkdwn(HOSTILE)}, {"type": "section", "text": plain(HOSTILE)}]},
        {"attachments": [{"title": HOSTILE, "text": HOSTILE, "fields": [{"title": HOSTILE, "value": HOSTILE}]}]},
        {
            "blocks": [
                {
                    "type": "rich_text",
                    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": HOSTILE}]}],
                }
            ]
        },
    ],
    ids=["text", "markdown", "sections", "attachment", "rich text"],
)
async def test_hostile_text_is_shown_as_text(scene: Scene, message: dict[str, Any]) -> None:
    await scene.post(**message)
    page = await scene.open()
    shown = messages(page).first
    await expect(shown).to_contain_text("<script>window.hacked = 1</script>")
    await expect(shown).to_contain_text("<b>bold</b>")
    await expect(shown).to_contain_text("[U+202E]gpj.exe")
    assert await page.evaluate("window.hacked") is None
    assert await shown.locator("script, img, b, a[href^=javascript], a[href^=data]").count() == 0


async def test_links_leave_without_telling_where_from_and_only_to_web_addresses(scene: Scene) -> None:
    await scene.post(
        text="<https://example.com/a?b=1&amp;c=2|the runbook> <mailto:a@b.example|write> <ftp://x.example|get>"
    )
    page = await scene.open()
    link = messages(page).get_by_role("link")
    await expect(link).to_have_count(1)
    await expect(link).to_have_attribute("href", "https://example.com/a?b=1&c=2")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await expect(messages(page).first).to_contain_text("get (ftp://x.example)")


async def test_mrkdwn_reads_as_slack_shows_it(scene: Scene) -> None:
    lines = (
        "*bold* _italic_ ~gone~ `a *b* c` snake_case_name 2*3*4",
        "&gt; quoted",
        "```let x = 1 &lt; 2;```",
        "<@U0BEN> in <#C0GENERAL|general> <!here> <!subteam^S0ONCALL>",
        "<!date^86400^{date_num}|never> :eyes: :no_such_thing:",
    )
    await scene.post(text="\n".join(lines))
    page = await scene.open()
    shown = messages(page).first
    for tag, text in (
        ("strong", "bold"),
        ("em", "italic"),
        ("s", "gone"),
        ("blockquote", "quoted"),
        ("time", "1970-01-0"),
    ):
        await expect(shown.locator(f".message-body {tag}")).to_contain_text(text)
    await expect(shown.locator("code").first).to_have_text("a *b* c")
    await expect(shown.locator("pre")).to_have_text("let x = 1 < 2;")
    for text in ("snake_case_name 2*3*4", "@Ben Vasquez", "#general", "@here", "@oncall", ":no_such_thing:"):
        await expect(shown).to_contain_text(text)
    await expect(shown.get_by_role("img", name="eyes")).to_be_visible()


async def test_code_too_wide_or_tall_is_scrolled_by_keyboard_and_other_code_is_no_stop(scene: Scene) -> None:
    await scene.post(text="```" + "line\n" * 60 + "``` and ```short```")
    page = await scene.open()
    code = messages(page).first.locator("pre")
    await expect(code.first).to_have_attribute("tabindex", "0")
    await expect(code.last).not_to_have_attribute("tabindex", "0")


def every_block() -> list[dict[str, Any]]:
    points = [{"label": f"14:{minute:02}", "value": minute * 10} for minute in range(0, 60, 10)]
    axes = {"categories": [point["label"] for point in points], "x_label": "UTC", "y_label": "ms"}
    words = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "414 lines"}]}],
    }
    charts = [
        {
            "type": "data_visualization",
            "title": f"p99 as {kind}",
            "chart": {"type": kind, "series": [{"name": "p99", "data": points}], "axis_config": axes},
        }
        for kind in ("line", "bar")
    ]
    tasks = [
        {"type": "task_card", "task_id": state, "title": f"task {state}", "status": state, "output": words}
        for state in ("pending", "in_progress", "complete", "error")
    ]
    cell = [[{"type": "raw_text", "text": "Id"}, {"type": "raw_text", "text": "Count"}]]
    cell += [
        [
            {"type": "raw_text", "text": f"E{row}"},
            {"type": "raw_number", "value": row * 7 % 5, "text": str(row * 7 % 5)},
        ]
        for row in range(8)
    ]
    chosen = [option("high"), option("low")]
    nested = {
        "type": "rich_text_list",
        "style": "bullet",
        "indent": 1,
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "inner"}]}],
    }
    return [
        {"type": "header", "text": plain("A header")},
        {
            "type": "section",
            "fields": [mrkdwn("*Severity*\nhigh"), mrkdwn("*Owner*\n<@U0ADA>")],
            "accessory": {"type": "overflow", "action_id": "own", "options": chosen},
        },
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("small print")]},
        {"type": "plan", "title": "The plan", "tasks": tasks},
        *charts,
        {"type": "data_table", "caption": "Evidence", "rows": cell},
        {"type": "table", "rows": cell},
        {"type": "markdown", "text": "# One\n### Two\n1. first\n   - inner\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [
                                {"type": "user", "user_id": "U0BEN"},
                                {"type": "text", "text": " outer", "style": {"bold": True}},
                            ],
                        }
                    ],
                },
                nested,
            ],
        },
        {"type": "image", "image_url": "https://elsewhere.example.com/x.png", "alt_text": "a far picture"},
        {
            "type": "actions",
            "elements": [
                {"type": "users_select", "action_id": "a1", "placeholder": plain("A person")},
                {"type": "channels_select", "action_id": "a2", "placeholder": plain("A channel")},
                {"type": "conversations_select", "action_id": "a3", "placeholder": plain("A conversation")},
                {"type": "multi_static_select", "action_id": "a4", "placeholder": plain("Several"), "options": chosen},
                {"type": "datepicker", "action_id": "a5", "placeholder": plain("A day")},
                {"type": "timepicker", "action_id": "a6", "placeholder": plain("A time")},
                {"type": "datetimepicker", "action_id": "a7"},
                {"type": "checkboxes", "action_id": "a8", "options": chosen},
                {"type": "radio_buttons", "action_id": "a9", "options": chosen},
            ],
        },
        {
            "type": "context_actions",
            "elements": [
                {
                    "type": "feedback_buttons",
                    "action_id": "fb",
                    "positive_button": {"text": plain("Right"), "value": "right"},
                    "negative_button": {"text": plain("Wrong"), "value": "wrong"},
                }
            ],
        },
    ]


async def test_every_block_is_drawn_with_words_for_what_colour_and_shape_say(scene: Scene) -> None:
    await scene.post(blocks=every_block())
    page = await scene.open()
    shown = messages(page).first
    for words in ("task pending", "Waiting", "Working", "Done", "Failed", "1 of 4 done", "a far picture", "414 lines"):
        await expect(shown).to_contain_text(words)
    await expect(shown.locator(".unknown")).to_have_count(0)
    await expect(shown.get_by_role("img", name="p99 as line: line chart of p99, from 0 to 500")).to_be_visible()
    await shown.get_by_text("Show the figures as a table").first.click()
    await expect(shown.get_by_role("row", name="14:50 500")).to_be_visible()
    assert await shown.locator("img").count() == 0
    for name in ("Right", "Wrong", "More actions"):
        await expect(shown.get_by_role("button", name=name).first).to_be_attached()
    for name in ("A person", "A channel", "A conversation", "Several"):
        await expect(shown.get_by_role("combobox", name=name)).to_be_visible()


async def test_a_data_table_turns_its_pages_and_sorts_numbers_as_numbers(scene: Scene) -> None:
    await scene.post(blocks=[block for block in every_block() if block["type"] == "data_table"])
    page = await scene.open()
    table = page.get_by_role("table", name="Evidence")
    await expect(table.get_by_role("rowheader")).to_have_text(["E0", "E1", "E2", "E3", "E4"])
    await page.get_by_role("button", name="Next rows").click()
    await expect(table.get_by_role("rowheader")).to_have_text(["E5", "E6", "E7"])
    await table.get_by_role("button", name="Count").click()
    await expect(table.get_by_role("rowheader").first).to_have_text("E0")
    await table.get_by_role("button", name="Count").click()
    await expect(table.locator("tbody td").first).to_have_text("4")


async def test_a_block_that_the_page_does_not_know_shows_its_type(scene: Scene) -> None:
    page = await scene.open()
    drawn = await page.evaluate(
        "async () => (await import('./blocks.js')).blocks("
        "[{type: 'hologram'}, {type: 'section', text: 7}], {world: {}}).map(node => node.textContent)"
    )
    assert "hologram" in drawn[0]
    assert len(drawn) == 2


async def test_the_menu_of_a_message_runs_shortcuts_and_edits_and_deletes_ones_own(scene: Scene) -> None:
    page = await scene.open()
    await write(page, "look at @Ben Vasquez & <this>")
    mine = messages(page).first
    await mine.hover()
    more = mine.get_by_role("button", name="More actions")
    await more.click()
    await page.get_by_role("menuitem", name="Edit message").click()
    box = page.get_by_role("dialog", name="Edit message").get_by_role("textbox")
    await expect(box).to_have_value("look at @Ben Vasquez & <this>")
    await box.fill("see @Ben Vasquez & <that>")
    await page.get_by_role("button", name="Save").click()
    await expect(mine).to_contain_text("see @Ben Vasquez & <that>")
    await expect(mine).to_contain_text("(edited)")
    await mine.hover()
    await more.click()
    await page.get_by_role("menuitem", name="Investigate this message").click()
    await expect(page.get_by_role("dialog", name="Investigate")).to_be_visible()
    await scene.until_heard(("shortcut", "see <@U0BEN> &amp; &lt;that&gt;"))
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await mine.hover()
    await more.click()
    await page.get_by_role("menuitem", name="Delete message").click()
    await expect(messages(page)).to_have_count(0)


async def test_an_agent_at_work_is_named_in_its_thread_with_a_button_that_stops_it(scene: Scene) -> None:
    root = await scene.post(text="root")
    page = await scene.open(f"U0ADA/C0ALERTS/{root}")
    status = {"channel_id": "C0ALERTS", "thread_ts": root, "status": "processing"}
    await scene.client.api_call("agents.sessions.setStatus", json=status)
    await expect(page.get_by_text("An agent is at work")).to_be_visible()
    await page.get_by_role("complementary", name="Thread").get_by_role("button", name="Stop").click()
    await scene.client.api_call("agents.sessions.setStatus", json={**status, "status": "closed"})
    await expect(page.get_by_text("An agent is at work")).to_have_count(0)


async def test_a_permalink_leads_to_its_thread_within_the_page(scene: Scene) -> None:
    root = await scene.post(text="the root")
    link = (await scene.client.chat_getPermalink(channel="C0ALERTS", message_ts=root))["permalink"]
    await scene.post(channel="C0INCIDENTS", text=f"see <{link}|the thread>")
    page = await scene.open("U0ADA/C0INCIDENTS")
    await page.get_by_role("link", name="the thread").click()
    await expect(page.get_by_role("complementary", name="Thread")).to_contain_text("the root")
    await expect(page.get_by_role("heading", level=1)).to_have_text("#alerts")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_any_state(scene: Scene, scheme: Any) -> None:  # noqa: ANN401
    root = await scene.post(blocks=every_block())
    await scene.post(thread_ts=root, text="a turn", username="Commander", icon_emoji=":mag:")
    await scene.client.reactions_add(channel="C0ALERTS", timestamp=root, name="eyes")
    await scene.client.chat_postEphemeral(channel="C0ALERTS", user="U0ADA", text="for you")
    scene.workspace.post("AALERTM", "alerts", **ALERT)
    page = await scene.open()
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await expect(messages(page)).to_have_count(3)
    await axe_finds_nothing(page)
    await page.get_by_role("button", name="1 reply").click()
    await expect(page.get_by_role("log")).to_contain_text("a turn")
    await axe_finds_nothing(page)
    await page.get_by_role("button", name="Close the thread").click()
    await expect(page.get_by_role("complementary", name="Thread")).to_have_count(0)
    await page.get_by_role("combobox", name="Several").click()
    await expect(page.get_by_role("option", name="high")).to_be_visible()
    await axe_finds_nothing(page)
    await page.keyboard.press("Escape")
    box = page.get_by_role("textbox", name="Message #alerts")
    await box.fill("/")
    await axe_finds_nothing(page)
    await box.fill("/investigate")
    await box.press("Enter")
    await page.get_by_role("button", name="Start").click()
    await axe_finds_nothing(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.get_by_role("button", name="Fire an alert").click()
    await axe_finds_nothing(page)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="First Responder Home").click()
    await expect(page.get_by_role("heading", name="Open incidents")).to_be_visible()
    await axe_finds_nothing(page)


async def test_a_phones_width_shows_one_pane_at_a_time_and_nothing_runs_out_of_it(scene: Scene) -> None:
    root = await scene.post(blocks=every_block())
    await scene.post(thread_ts=root, text="a turn " + "x" * 200)
    page = await scene.open()
    await page.set_viewport_size({"width": 360, "height": 700})
    await expect(messages(page)).to_have_count(1)
    for state in (
        page.get_by_role("button", name="Places and people"),
        page.get_by_role("button", name="alerts", exact=True),
        page.get_by_role("button", name="1 reply"),
    ):
        await state.click()
        await axe_finds_nothing(page)
        assert await page.evaluate("document.documentElement.scrollWidth") == 360
    await expect(page.get_by_role("log")).to_contain_text("a turn")
    await expect(page.get_by_role("textbox", name="Message #alerts")).to_be_hidden()


async def test_the_theme_one_chose_is_there_at_once_after_a_reload(scene: Scene) -> None:
    page = await scene.open()
    await page.emulate_media(color_scheme="light")
    await page.get_by_label("Theme").select_option("dark")
    await page.reload()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 25, 29)"
    await expect(page.get_by_label("Theme")).to_have_value("dark")


async def test_the_page_asks_nobody_but_its_own_workspace(scene: Scene) -> None:
    await scene.post(blocks=every_block())
    asked: list[str] = []
    page = await scene.context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(scene.workspace.address)
    await expect(messages(page)).to_have_count(1)
    assert [url for url in asked if not url.startswith(scene.workspace.address)] == []


@pytest.mark.parametrize("turns", range(12))
async def test_the_workspace_ends_cleanly_whichever_moment_a_page_is_closed_at(turns: int) -> None:
    async with Workspace() as workspace:
        live = workspace.address.replace("http", "ws", 1) + "live?as=U0ADA"
        page = await connect(live, origin=Origin(workspace.team.origin))
        closing = asyncio.create_task(page.close())
        for _ in range(turns):
            await asyncio.sleep(0)
    await closing
