"""`first-responder serve` as a process, and its page in a real browser."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, expect
from scene import ADA, ALERTS, BEN, INCIDENTS, Scene, unhealed
from served import refused, serve, slack

from bot.config import Settings
from bot.kept import open_storage
from bot.logs import LOG_FILE
from incident.facts import RollbackStarted
from incident.status import Status
from tests.chromium import PATIENCE, chromium


async def test_health_answers_a_second_server_of_the_database_is_refused_and_sigterm_ends_it(tmp_path: Path) -> None:
    async with serve(tmp_path) as served:
        async with httpx.AsyncClient() as client:
            health = (await client.get(served.said["health"])).json()
            switch = served.said["health"].replace("/health", "/api/v1/pause")
            assert (await client.post(switch)).json()["by"] == "api:this-machine"
            assert (await client.get(served.said["health"])).json()["paused"] is True
            assert (await client.delete(switch)).json() == {"paused": False}
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        database = f"sqlite+aiosqlite:///{tmp_path / 'first-responder.db'}"
        code, last = await refused(elsewhere, {"SFA_DATABASE_URL": database})
        assert (code, "is being served by process" in last) == (2, True)
        code, errors = await served.end()
    assert (health["status"], health["running"], health["paused"]) == ("ok", 0, False)
    assert code == 0
    assert "Traceback" not in errors
    assert "ERROR" not in errors
    assert not (tmp_path / LOG_FILE).exists()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN"),
        ({"SFA_PROMETHEUS_URL": "http://prometheus:9090"}, "SFA_PROMETHEUS_URL connects a real system"),
        ({"SFA_HOST": "203.0.113.1"}, "SFA_HOST, SFA_PORT"),
        ({"SLACK_BOT_TOKEN": "x", "SLACK_APP_TOKEN": "x", "SLACK_API_URL": "http://slack.example/"}, "SLACK_API_URL"),
    ],
)
async def test_a_setting_that_can_not_work_is_one_line(tmp_path: Path, settings: dict[str, str], says: str) -> None:
    code, last = await refused(tmp_path, settings)
    assert code == 2
    assert last.startswith("error: ")
    assert says in last


async def test_a_process_that_is_killed_in_the_middle_goes_on_where_it_was(scene: Scene, tmp_path: Path) -> None:
    async with serve(tmp_path, slack(scene)) as served:
        await scene.command(ADA, "/investigate payment-declines")
        card = await scene.question(INCIDENTS)
        served.process.kill()
        await served.process.communicate()
    scene.workspace.disconnect(hard=True)
    async with serve(tmp_path, slack(scene)) as served:
        await scene.press(ADA, card, "approve", INCIDENTS)
        assert "Approved" in await scene.answer(ADA, INCIDENTS, 2)
        await scene.until(lambda: next((m for m in scene.messages(INCIDENTS) if unhealed(m["text"])), None))
        code, errors = await served.end()
    assert (code, "Traceback" in errors) == (0, False)
    async with open_storage(Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'first-responder.db'}")) as kept:
        (incident,) = await kept.store.recent(10)
    assert incident.status is Status.HANDED_OVER
    assert len(incident.every(RollbackStarted)) == 1
    keys = [str(m["text"]) for m in scene.messages(INCIDENTS) if m["only_for"] is None]
    assert sum(text.startswith("Roll back payment-gateway?") for text in keys) == 1


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


def replies(page: Page) -> Locator:
    return page.get_by_role("log", name="Replies")


async def be(page: Page, name: str) -> None:
    await page.get_by_role("radio", name=re.compile(name)).check()


async def open_thread(page: Page) -> None:
    await page.get_by_role("main").get_by_role("button", name=re.compile(r"\d+ repl(y|ies)")).last.click()


async def test_somebody_at_the_page_sees_it_all(tmp_path: Path, browser: Browser) -> None:
    complaints: list[str] = []
    async with serve(tmp_path) as served:
        page = await browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))

        await page.goto(f"{served.said['workspace']}#/{ADA}/{INCIDENTS}")
        box = page.get_by_role("textbox", name="Message #incidents")
        await box.fill("/investigate checkout-latency")
        await box.press("Enter")
        await expect(page.get_by_role("main")).to_contain_text("Investigating checkout-latency: INC-")
        await open_thread(page)
        for agent in ("Commander", "Logs agent", "Metrics agent", "Deploy agent"):
            await expect(replies(page)).to_contain_text(agent)
        await expect(replies(page)).to_contain_text("chg-4421")
        await expect(replies(page)).to_contain_text("The signal that paged recovered")
        report = replies(page).get_by_role("link", name=re.compile("Report|INC-.*pdf", re.IGNORECASE)).last
        await expect(report).to_be_visible()
        answer = await page.request.get(str(await report.evaluate("link => link.href")))
        assert (await answer.body()).startswith(b"%PDF")
        await page.screenshot(path=tmp_path / "investigated.png")

        await page.goto(f"{served.said['workspace']}#/{ADA}/{ALERTS}")
        await page.get_by_role("button", name="Fire an alert").click()
        await page.get_by_role("button", name=re.compile("PaymentDeclinesHigh")).click()
        await expect(page.get_by_role("main")).to_contain_text("Alertmanager")
        await open_thread(page)
        approve = replies(page).get_by_role("button", name="Approve")
        await expect(approve).to_be_visible()

        await be(page, "Cleo")
        await open_thread(page)
        await approve.click()
        await page.get_by_role("dialog").get_by_role("button", name="Roll back", exact=True).click()
        await expect(replies(page)).to_contain_text("You may not approve or reject here")
        await be(page, "Ben")
        await open_thread(page)
        await approve.click()
        await page.get_by_role("dialog").get_by_role("button", name="Roll back", exact=True).click()
        await expect(replies(page)).to_contain_text("Approved: the rollback of payment-gateway")
        await expect(replies(page)).to_contain_text("Rolling back payment-gateway in production")
        await expect(approve).to_have_count(0)
        await expect(replies(page)).to_contain_text("Handed over")
        await page.screenshot(path=tmp_path / "approved.png")
        await page.close()
        code, errors = await served.end()
    assert complaints == []
    assert code == 0
    assert "Traceback" not in errors
    assert BEN not in errors
