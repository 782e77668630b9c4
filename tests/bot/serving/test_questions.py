"""Questions in an incident's thread: who is answered, when, with what, once, and after a death too."""

import re
from dataclasses import replace

from scene import ADA, ALERTS, BEN, QUICK, Scene

from incident.facts import Answered, Diagnosis, Remark, Turn
from incident.model import Incident
from incident.status import Status

OFTEN = replace(QUICK, look_back=0.2, hearing=0.0)


async def reported(scene: Scene, name: str) -> tuple[str, Incident]:
    """Fire an alert and wait until people are asked, or nothing is left to do."""
    ts = await scene.fire(name)
    done = {Status.AWAITING_APPROVAL, Status.REPORTED, Status.RESOLVED, Status.HANDED_OVER}
    incident = await scene.stored(lambda i: i.status in done)
    await scene.at_rest()
    return ts, incident


async def answered(scene: Scene, number: int = 1) -> list[Answered]:
    incident = await scene.stored(lambda i: len(i.every(Answered)) >= number)
    await scene.at_rest()
    return list(incident.every(Answered))


def replies(scene: Scene, ts: str, words: str, channel: str = ALERTS) -> list[str]:
    return [str(m["text"]) for m in scene.messages(channel, ts) if m.get("bot_id") and words in str(m["text"])]


async def test_a_mention_that_asks_is_answered_in_the_thread_once_with_evidence_that_is_there(scene: Scene) -> None:
    async with scene.bot():
        ts, incident = await reported(scene, "checkout-latency")
        scene.workspace.people.say(BEN, ALERTS, "<@UFRBOT> why not the cache?", ts)
        (answer,) = await answered(scene)
        after = await scene.storage.store.load(incident.id)
    assert re.search(r"redis-cache is number [2-8] of 8 by how likely it failed first\.", answer.text)
    assert set(answer.cites) <= {item.id for item in after.evidence}
    (said,) = replies(scene, ts, "why not the cache?")
    assert said.startswith(f"<@{BEN}>: why not the cache?")
    assert "What was found instead: checkout-service failed because of the config change" in said
    assert [(r.by, r.asks) for r in after.every(Remark)] == [(BEN, True)]
    assert "Your remark is kept" not in str(scene.messages(ALERTS, ts))


async def test_people_may_ask_on_without_a_mention_and_are_left_alone_once_others_speak(scene: Scene) -> None:
    async with scene.bot():
        ts, _ = await reported(scene, "quiet-day")
        say = scene.workspace.people.say
        say(ADA, ALERTS, "who is affected?", ts)
        say(ADA, ALERTS, "<@UFRBOT> since when?", ts)
        await answered(scene)
        say(ADA, ALERTS, "metrics before the alert?", ts)
        await answered(scene, 2)
        say(BEN, ALERTS, "why not the cache?", ts)
        await scene.stored(lambda i: len(i.every(Remark)) == 4)
        say(ADA, ALERTS, "what changed on checkout?", ts)
        incident = await scene.stored(lambda i: len(i.every(Remark)) == 5)
        await scene.at_rest()
    assert [remark.asks for remark in incident.every(Remark)] == [False, True, True, False, False]
    _, second = incident.every(Answered)
    assert second.text.startswith("Read for this before ")
    assert second.found
    assert all(item not in incident.evidence for item in second.found)
    assert "no part of the diagnosis: metric_levels(" in replies(scene, ts, "metrics before the alert?")[0]


async def test_it_answers_while_the_team_works_and_the_work_goes_on(scene: Scene) -> None:
    async with scene.bot():
        ts = await scene.fire("quiet-day")
        await scene.stored(lambda i: i.every(Turn))
        scene.workspace.people.say(ADA, ALERTS, "<@UFRBOT> catch me up", ts)
        (answer,) = await answered(scene)
        incident = await scene.stored(lambda i: i.status.ended)
    assert answer.text.startswith(f"{incident.id}: ")
    assert incident.last(Diagnosis) is not None


async def test_in_a_direct_message_a_question_needs_no_mention(scene: Scene) -> None:
    async with scene.bot():
        room = scene.workspace.team.dm(ADA, scene.workspace.team.apps["AFIRST"]).id
        scene.workspace.people.say(ADA, room, "investigate quiet-day")
        await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
        card = next(m for m in scene.messages(room) if m.get("bot_id"))
        scene.workspace.people.say(ADA, room, "catch me up", card["ts"])
        (answer,) = await answered(scene)
    assert "paged at" in answer.text
    assert replies(scene, card["ts"], "catch me up", room)


async def test_an_order_is_no_question(scene: Scene) -> None:
    async with scene.bot():
        ts, incident = await reported(scene, "quiet-day")
        scene.workspace.people.say(ADA, ALERTS, "<@UFRBOT> report", ts)
        await scene.until(lambda: replies(scene, ts, "Its thread"))
        after = await scene.storage.store.load(incident.id)
    assert [remark.asks for remark in after.every(Remark)] == [False]


async def test_what_a_process_owed_when_it_died_the_next_one_answers_once(scene: Scene) -> None:
    async with scene.bot():
        ts, incident = await reported(scene, "quiet-day")
        await scene.runner.note(incident.id, lambda now: Remark(at=now, by=ADA, text="who is affected?", asks=True))
    for _ in range(2):
        async with scene.bot():
            (answer,) = await answered(scene)
    assert f"{incident.alert.service} paged" in answer.text
    assert len(replies(scene, ts, "who is affected?")) == 1


async def test_a_question_that_slack_told_a_process_that_died_is_found_and_answered(scene: Scene) -> None:
    scene.pace = OFTEN
    async with scene.bot():
        ts = await scene.fire("payment-declines")
        await scene.stored(lambda i: i.status is Status.AWAITING_APPROVAL)
        with scene.unheard():
            scene.workspace.people.say(ADA, ALERTS, "<@UFRBOT> why not the cache?", ts)
        (answer,) = await answered(scene)
        await scene.at_rest()
    assert answer.text
    assert len(replies(scene, ts, "why not the cache?")) == 1
