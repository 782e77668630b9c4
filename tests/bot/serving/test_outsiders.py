"""Guests, and channels that people of another organisation read: nothing is shown there."""

from scene import ADA, ALERTS, BEN, GUEST, INCIDENTS, Scene

from bot.workspace.spots import Place
from incident.facts import Remark, Turn
from incident.model import Incident

GENERAL = "C0GENERAL"
BOT = "UFRBOT"


async def begun(scene: Scene) -> tuple[str, Incident]:
    ts = await scene.fire("payment-declines")
    return ts, await scene.stored(lambda i: i.every(Turn))


async def test_a_guest_gets_no_form_and_no_help_and_what_one_writes_in_a_thread_steers_nobody(scene: Scene) -> None:
    async with scene.bot():
        scene.workspace.channel(ALERTS).members.add(GUEST)
        ts, incident = await begun(scene)
        await scene.command(GUEST, "/investigate", ALERTS)
        await scene.command(GUEST, "/investigate help", ALERTS)
        await scene.workspace.interactions.shortcut(GUEST, Place(ALERTS, ts), "investigate_message")
        scene.workspace.people.say(GUEST, ALERTS, "it is the database", ts)
        told = [await scene.answer(GUEST, number=number) for number in (1, 2, 3, 4)]
        scene.workspace.people.say(BEN, ALERTS, "it is the issuer", ts)
        known = await scene.stored(lambda i: i.every(Remark))
        assert scene.workspace.team.modals.get(GUEST) in (None, [])
    assert all(text.startswith("Guests of this workspace") for text in told)
    assert (known.id, [remark.by for remark in known.every(Remark)]) == (incident.id, [BEN])


async def test_slacks_own_stop_does_nothing_for_a_guest(scene: Scene) -> None:
    sessions = scene.workspace.channel(ALERTS).sessions
    async with scene.bot():
        scene.workspace.channel(ALERTS).members.add(GUEST)
        ts = await scene.fire("payment-declines")
        await scene.until(lambda: sessions.get(ts) == "processing")
        scene.workspace.people.stop_session(GUEST, ALERTS, ts)
        assert "Guests" in await scene.answer(GUEST)
        assert (await scene.question())["text"].startswith("Roll back payment-gateway?")


async def test_in_a_channel_that_others_read_whoever_asks_is_answered_alone(scene: Scene) -> None:
    async with scene.bot():
        scene.workspace.channel(INCIDENTS).ext_shared = True
        before = len(scene.messages(INCIDENTS))
        for number, words in enumerate(("status", "help", "investigate quiet-day", "rca last"), 1):
            scene.workspace.people.say(ADA, INCIDENTS, f"<@{BOT}> {words}")
            assert "shared with another organisation" in await scene.answer(ADA, INCIDENTS, number)
        await scene.command(ADA, "/investigate quiet-day")
        assert "shared with another organisation" in await scene.answer(ADA, INCIDENTS, 5)
        assert await scene.incidents() == ()
        public = [m for m in scene.messages(INCIDENTS)[before:] if m["only_for"] is None]
    assert [m["user"] for m in public] == [ADA] * 4


async def test_what_began_before_a_channel_was_shared_is_not_looked_at_again_in_it(scene: Scene) -> None:
    async with scene.bot():
        await scene.command(ADA, "/investigate quiet-day")
        await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
        scene.workspace.channel(INCIDENTS).ext_shared = True
        await scene.press(ADA, scene.with_button("look_again", INCIDENTS)[0], "look_again", INCIDENTS)
        assert "shared with another organisation" in await scene.answer(ADA, INCIDENTS, 2)
        assert len(await scene.incidents()) == 1
