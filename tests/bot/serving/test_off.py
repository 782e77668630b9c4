"""With SFA_MODE=off nothing new is begun, whoever asks and however; they are told why."""

from scene import ADA, ALERTS, BEN, CLEO, INCIDENTS, Scene

from bot.workspace.spots import Place
from incident.model import Incident

OFF = "SFA_MODE is off"


async def ended(scene: Scene) -> Incident:
    await scene.command(ADA, "/investigate quiet-day")
    await scene.stored(lambda i: i.status.ended)
    await scene.at_rest()
    return (await scene.incidents())[0]


async def test_a_command_a_modal_a_mention_a_shortcut_and_an_alert_open_nothing(scene: Scene) -> None:
    async with scene.bot({"mode": "off"}):
        await scene.command(ADA, "/investigate quiet-day")
        await scene.command(ADA, "/investigate")
        await scene.command(ADA, "/responder drill quiet-day")
        told = [await scene.answer(ADA, INCIDENTS, number) for number in (1, 2, 3)]
        said = scene.workspace.people.say(BEN, INCIDENTS, "<@UFRBOT> investigate quiet-day")
        answered = await scene.until(lambda: scene.messages(INCIDENTS, said)[1:])
        ts = await scene.fire("quiet-day")
        await scene.workspace.interactions.shortcut(CLEO, Place(ALERTS, ts), "investigate_message")
        told.append(await scene.answer(CLEO, ALERTS))
        await scene.workspace.interactions.shortcut(CLEO, Place(INCIDENTS, said), "investigate_message")
        told.append(await scene.answer(CLEO, INCIDENTS))
        assert all(OFF in text for text in (*told, answered[0]["text"]))
        assert scene.workspace.team.modals.get(ADA) in (None, [])
        await scene.at_rest()
        assert await scene.incidents() == ()


async def test_what_has_ended_is_not_looked_at_again_and_can_still_be_read(scene: Scene) -> None:
    async with scene.bot():
        before = await ended(scene)
    async with scene.bot({"mode": "off"}):
        card = scene.with_button("look_again", INCIDENTS)[0]
        await scene.press(BEN, card, "look_again", INCIDENTS)
        assert OFF in await scene.answer(BEN, INCIDENTS)
        await scene.press(BEN, card, "open_report", INCIDENTS)
        assert before.id in await scene.answer(BEN, INCIDENTS, 2)
        assert [each.status for each in await scene.incidents()] == [before.status]
