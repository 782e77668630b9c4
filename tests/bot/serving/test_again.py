"""Looking again with what people know, in the thread where they said it."""

import asyncio

from scene import ADA, ALERTS, BEN, CLEO, Scene

from incident.facts import Agent, Closed, Remark, RollbackStarted, Turn
from incident.model import Incident
from incident.status import Status


async def reported(scene: Scene, name: str) -> tuple[str, Incident]:
    """Fire an alert whose investigation somebody stops, so that nothing was done about it."""
    ts = await scene.fire(name)
    begun = await scene.stored(lambda i: i.every(Turn))
    await scene.runner.stop(begun.id, ADA)
    await scene.at_rest()
    return ts, await scene.storage.store.load(begun.id)


async def follower(scene: Scene, earlier: Incident) -> Incident:
    settled = {Status.AWAITING_APPROVAL, Status.REPORTED}
    return await scene.stored(lambda i: i.follows == earlier.id and i.status in settled)


async def test_the_button_opens_one_incident_in_the_same_thread_that_knows_the_remarks_and_asks_before_it_acts(
    scene: Scene,
) -> None:
    async with scene.bot():
        ts, earlier = await reported(scene, "checkout-latency")
        scene.workspace.people.say(BEN, ALERTS, f"have a look at {earlier.alert.service}", ts)
        await scene.stored(lambda i: i.every(Remark))
        await scene.at_rest()
        (card,) = scene.with_button("look_again")
        await asyncio.gather(*(scene.press(who, card, "look_again") for who in (ADA, CLEO)))
        told = sorted([await scene.answer(who) for who in (ADA, CLEO)])
        fresh = await follower(scene, earlier)
        await scene.at_rest()
        assert len(await scene.incidents()) == 2
        closed = (await scene.storage.store.load(earlier.id)).last(Closed)
        assert f"Looking again as {fresh.id}, with 1 remark" in "".join(told)
    assert closed is not None
    assert closed.by in {ADA, CLEO}
    assert isinstance(fresh.facts[0], Remark)
    assert fresh.facts[0].by == BEN
    assert fresh.status is Status.AWAITING_APPROVAL
    assert fresh.last(RollbackStarted) is None
    decided = [turn.text for turn in fresh.every(Turn) if turn.agent is Agent.COMMANDER]
    assert f"A person in the thread pointed to {earlier.alert.service}" in decided[-1]
    assert any(fresh.id in str(m["blocks"]) for m in scene.messages(ALERTS, ts) if m.get("blocks"))


async def test_a_mention_does_it_with_what_it_says_and_only_when_the_work_is_over(scene: Scene) -> None:
    async with scene.bot():
        ts, earlier = await reported(scene, "quiet-day")
        scene.workspace.people.say(CLEO, ALERTS, "<@UFRBOT> look again: it is the redis cache", ts)
        fresh = await follower(scene, earlier)
        assert [(r.by, r.text) for r in fresh.every(Remark)] == [(CLEO, "it is the redis cache")]
        await scene.at_rest()
        replies = [str(m["text"]) for m in scene.messages(ALERTS, ts)]
    assert any(f"Looking again as {fresh.id}" in text for text in replies)
