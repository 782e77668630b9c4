"""What Slack told a process that died before it did anything about it: a living one finds it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from scene import ADA, ALERTMANAGER, ALERTS, BEN, GUEST, INCIDENTS, QUICK, Scene
from sqlalchemy import text

from bot.alerts import Fired, read_message
from bot.listeners.history import LOOKING_BACK
from bot.offers import posted
from bot.workspace.faults import Fault
from incident.alert import Alert
from incident.facts import AlertSeen, Remark
from incident.model import Incident
from incident.status import Status, World
from storage.database import Database
from storage.leases import LASTS, SqlLeases
from storage.memory import Origin
from tests.incident import made
from tests.postgres import Server

OFTEN = replace(QUICK, look_back=0.2, hearing=0.0)


def alerted(service: str) -> dict[str, Any]:
    about = Alert.model_validate({"service": service, "name": "Slow", "fired_at": "2026-01-01T00:00:00Z"})
    return posted(about, "production")


def alert(scene: Scene, service: str) -> None:
    scene.workspace.post(ALERTMANAGER, ALERTS, **alerted(service))


def unheard(scene: Scene, service: str) -> None:
    with scene.unheard():
        alert(scene, service)


async def ended(scene: Scene, service: str) -> Incident:
    return await scene.stored(lambda i: i.alert.service == service and i.status.ended)


async def test_an_alert_that_nobody_heard_is_found_once_and_one_that_was_heard_is_not_taken_up_again(
    scene: Scene,
) -> None:
    scene.pace = OFTEN
    async with scene.bot():
        alert(scene, "cart")
        await ended(scene, "cart")
        for service in ("basket", "search"):
            unheard(scene, service)
            assert (await ended(scene, service)).alert.labels["late"] == "true"
        found = await scene.incidents()
    assert [each.alert.service for each in found] == ["search", "basket", "cart"]
    assert [each.every(AlertSeen) for each in found] == [()] * 3


async def test_an_alert_is_found_that_is_older_than_one_that_was_heard(scene: Scene) -> None:
    async with scene.bot():
        unheard(scene, "cart")
        alert(scene, "basket")
        await ended(scene, "basket")
        assert len(await scene.incidents()) == 1
    async with scene.bot():
        await ended(scene, "cart")


async def test_an_alert_is_found_after_its_channel_could_not_be_read_for_a_while(scene: Scene) -> None:
    scene.pace = OFTEN
    async with scene.bot():
        scene.workspace.faults.add(Fault("conversations.history", "error", times=2))
        unheard(scene, "cart")
        await ended(scene, "cart")


async def test_while_nobody_says_whether_outsiders_read_a_channel_nothing_in_it_is_taken_up(scene: Scene) -> None:
    scene.pace = OFTEN
    async with scene.bot():
        scene.workspace.channel(ALERTS).ext_shared = True
        scene.workspace.faults.add(Fault("conversations.info", "error", times=2))
        with scene.unheard():
            ts = scene.workspace.post(ALERTMANAGER, ALERTS, **alerted("cart"))
        while (await scene.storage.memory.last_read(ALERTS) or "") < ts:  # noqa: ASYNC110 - a row that tells nobody
            await asyncio.sleep(0.02)
        assert await scene.incidents() == ()


async def test_of_several_alerts_in_one_message_the_rest_is_found_where_a_process_died_after_the_first(
    scene: Scene,
) -> None:
    said = [alerted(service)["attachments"][0] for service in ("cart", "basket", "search")]
    async with scene.bot():
        with scene.unheard():
            ts = scene.workspace.post(ALERTMANAGER, ALERTS, text="", attachments=said)
        message = scene.workspace.channel(ALERTS).messages[ts].content
        first, *_ = (
            each
            for each in read_message(message, default_environment="production", seen_at=datetime.now(UTC))
            if isinstance(each, Fired)
        )
        known = made.incident(World.REAL).model_copy(update={"alert": first.alert, "opened_at": datetime.now(UTC)})
        await scene.storage.store.beginning_at(Origin(ALERTS, ts)).open(known)
    async with scene.bot():
        await ended(scene, "search")
        await scene.at_rest()
        found = await scene.incidents()
    assert sorted(each.alert.service for each in found) == ["basket", "cart", "search"]
    assert [each.every(AlertSeen) for each in found] == [()] * 3


async def test_a_remark_is_kept_once_whether_slack_tells_of_it_three_times_or_told_a_process_that_died(
    scene: Scene,
) -> None:
    scene.pace = OFTEN
    scene.workspace.channel(ALERTS).members.add(GUEST)
    async with scene.bot():
        ts = await scene.fire("payment-declines")
        await scene.stored(lambda i: i.status is Status.AWAITING_APPROVAL)
        scene.workspace.people.say(ADA, ALERTS, "<@UFRBOT> status", ts)
        await scene.workspace.redeliver(times=2)
        for words in ("since noon", "it is over"):
            with scene.unheard():
                scene.workspace.people.say(GUEST, ALERTS, f"somebody said: {words}", ts)
                scene.workspace.people.say(BEN, ALERTS, words, ts)
            incident = await scene.stored(lambda i, words=words: i.every(Remark) and i.every(Remark)[-1].text == words)
        await scene.at_rest()
    assert [each.by for each in incident.every(Remark)] == [ADA, BEN, BEN]
    answers = [m for m in scene.messages(ALERTS, ts) if not m.get("username") and not m.get("blocks")]
    assert sum("waiting for approval" in str(m["text"]) for m in answers) == 1


async def test_where_whoever_looked_has_died_another_one_looks(scene: Scene, postgresql: Server) -> None:
    scene.pace, scene.database_url = OFTEN, postgresql.database()
    async with Database(scene.database_url) as database:
        await database.upgrade()
        dead = SqlLeases(database)
        assert await dead.take(LOOKING_BACK)
        async with scene.bot():
            unheard(scene, "cart")
            await scene.command(ADA, "/responder status")
            await scene.answer(ADA, INCIDENTS)
            assert await scene.incidents() == ()
            async with database.writing() as connection:
                await connection.execute(text("UPDATE leases SET until = until - :seconds"), {"seconds": LASTS})
            await ended(scene, "cart")
            assert scene.storage.leases.holds(LOOKING_BACK)
