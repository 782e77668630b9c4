"""Approvals under attack, over the wire: how often it was dispatched, what everybody is told, what is kept."""

import asyncio
import json
from datetime import timedelta

import pytest
from asked import CATALOG, LOGIN, Shops, answer, approve, asking, forge, refusals, shop, value
from scene import ADA, ALERTS, BEN, CLEO, INCIDENTS, Scene

from bot.listeners.admission import GUESTS
from bot.listeners.decisions import ELSEWHERE
from bot.listeners.presses import NOT_MINE
from bot.listeners.standing import OWN
from bot.listeners.trusted import FOREIGN, GONE, UNSURE
from bot.workspace.faults import Fault
from bot.workspace.state import User
from incident.catalog import Catalog
from incident.facts import AlertResolved, Approval, Decision, RollbackStarted, Verdict
from incident.model import Incident
from incident.ports import Deployed
from incident.status import Status


async def waiting(scene: Scene) -> Incident:
    return await scene.stored(lambda i: i.status is Status.AWAITING_APPROVAL)


async def test_at_two_replicas_many_approvals_at_once_are_one_dispatch_and_everybody_is_answered(scene: Scene) -> None:
    there = shop()
    async with asking(scene, there), scene.replica(Shops(there), {"catalog": CATALOG}):
        card = await scene.question(INCIDENTS)
        await asyncio.gather(*(scene.press(who, card, "approve", INCIDENTS) for who in (ADA, BEN) * 3))
        told = [await answer(scene, who, number) for who in (ADA, BEN) for number in (1, 2, 3)]
        incident = await scene.stored(lambda i: i.status.ended)
        refused = await refusals(scene)
    assert sorted({text.split(":")[0] for text in told}) == ["Approved", "This is decided already"]
    assert [text.split(":")[0] for text in told].count("Approved") == 1
    assert (len(there.sent), len(incident.every(RollbackStarted)), len(incident.every(Approval))) == (1, 1, 1)
    assert len(refused) == 5


async def test_of_an_approval_and_a_rejection_at_once_one_counts(scene: Scene) -> None:
    there = shop()
    async with asking(scene, there):
        card = await scene.question(INCIDENTS)
        await scene.press(BEN, card, "reject", INCIDENTS)
        await scene.modal(BEN)
        reason = {"type": "plain_text_input", "value": "not now"}
        await asyncio.gather(scene.press(ADA, card, "approve", INCIDENTS), scene.submit(BEN, reason=reason))
        told = {await answer(scene, who) for who in (ADA, BEN)}
        incident = await scene.stored(lambda i: i.status.ended)
        (given,) = incident.every(Approval)
        refused = await refusals(scene)
    assert sum("This is decided already" in text for text in told) == 1
    assert len(there.sent) == (given.decision is Decision.APPROVED)
    assert [by for by, _ in refused] == [BEN if given.by == ADA else ADA]


async def test_a_click_after_the_expiry_is_told_that_it_came_too_late(scene: Scene) -> None:
    there = shop()
    async with asking(scene, there):
        await scene.question(INCIDENTS)
        there.now += timedelta(minutes=31)
        assert "the question expired at" in await approve(scene, ADA)
        await scene.stored(lambda i: i.status is Status.REPORTED)
        ((by, why),) = await refusals(scene)
    assert (by, "expired" in why, there.sent) == (ADA, True, [])


async def test_a_click_after_a_restart_counts_once_and_its_replay_not_at_all(scene: Scene) -> None:
    there = shop()
    async with asking(scene, there):
        carried = value(await waiting(scene))
        await scene.at_rest()
    async with scene.bot({"catalog": CATALOG}, Shops(there)):
        assert "Approved" in await approve(scene, ADA)
        await scene.stored(lambda i: i.status.ended)
        await forge(scene, ADA, carried)
        assert f"This is decided already: <@{ADA}> approved it" in await answer(scene, ADA, 2)
        assert [by for by, _ in await refusals(scene)] == [ADA]
    assert len(there.sent) == 1


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (lambda there: there.history.append(Deployed("shop", "v3", "v2", "chg-3", there.now)), "v3 of shop"),
        (lambda there: there.history.append(Deployed("shop", "v1", "v2", "by-hand", there.now)), "v1 of shop"),
        (lambda there: setattr(there, "healed_at", there.now - timedelta(minutes=30)), "healed"),
    ],
    ids=["something newer was deployed", "somebody fixed it by hand", "the signal healed"],
)
async def test_a_click_after_the_world_has_changed_is_told_what_has_changed(scene: Scene, happens, told) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    there = shop()
    async with asking(scene, there):
        await scene.question(INCIDENTS)
        happens(there)
        said = await approve(scene, ADA)
        incident = await scene.stored(lambda i: i.status is Status.REPORTED)
        await scene.at_rest()
        ((by, why),) = await refusals(scene)
        assert not scene.with_button("approve", INCIDENTS)
    assert said.startswith("Your answer doesn't count: it was superseded")
    assert (told in said, by, told in why, there.sent) == (True, ADA, True, [])
    assert [each.decision for each in incident.every(Approval)] == [Decision.SUPERSEDED]


async def test_where_it_may_still_be_proposed_there_is_a_new_card_and_the_old_one_counts_no_more(scene: Scene) -> None:
    there = shop()
    async with asking(scene, there):
        old, first = value(await waiting(scene)), await scene.question(INCIDENTS)
        there.blind = True
        assert "The signal that paged can't be read now." in await approve(scene, ADA)
        card = await scene.until(
            lambda: next((m for m in scene.with_button("approve", INCIDENTS) if m["ts"] != first["ts"]), None)
        )
        await forge(scene, BEN, old)
        assert "superseded: the plan has changed" in await answer(scene, BEN)
        assert there.sent == []
        await scene.press(BEN, card, "approve", INCIDENTS)
        assert "Approved" in await answer(scene, BEN, 2)
        incident = await scene.stored(lambda i: i.status.ended)
        assert [by for by, _ in await refusals(scene)] == [ADA, BEN]
    assert (len(there.sent), len(incident.every(Verdict))) == (1, 2)


async def test_when_the_alert_heals_the_card_is_withdrawn_and_says_so(scene: Scene) -> None:
    there = shop()
    async with asking(scene, there):
        carried = value(await waiting(scene))
        await scene.question(INCIDENTS)
        await scene.runner.note("INC-1", lambda now: AlertResolved(at=now))
        await scene.at_rest()
        assert not scene.with_button("approve", INCIDENTS)
        assert any("Withdrawn: whoever paged says that it is over" in m["text"] for m in scene.messages(INCIDENTS))
        await forge(scene, ADA, carried)
        assert "the alert was resolved at" in await answer(scene, ADA)
        ((by, _),) = await refusals(scene)
    assert (by, there.sent) == (ADA, [])


@pytest.mark.parametrize(
    ("who", "told"),
    [
        (User("U0EVE", "eve", "Eve", guest=True), GUESTS),
        (User("U0EVE", "eve", "Eve", app_id="ADATADOG"), "Apps and workflows can't answer this"),
        (User("U0EVE", "eve", "Eve", deactivated=True), GONE),
        (User("U0EVE", "eve", "Eve", team_id="T0ELSEWHERE"), FOREIGN),
    ],
    ids=["guest", "app", "deactivated", "of another organisation"],
)
async def test_whoever_is_no_full_member_does_not_count_even_if_a_group_has_them(
    scene: Scene, who: User, told: str
) -> None:
    there = shop()
    team = scene.workspace.team
    team.users[who.id] = who
    team.groups["S0ONCALL"].members.append(who.id)
    team.channels[INCIDENTS].members.add(who.id)
    async with asking(scene, there):
        await forge(scene, who.id, value(await waiting(scene)))
        assert told in await answer(scene, who.id)
        ((by, why),) = await refusals(scene)
    assert (by, told in why, there.sent) == (who.id, True, [])


async def test_whom_slack_does_not_describe_is_not_let_in(scene: Scene) -> None:
    there = shop()
    async with asking(scene, there):
        await scene.question(INCIDENTS)
        scene.workspace.faults.add(Fault("users.info", "error", code="missing_scope"))
        assert await approve(scene, ADA) == UNSURE
        assert await refusals(scene) == [(ADA, UNSURE)]
    assert there.sent == []


async def test_a_group_that_could_not_be_read_is_asked_once_it_can_be(scene: Scene) -> None:
    there = shop()
    scene.workspace.faults.add(Fault("usergroups.users.list", "error", code="fatal_error"))
    async with asking(scene, there):
        verdict = (await waiting(scene)).every(Verdict)[0]
        await scene.at_rest()
    async with scene.bot({"catalog": CATALOG}, Shops(there)):
        await scene.stored(lambda i: i.every(Verdict)[1:])
        await scene.at_rest()
        assert "Approved" in await approve(scene, ADA)
        await scene.stored(lambda i: i.status.ended)
    assert verdict.asked is not None
    assert (verdict.asked.named, verdict.asked.approvers) == (("S0ONCALL",), ())
    assert any("nobody that I can see" in m["text"] for m in scene.messages(INCIDENTS))
    assert len(there.sent) == 1


async def test_wrong_people_and_whoever_joined_the_group_after_the_card_do_not_count(scene: Scene) -> None:
    there = shop()
    members = scene.workspace.team.groups["S0ONCALL"].members
    async with asking(scene, there):
        assert "You may not approve or reject here: <!subteam^S0ONCALL> may approve" in await approve(scene, CLEO)
        members.append(CLEO)
        said = await approve(scene, CLEO, 2)
        assert "You were not among the approvers when this was asked" in said
        assert f"Asked were <@{ADA}>, <@{BEN}>." in said
        members.remove(ADA)
        assert "You may not" in await approve(scene, ADA)
        assert [by for by, _ in await refusals(scene)] == [CLEO, CLEO, ADA]
        verdict = (await waiting(scene)).last(Verdict)
        kept = [each.entry.what for each in await scene.storage.audit.entries() if each.entry.kind == "verdict"]
    assert verdict is not None
    assert verdict.asked is not None
    assert verdict.asked.approvers == (ADA, BEN)
    assert kept[0]["asked"] == verdict.asked.model_dump(mode="json")
    assert there.sent == []


async def test_of_two_people_neither_may_have_made_the_change(scene: Scene) -> None:
    there = shop()
    scene.workspace.team.groups["S0ONCALL"].members.append(CLEO)
    async with asking(scene, there, two_person=True):
        card = await scene.question(INCIDENTS)
        assert f"Whoever made the change doesn't count: <@{CLEO}>" in card["text"]
        assert await approve(scene, CLEO) == OWN
        assert "One more is needed" in await approve(scene, ADA)
        assert "approved this already" in await approve(scene, ADA, 2)
        assert there.sent == []
        assert "Approved" in await approve(scene, BEN)
        incident = await scene.stored(lambda i: i.status.ended)
        assert [by for by, _ in await refusals(scene)] == [CLEO, ADA]
    assert [each.by for each in incident.every(Approval)] == [ADA, BEN]
    assert len(there.sent) == 1


@pytest.mark.parametrize(
    ("actor", "people", "told"),
    [
        (LOGIN, {}, f"{LOGIN} deployed it, and nothing says who that is in Slack. Add {LOGIN} to `people`"),
        ("ci[bot]", {"ci[bot]": CLEO}, "ci[bot] deployed it, which is an app"),
        (None, {LOGIN: CLEO}, "the deployer's record doesn't say who deployed it"),
    ],
)
async def test_where_it_is_not_proved_who_made_the_change_the_card_says_what_helps_and_nobody_can_approve(
    scene: Scene, actor: str | None, people: dict[str, str], told: str
) -> None:
    there = shop(actor)
    async with asking(scene, there, {"catalog": Catalog(people=people)}, two_person=True):
        assert told in (await scene.question(INCIDENTS))["text"]
        assert told in await approve(scene, ADA)
        assert told in await approve(scene, BEN)
        incident = await waiting(scene)
        assert [by for by, _ in await refusals(scene)] == [ADA, BEN]
    assert (incident.last(Approval), there.sent) == (None, [])
    async with scene.bot({"catalog": Catalog(people={str(actor): CLEO})}, Shops(there), two_person=True):
        known = actor == LOGIN
        await scene.stored(lambda i: len(i.every(Verdict)) == 1 + known)


async def test_forged_presses_do_nothing_and_are_kept(scene: Scene) -> None:
    there = shop()
    async with asking(scene, there):
        true = json.loads(value(await waiting(scene)))
        await scene.question(INCIDENTS)
        forged = [
            ({**true, "digest": "sha256:" + "0" * 64}, "superseded: the plan has changed"),
            ({**true, "incident": "INC-9"}, "isn't in my records"),
            ({"incident": true["incident"]}, "superseded: the plan has changed"),
            ({**true, "incident": "INC-1\u0000"}, NOT_MINE),
            ({**true, "incident": ["INC-1"]}, NOT_MINE),
            ({**true, "padding": "x" * 100_000}, NOT_MINE),
            ("[" * 100_000, NOT_MINE),
            ("INC-1", NOT_MINE),
        ]
        for number, (carried, told) in enumerate(forged, 1):
            await forge(scene, ADA, carried if isinstance(carried, str) else json.dumps(carried))
            assert told in await answer(scene, ADA, number)
        await forge(scene, ADA, json.dumps(true), ALERTS)
        assert await scene.answer(ADA, ALERTS) == ELSEWHERE
        refused = await refusals(scene)
        incident = await waiting(scene)
        entries = [each.entry for each in await scene.storage.audit.entries()]
    assert [by for by, _ in refused] == [ADA] * (len(forged) + 1)
    assert max(len(json.dumps(each.what)) for each in entries) < 20_000
    assert (incident.last(Approval), there.sent) == (None, [])


async def test_a_pause_between_the_approval_and_the_dispatch_keeps_it_from_being_sent(scene: Scene) -> None:
    there = shop()
    async with asking(scene, there):
        await scene.question(INCIDENTS)
        looked = len(there.history)

        async def deployed() -> tuple[Deployed, ...]:
            if (await scene.storage.store.load("INC-1")).status is Status.ROLLING_BACK:
                await scene.storage.store.switch.pause(CLEO, "stop it")
            return tuple(there.history[:looked])

        there.deployed = deployed  # type: ignore[method-assign]
        assert "Approved" in await approve(scene, ADA)
        incident = await scene.stored(lambda i: i.status is Status.REPORTED)
        kinds = [each.entry.kind for each in await scene.storage.audit.entries()]
    assert [each.decision for each in incident.every(Approval)] == [Decision.APPROVED, Decision.SUPERSEDED]
    assert f"paused by {CLEO}" in incident.every(Approval)[-1].reason
    assert ("paused" in kinds, there.sent, incident.last(RollbackStarted)) == (True, [], None)


async def test_people_are_reminded_once_and_told_elsewhere_when_nobody_has_answered(scene: Scene) -> None:
    def told(words: str) -> list[dict[str, object]]:
        return [m for m in scene.messages(INCIDENTS) if words in m["text"]]

    there = shop()
    async with asking(scene, there, {"approval_ttl": "1s"}):
        assert "<!subteam^S0ONCALL>" in (await scene.question(INCIDENTS))["text"]
        there.now += timedelta(seconds=0.5)
        (reminder,) = await scene.until(lambda: told("Still waiting for an answer"))
        assert "On call: <!subteam^S0ONCALL>" in str(reminder["text"])
        await scene.at_rest()
    there.now += timedelta(seconds=0.5)
    async with scene.bot({"catalog": CATALOG, "approval_ttl": "1s"}, Shops(there)):
        await scene.stored(lambda i: i.status is Status.REPORTED)
        await scene.at_rest()
    (inside, outside) = told("Nobody answered in time") + told("INC-1: nobody has answered")
    root = scene.messages(INCIDENTS)[0]["ts"]
    assert (inside["thread_ts"], outside["thread_ts"]) == (root, None)
    assert all("<!subteam^S0ONCALL>" in str(each["text"]) for each in (inside, outside))
    assert len(told("Still waiting for an answer")) == 1
    assert there.sent == []
