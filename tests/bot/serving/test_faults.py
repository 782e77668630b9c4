"""Slack in trouble while the real bot works: nothing lost, nothing doubled, order kept, nobody waits for it."""

import asyncio

from scene import ADA, ALERTS, INCIDENTS, Scene

from bot.workspace.faults import Fault
from incident.facts import Approval
from incident.model import Incident
from incident.status import Status


def keys(scene: Scene, incident: Incident, channel: str = ALERTS) -> list[str]:
    """The keys of an incident's messages as they stand in its thread."""
    told = (message.metadata for message in scene.workspace.channel(channel).messages.values() if message.metadata)
    return [key for each in told if (key := each["event_payload"]["key"]).startswith(incident.id)]


def in_order(told: list[str], incident: Incident) -> list[str]:
    """The keys of the facts' texts as they have to stand there, the question aside, which may overtake."""
    facts = [key for key in told if key.removeprefix(f"{incident.id}:")[0].isdigit()]
    return sorted(facts, key=lambda key: [int(part) for part in key.removeprefix(f"{incident.id}:").split(":")])


async def test_an_investigation_ends_while_slack_is_down_and_its_thread_comes_whole_and_in_order_later(
    scene: Scene,
) -> None:
    async with scene.bot():
        scene.workspace.faults.add(*(Fault(f"chat.{each}", "500", times=100_000) for each in ("postMessage", "update")))
        await scene.fire("quiet-day")
        incident = await scene.stored(lambda i: i.status.ended)
        assert scene.messages(ALERTS)[1:] == []
        scene.workspace.faults.clear()
        await scene.at_rest()
    first, *told = keys(scene, incident)
    assert (first, told) == (f"{incident.id}:card", in_order(told, incident))
    assert {int(key.split(":")[1]) for key in told} == set(range(1, len(incident.facts) + 1))
    assert len(told) == len(set(told))


async def test_a_thread_is_whole_and_in_order_although_every_kind_of_call_goes_wrong(scene: Scene) -> None:
    often = ("chat.postMessage", "chat.update", "reactions.add", "agents.sessions.setStatus")
    async with scene.bot():
        for kind in ("429", "500", "cut"):
            scene.workspace.faults.add(*(Fault(each, kind, retry_after=0) for each in often))
        scene.workspace.faults.add(
            Fault("files.getUploadURLExternal", "429", retry_after=0), Fault("files.completeUploadExternal", "cut")
        )
        ts = await scene.fire("checkout-latency")
        incident = await scene.stored(lambda i: i.status is Status.RESOLVED)
        await scene.at_rest()
        assert await scene.storage.outbox.refused() == {}
    told = keys(scene, incident)
    assert len(told) == len(set(told))
    assert told[1:] == in_order(told[1:], incident)
    files = [name for message in scene.messages(ALERTS, ts) for name in message["files"]]
    assert len(files) == len(set(files)) == 4, files
    assert f"{incident.id}.pdf" in files
    assert len(scene.workspace.faults) == 0


async def test_an_alert_whose_acknowledgement_came_late_is_delivered_again_and_opens_one_incident(scene: Scene) -> None:
    async with scene.bot():
        scene.workspace.faults.add(Fault("events_api", "late"))
        await scene.fire("quiet-day")
        await scene.until(lambda: len(scene.workspace.faults) == 0)
        incident = await scene.stored(lambda i: i.status.ended)
        await asyncio.sleep(1.2)  # Slack delivers it again after a second
        await scene.at_rest()
        assert await scene.incidents() == (incident,)


async def test_a_command_and_a_click_that_were_acknowledged_late_have_one_effect_and_an_answer(scene: Scene) -> None:
    async with scene.bot():
        scene.workspace.faults.add(Fault("slash_commands", "late"), Fault("interactive", "late"))
        await scene.command(ADA, "/investigate payment-declines")
        card = await scene.question(INCIDENTS)
        await scene.press(ADA, card, "approve", INCIDENTS)
        await scene.press(ADA, card, "approve", INCIDENTS)
        incident = await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
    told = scene.told(ADA, INCIDENTS)
    assert [each.by for each in incident.every(Approval)] == [ADA]
    assert sum("Approved: " in text for text in told) == 1
    assert any(text.startswith("This is decided already") for text in told)
    assert len(scene.workspace.faults) == 0
