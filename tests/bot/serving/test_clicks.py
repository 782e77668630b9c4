"""Buttons: one effect, and everybody answered."""

import asyncio

from scene import ADA, ALERTS, BEN, CLEO, GUEST, INCIDENTS, Scene

from bot.offers import posted
from incident.alert import Alert
from incident.catalog import Catalog
from incident.facts import AlertSeen, Approval, Closed, Decision, Owned, RollbackStarted, Stopped, Verdict
from incident.status import Status

CART = Alert.model_validate({"service": "cart", "name": "CartSlow", "fired_at": "2026-01-01T00:00:00Z"})


async def test_a_click_sent_twice_at_once_has_one_effect_and_two_answers(scene: Scene) -> None:
    async with scene.bot():
        await scene.fire("payment-declines")
        card = await scene.question()
        await asyncio.gather(*(scene.press(ADA, card, "approve") for _ in range(2)))
        told = [await scene.answer(ADA, number=number) for number in (1, 2)]
        incident = await scene.stored(lambda i: i.status.ended)
    assert sorted(text.split(":")[0] for text in told) == ["Approved", "This is decided already"]
    assert len(incident.every(RollbackStarted)) == 1
    assert [a.by for a in incident.every(Approval)] == [ADA]


async def test_of_two_people_who_disagree_at_once_one_counts_and_the_other_hears_who_and_when(scene: Scene) -> None:
    async with scene.bot():
        await scene.fire("payment-declines")
        card = await scene.question()
        await scene.press(BEN, card, "reject")
        await scene.modal(BEN)
        await scene.press(ADA, card, "approve")
        assert "Approved" in await scene.answer(ADA)
        await scene.submit(BEN, reason={"type": "plain_text_input", "value": "rather not"})
        said = await scene.answer(BEN)
        incident = await scene.stored(lambda i: i.status.ended)
    assert f"This is decided already: <@{ADA}> approved it at <!date^" in said
    assert len(incident.every(Approval)) == 1


async def test_somebody_who_may_not_is_told_who_may_and_nothing_happens(scene: Scene) -> None:
    async with scene.bot():
        await scene.fire("payment-declines")
        card = await scene.question()
        await scene.press(CLEO, card, "approve")
        await scene.press(CLEO, card, "reject")
        told = [await scene.answer(CLEO, number=number) for number in (1, 2)]
        incident = await scene.stored(lambda i: i.status is Status.AWAITING_APPROVAL)
    assert all("You may not" in text and "<!subteam^S0ONCALL>" in text for text in told)
    assert incident.last(Approval) is None


async def test_where_nobody_is_set_to_approve_the_answer_says_how_to_set_it(scene: Scene) -> None:
    async with scene.bot(approvers=()):
        await scene.fire("payment-declines")
        await scene.press(ADA, await scene.question(), "approve")
        assert "SFA_APPROVERS" in await scene.answer(ADA)


async def test_somebody_who_has_left_the_group_may_no_longer(scene: Scene) -> None:
    async with scene.bot():
        await scene.fire("payment-declines")
        card = await scene.question()
        scene.workspace.team.groups["S0ONCALL"].members.remove(ADA)
        await scene.press(ADA, card, "approve")
        assert "You may not" in await scene.answer(ADA)


async def test_a_rejection_keeps_its_reason(scene: Scene) -> None:
    async with scene.bot():
        await scene.fire("payment-declines")
        await scene.press(BEN, await scene.question(), "reject")
        await scene.submit(BEN, reason={"type": "plain_text_input", "value": "the bank is down <!channel>"})
        assert "Rejected" in await scene.answer(BEN)
        incident = await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
    approval = incident.last(Approval)
    assert approval is not None
    assert (approval.decision, approval.by, approval.reason) == (Decision.REJECTED, BEN, "the bank is down <!channel>")
    assert incident.last(RollbackStarted) is None
    assert not any("<!channel>" in str(m["text"]) for m in scene.messages(ALERTS))


async def test_a_click_after_a_restart_counts_in_the_same_world(scene: Scene) -> None:
    async with scene.bot():
        await scene.fire("payment-declines")
        card = await scene.question()
        await scene.at_rest()
    async with scene.bot():
        await scene.press(ADA, card, "approve")
        assert "Approved" in await scene.answer(ADA)
        incident = await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
    assert len(incident.every(RollbackStarted)) == 1
    assert incident.status is Status.HANDED_OVER


async def test_a_stop_ends_the_question_and_says_who_pressed_it(scene: Scene) -> None:
    async with scene.bot():
        await scene.fire("payment-declines")
        await scene.question()
        card = scene.with_button("stop")[0]
        await asyncio.gather(*(scene.press(who, card, "stop") for who in (CLEO, BEN)))
        told = {await scene.answer(CLEO), await scene.answer(BEN)}
        incident = await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
        assert scene.with_button("approve") == []
    assert len(incident.every(Stopped)) == 1
    assert incident.status is Status.REPORTED
    assert sorted("already" in text for text in told) == [False, True]


async def test_slacks_own_stop_is_shown_while_the_team_works_and_ends_it(scene: Scene) -> None:
    sessions = scene.workspace.channel(ALERTS).sessions
    async with scene.bot():
        ts = await scene.fire("payment-declines")
        await scene.until(lambda: sessions.get(ts) == "processing")
        scene.workspace.people.stop_session(CLEO, ALERTS, ts)
        incident = await scene.stored(lambda i: i.last(Stopped))
        await scene.until(lambda: sessions.get(ts) == "active")
    assert [stopped.by for stopped in incident.every(Stopped)] == [CLEO]
    assert incident.status is Status.REPORTED


async def test_a_question_expires_by_itself_also_after_a_restart(scene: Scene) -> None:
    async with scene.bot({"approval_ttl": "3s"}):
        await scene.fire("payment-declines")
        await scene.stored(lambda i: i.last(Verdict))
    async with scene.bot({"approval_ttl": "3s"}):
        incident = await scene.stored(lambda i: i.last(Approval))
        await scene.at_rest()
        expired = incident.last(Approval)
        assert expired is not None
        assert expired.decision is Decision.EXPIRED
        assert incident.status is Status.REPORTED
        assert scene.with_button("approve") == []


async def test_two_people_have_to_agree_where_that_is_set(scene: Scene) -> None:
    async with scene.bot({"catalog": Catalog(people={"d.lindqvist": CLEO})}, two_person=True):
        await scene.fire("payment-declines")
        card = await scene.question()
        await scene.press(ADA, card, "approve")
        assert "One more is needed" in await scene.answer(ADA)
        await scene.press(ADA, card, "approve")
        assert "already" in await scene.answer(ADA, number=2)
        await scene.press(BEN, card, "approve")
        assert "Approved" in await scene.answer(BEN)
        incident = await scene.stored(lambda i: i.last(RollbackStarted))
    assert [a.by for a in incident.every(Approval)] == [ADA, BEN]


async def test_whoever_takes_it_owns_it_and_a_guest_can_do_nothing(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(CLEO, "/investigate quiet-day")
        await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
        card = scene.with_button("own", INCIDENTS)[0]
        await scene.press(CLEO, card, "own", INCIDENTS)
        assert "is yours" in await scene.answer(CLEO, INCIDENTS, 2)
        await scene.at_rest()
        (incident,) = await scene.incidents()
        assert [owned.by for owned in incident.every(Owned)] == [CLEO]
        scene.workspace.channel(INCIDENTS).members.add(GUEST)
        await scene.press(GUEST, scene.with_button("own", INCIDENTS)[0], "own", INCIDENTS)
        assert "Guests" in await scene.answer(GUEST, INCIDENTS)
        assert len((await scene.incidents())[0].every(Owned)) == 1


async def test_a_word_about_the_diagnosis_is_kept(scene: Scene) -> None:
    async with scene.bot():
        scene.workspace.post("AALERTM", ALERTS, **posted(CART, "production"))
        incident = await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
        await scene.press(CLEO, scene.with_button("feedback_wrong")[0], "feedback_wrong")
        assert "Noted" in await scene.answer(CLEO)
        said = await scene.storage.feedback.since(incident.opened_at)
    assert [(each.by, each.rating) for each in said] == [(CLEO, "wrong")]


async def mute(scene: Scene, user: str, hours: str) -> str:
    """Press the button, choose, and return what the form said before."""
    await scene.press(user, scene.with_button("mute")[0], "mute")
    view = (await scene.modal(user)).content
    choice = next(o for o in view["blocks"][-1]["element"]["options"] if o["value"] == hours)
    await scene.submit(user, length={"type": "static_select", "selected_option": choice})
    return str(view["blocks"][0])


async def test_the_thread_says_who_muted_an_alert_which_is_quiet_until_somebody_unmutes_it(scene: Scene) -> None:
    def said(words: str) -> object:
        return next((m for m in scene.messages(ALERTS) if words in m["text"] and m["only_for"] is None), None)

    async with scene.bot():
        ts = scene.workspace.post("AALERTM", ALERTS, **posted(CART, "production"))
        incident = await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
        await mute(scene, CLEO, "24")
        assert (await scene.until(lambda: said(f"<@{CLEO}> muted this alert until <!date^")))["thread_ts"] == ts
        scene.workspace.post("AALERTM", ALERTS, **posted(CART, "production"))
        await scene.fire("quiet-day")
        await scene.stored(lambda i: i.target == "quiet-day" and i.status.ended)
        assert (await scene.storage.store.load(incident.id)).every(AlertSeen) == ()
        await scene.at_rest()
        assert CLEO in await mute(scene, BEN, "0")
        await scene.until(lambda: said(f"<@{BEN}> unmuted this alert"))
        scene.workspace.post("AALERTM", ALERTS, **posted(CART, "production"))
        assert (await scene.stored(lambda i: i.every(AlertSeen))).id == incident.id


async def test_what_was_reported_is_closed_by_one_of_two_who_press_and_both_are_answered(scene: Scene) -> None:
    async with scene.bot():
        await scene.fire("quiet-day")
        await scene.stored(lambda i: i.status is Status.REPORTED)
        await scene.at_rest()
        (card,) = scene.with_button("close")
        await asyncio.gather(*(scene.press(who, card, "close") for who in (ADA, CLEO)))
        told = sorted([await scene.answer(who) for who in (ADA, CLEO)])
        over = await scene.stored(lambda i: i.status is Status.CLOSED)
        await scene.at_rest()
        assert not scene.with_button("close")
    closed = over.last(Closed)
    assert closed is not None
    assert closed.by in {ADA, CLEO}
    assert [f"{over.id} is closed already" in text for text in told] in ([True, False], [False, True])
