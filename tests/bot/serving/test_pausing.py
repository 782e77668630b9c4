"""The kill switch in the workspace: anybody presses it, nothing is begun, everybody sees it; and what is kept of it."""

import json
from typing import Any

from scene import ADA, ALERTS, BEN, CLEO, GUEST, INCIDENTS, Scene

from bot.listeners.admission import GUESTS
from incident.facts import Approval, RollbackStarted
from incident.status import Status
from storage.audit import Entry


async def entries(scene: Scene) -> list[Entry]:
    return [kept.entry for kept in await scene.storage.audit.entries()]


async def card_that(scene: Scene, *, paused: bool) -> dict[str, Any]:
    """Wait until the question says so, or says so no more: an edit gives its buttons new ids."""
    return await scene.until(
        lambda: next((m for m in scene.with_button("approve") if ("Acting is paused" in json.dumps(m)) is paused), None)
    )


async def test_a_pause_while_a_question_is_open_is_on_its_card_and_loses_nothing(scene: Scene) -> None:
    async with scene.bot(admins=(BEN,)):
        await scene.fire("payment-declines")
        await scene.question()
        await scene.command(CLEO, "/responder pause migration of the payment database", INCIDENTS)
        assert "Acting is paused" in await scene.answer(CLEO, INCIDENTS)
        await scene.press(ADA, await card_that(scene, paused=True), "approve")
        said = await scene.answer(ADA)
        assert f"Acting is paused by <@{CLEO}> since <!date^" in said
        assert "migration of the payment database" in said
        assert (await scene.stored(lambda i: i.status is Status.AWAITING_APPROVAL)).last(Approval) is None

        await scene.command(CLEO, "/responder resume", INCIDENTS)
        assert f"You may not resume: <@{BEN}> may." in await scene.answer(CLEO, INCIDENTS, 2)
        await scene.command(BEN, "/responder resume", INCIDENTS)
        assert await scene.answer(BEN, INCIDENTS) == "Acting is resumed."
        await scene.press(ADA, await card_that(scene, paused=False), "approve")
        assert "Approved" in await scene.answer(ADA, number=2)
        incident = await scene.stored(lambda i: i.status.ended)
        kinds = [(each.kind, each.by) for each in await entries(scene)]
    assert len(incident.every(RollbackStarted)) == 1
    assert kinds[:8] == [
        ("verdict", "first-responder"),
        ("paused", CLEO),
        ("answering", ADA),
        ("refused", ADA),
        ("refused", CLEO),
        ("resumed", BEN),
        ("answering", ADA),
        ("approval", ADA),
    ]


async def test_while_paused_an_alert_is_looked_into_and_nothing_is_rolled_back(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(CLEO, "/responder pause", INCIDENTS)
        await scene.answer(CLEO, INCIDENTS)
        await scene.fire("checkout-latency")
        incident = await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
        await scene.command(ADA, "/responder status", INCIDENTS)
        status = await scene.answer(ADA, INCIDENTS)
    assert (incident.status, incident.last(RollbackStarted)) == (Status.REPORTED, None)
    assert "Acting is paused by" in json.dumps(scene.messages(ALERTS))
    assert status.startswith(f"Acting is paused by <@{CLEO}> since")


async def test_a_pause_outlasts_the_process_and_the_first_one_stands(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(CLEO, "/responder pause", INCIDENTS)
        await scene.answer(CLEO, INCIDENTS)
    async with scene.bot():
        await scene.command(ADA, "/responder pause", INCIDENTS)
        said = await scene.answer(ADA, INCIDENTS)
    assert said.startswith(f"Acting is paused by <@{CLEO}>")
    assert said.endswith("That stays as it is.")


async def test_guests_may_not_pause_and_where_there_are_no_admins_the_answer_says_how_to_set_them(scene: Scene) -> None:
    async with scene.bot():
        scene.workspace.channel(INCIDENTS).members.add(GUEST)
        await scene.command(GUEST, "/responder pause", INCIDENTS)
        assert await scene.answer(GUEST, INCIDENTS) == GUESTS
        assert await scene.storage.store.paused() is None
        await scene.command(ADA, "/responder resume", INCIDENTS)
        assert "SFA_ADMINS" in await scene.answer(ADA, INCIDENTS)


async def test_a_pause_that_a_setting_holds_says_so_to_whoever_resumes(scene: Scene) -> None:
    async with scene.bot({"paused": True}, admins=(BEN,)):
        await scene.command(BEN, "/responder resume", INCIDENTS)
        said = await scene.answer(BEN, INCIDENTS)
        paused = await scene.storage.store.paused()
    assert "Acting is paused by SFA_PAUSED" in said
    assert "change it and start the bot again" in said
    assert paused is not None


async def test_the_home_begins_with_it(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(CLEO, "/responder pause", INCIDENTS)
        await scene.answer(CLEO, INCIDENTS)
        scene.workspace.people.open_home(ADA, "AFIRST")
        home = await scene.until(lambda: scene.workspace.team.homes.get(ADA))
    assert "Acting is paused" in json.dumps(home.content["blocks"][0])


async def test_a_refused_click_is_kept_with_who_might_have_answered_at_that_moment(scene: Scene) -> None:
    async with scene.bot(approvers=("S0ONCALL", ADA)):
        await scene.fire("payment-declines")
        card = await scene.question()
        await scene.press(CLEO, card, "approve")
        await scene.answer(CLEO)
        scene.workspace.channel(ALERTS).members.add(GUEST)
        await scene.press(GUEST, card, "approve")
        await scene.answer(GUEST)
        incident = await scene.stored(lambda i: i.status is Status.AWAITING_APPROVAL)
        told = [each for each in await entries(scene) if each.kind == "refused"]
    assert [(each.by, each.incident_id) for each in told] == [(CLEO, incident.id), (GUEST, incident.id)]
    assert told[0].what["press"] == "approved"
    assert "You may not approve" in str(told[0].what["why"])
    assert told[1].what["why"] == GUESTS
    assert told[0].what["allowed"] == {"people": [ADA], "groups": {"S0ONCALL": [ADA, BEN]}}


async def test_a_mute_is_kept(scene: Scene) -> None:
    async with scene.bot():
        await scene.fire("quiet-day")
        await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
        await scene.press(ADA, scene.with_button("mute")[0], "mute")
        day = (await scene.modal(ADA)).content["blocks"][0]["element"]["options"][0]
        await scene.submit(ADA, length={"type": "static_select", "selected_option": day})
        await scene.until(lambda: "muted this alert until" in json.dumps(scene.messages(ALERTS)) or None)
        told = [(each.kind, each.by) for each in await entries(scene)]
    assert ("muted", ADA) in told
