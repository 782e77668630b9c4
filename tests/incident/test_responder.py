"""One alert's whole way, on the real store: asked, refused, failed, lost, killed and restarted."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from incident.change import Change, Event, Topology
from incident.facts import (
    Action,
    AlertResolved,
    Approval,
    Asked,
    Check,
    Closed,
    Decision,
    Fault,
    Outcome,
    Reading,
    Recovery,
    RollbackEnded,
    RollbackSent,
    RollbackStarted,
    Verdict,
)
from incident.hands import Hands
from incident.mode import Mode
from incident.model import Incident, OutOfOrder
from incident.policy import Policy, unchanging
from incident.ports import AlreadyOpen, Deployed, NotRecorded, Telemetry, Unkept
from incident.responder import Responder
from incident.status import Status, World
from incident.steps import rollback_key
from incident.values import Window
from storage.database import Database
from tests.incident import made
from tests.incident.shop import Screen, Shop, Team, kinds, on, run, unsure, yes

ROLLED_BACK = ["rollback_started", "rollback_sent", "rollback_seen", "rollback_ended"]
ACTED = ["turn", "diagnosis", "verdict", *ROLLED_BACK, "check"]


async def test_a_proved_change_is_rolled_back_and_seen_to_recover(hands: Hands, shop: Shop, screen: Screen) -> None:
    over = await run(hands)
    assert (over.status, kinds(over)) == (Status.RESOLVED, ACTED)
    check = over.last(Check)
    assert check is not None
    assert (check.before, check.after, check.threshold) == (900, 200, 500)
    assert shop.asked == [rollback_key(over, made.PLAN)]
    assert screen.shown == list(range(9))
    assert await hands.store.load(over.id) == over
    assert not await hands.store.unshown(over.id)


async def test_real_systems_are_acted_on_after_the_veto_window_alone(hands: Hands) -> None:
    over = await run(replace(hands, rules=unchanging(Policy(mode=Mode.AUTO))), World.REAL)
    verdict, started = over.last(Verdict), over.last(RollbackStarted)
    assert verdict is not None
    assert started is not None
    assert started.at - verdict.at >= timedelta(seconds=60)


async def test_a_stop_in_the_veto_window_wins(hands: Hands, shop: Shop) -> None:
    responder = Responder(hands)
    opened = await responder.open(made.ALERT, "shop", World.SCENARIO, "production")

    async def wait(length: timedelta) -> None:
        shop.now += length
        await responder.note(opened.id, made.STOPPED)

    stoppable = replace(
        hands, clock=shop.clock._replace(for_people=wait), rules=unchanging(Policy(veto_window=timedelta(seconds=60)))
    )
    over = await Responder(stoppable).advance(opened)
    assert (over.status, shop.asked) == (Status.REPORTED, [])


async def test_an_unsure_diagnosis_waits_for_a_person_and_goes_on_with_the_yes(hands: Hands, shop: Shop) -> None:
    responder = Responder(unsure(hands))
    waiting = await run(unsure(hands))
    assert (waiting.status, shop.asked) == (Status.AWAITING_APPROVAL, [])
    over = await responder.advance(await responder.decide(waiting, yes(shop, waiting)))
    assert over.status is Status.RESOLVED


async def test_a_person_at_hand_is_asked_at_once(hands: Hands, shop: Shop) -> None:
    async def asker(incident: Incident, verdict: Verdict) -> Approval:
        assert verdict.action is Action.ASK
        return yes(shop, incident)

    assert (await run(replace(unsure(hands), asker=asker))).status is Status.RESOLVED


async def test_a_no_is_the_end(hands: Hands, shop: Shop) -> None:
    responder = Responder(unsure(hands))
    waiting = await run(unsure(hands))
    no = yes(shop, waiting).model_copy(update={"decision": Decision.REJECTED})
    over = await responder.advance(await responder.decide(waiting, no))
    assert (over.status, shop.asked) == (Status.REPORTED, [])


async def test_of_two_yeses_at_once_one_counts_and_one_is_told(hands: Hands, shop: Shop) -> None:
    responder = Responder(unsure(hands))
    waiting = await run(unsure(hands))
    answers = (responder.decide(waiting, yes(shop, waiting, by)) for by in ("U1", "U2"))
    done = await asyncio.gather(*answers, return_exceptions=True)
    assert sorted(type(d).__name__ for d in done) == ["Incident", "OutOfOrder"]
    await responder.advance(await hands.store.load(waiting.id))
    assert len(shop.asked) == 1


async def test_an_answer_that_came_too_late_expires_the_question(hands: Hands, shop: Shop) -> None:
    responder = Responder(unsure(hands))
    waiting = await run(unsure(hands))
    shop.now += timedelta(minutes=31)
    over = await responder.decide(waiting, yes(shop, waiting))
    approval = over.last(Approval)
    assert approval is not None
    assert (over.status, approval.decision) == (Status.REPORTED, Decision.EXPIRED)


async def test_a_yes_to_a_world_that_has_healed_is_superseded(hands: Hands, shop: Shop) -> None:
    responder = Responder(unsure(hands))
    waiting = await run(unsure(hands))
    shop.healed_at = shop.now - timedelta(minutes=30)
    over = await responder.advance(await responder.decide(waiting, yes(shop, waiting)))
    approval = over.last(Approval)
    assert approval is not None
    assert (over.status, approval.decision, shop.asked) == (Status.REPORTED, Decision.SUPERSEDED, [])
    assert "healed" in approval.reason


async def test_a_deployment_between_the_yes_and_the_dispatch_calls_it_off(hands: Hands, shop: Shop) -> None:
    responder = Responder(unsure(hands))
    waiting = await run(unsure(hands))
    approved = await responder.decide(waiting, yes(shop, waiting))
    assert approved.status is Status.ROLLING_BACK
    shop.history.append(Deployed("shop", "v3", "v2", "chg-3", shop.now))
    over = await responder.advance(approved)
    assert (over.status, shop.asked) == (Status.REPORTED, [])


async def test_a_world_that_can_no_longer_be_read_asks_anew(hands: Hands, shop: Shop) -> None:
    responder = Responder(unsure(hands))
    waiting = await run(unsure(hands))
    shop.blind = True
    anew = await responder.advance(await responder.decide(waiting, yes(shop, waiting)))
    assert (anew.status, len(anew.every(Verdict)), shop.asked) == (Status.AWAITING_APPROVAL, 2, [])


async def test_a_deployer_that_fails_hands_over(hands: Hands, shop: Shop) -> None:
    shop.outcome = Outcome.FAILED
    over = await run(hands)
    assert (over.status, kinds(over)) == (Status.HANDED_OVER, ACTED[:-1])


async def test_a_lost_answer_is_unknown_and_never_repeated(hands: Hands, shop: Shop) -> None:
    shop.lost = True
    over = await run(hands)
    ended = over.last(RollbackEnded)
    assert ended is not None
    assert (over.status, ended.outcome, len(shop.asked)) == (Status.HANDED_OVER, Outcome.UNKNOWN, 1)
    assert await Responder(hands).advance(over) == over


async def test_a_rollback_that_does_not_help_hands_over_without_a_second_one(hands: Hands, shop: Shop) -> None:
    shop.heals = False
    over = await run(hands)
    check = over.last(Check)
    assert check is not None
    assert (over.status, check.result, len(shop.asked)) == (Status.HANDED_OVER, Recovery.NOT_RECOVERED, 1)


async def test_a_recorded_incident_is_judged_and_nothing_is_done(hands: Hands, shop: Shop) -> None:
    over = await run(replace(hands, deployer=None), World.RECORDED)
    verdict = over.last(Verdict)
    assert verdict is not None
    assert (over.status, verdict.action, verdict.rehearsed) == (Status.REPORTED, Action.ROLLBACK, True)
    assert shop.asked == []


async def test_a_dry_run_says_what_it_would_do_and_does_not_do_it(hands: Hands, shop: Shop) -> None:
    over = await run(replace(hands, rules=unchanging(Policy(rehearse=True))))
    assert (over.status, shop.asked) == (Status.REPORTED, [])


async def test_a_step_that_breaks_becomes_a_fault_with_an_id_in_the_log(
    hands: Hands, caplog: pytest.LogCaptureFixture
) -> None:
    over = await run(replace(hands, investigator=Team((made.TURN,), error=ValueError("secret"))))
    fault = over.last(Fault)
    assert fault is not None
    assert (over.status, fault.step) == (Status.HANDED_OVER, "investigate")
    assert fault.error_id in caplog.text
    assert "secret" not in fault.reason


async def test_a_team_without_a_diagnosis_is_a_fault(hands: Hands) -> None:
    over = await run(replace(hands, investigator=Team((made.TURN,))))
    assert over.status is Status.HANDED_OVER


async def test_a_store_that_is_away_for_a_while_is_not_a_fault(hands: Hands, database: Database) -> None:
    responder = Responder(hands)
    opened = await responder.open(made.ALERT, "shop", World.SCENARIO, "production")
    async with database.writing() as connection:
        await connection.execute(text("ALTER TABLE facts RENAME TO away"))
        await connection.execute(text("CREATE VIEW facts AS SELECT * FROM away"))  # it can be read and not be written
    with pytest.raises(Unkept):
        await responder.advance(opened)
    async with database.writing() as connection:
        await connection.execute(text("DROP VIEW facts"))
        await connection.execute(text("ALTER TABLE away RENAME TO facts"))
    assert (await responder.advance(opened)).status is Status.RESOLVED


async def test_being_cancelled_is_not_a_fault(hands: Hands) -> None:
    with pytest.raises(asyncio.CancelledError):
        await run(replace(hands, investigator=Team(error=asyncio.CancelledError())))  # type: ignore[arg-type]


async def test_a_chat_that_is_down_delays_nothing_and_catches_up(hands: Hands, screen: Screen) -> None:
    screen.down = True
    over = await run(hands)
    assert (over.status, screen.shown) == (Status.RESOLVED, [])
    screen.down = False
    await Responder(hands).advance(over)
    assert screen.shown == list(range(9))
    assert screen.facts == [None, *over.facts]


async def test_a_chat_that_is_down_does_not_silence_the_others(hands: Hands, screen: Screen) -> None:
    await run(replace(hands, chats=(Screen(down=True), screen)))
    assert sorted(set(screen.shown)) == list(range(9))


async def test_the_team_hears_what_people_have_written_up_to_now(hands: Hands) -> None:
    team = Team()
    responder = Responder(replace(hands, investigator=team))
    over = await responder.advance(await responder.open(made.ALERT, "shop", World.SCENARIO, "production"))
    assert team.heard is not None
    assert await team.heard() == ()
    await responder.note(over.id, made.REMARK)
    assert await team.heard() == (made.REMARK,)


async def test_looking_again_opens_one_incident_that_follows_the_first(hands: Hands) -> None:
    responder = Responder(unsure(hands))
    first = await responder.note((await run(unsure(hands), World.REAL)).id, made.STOPPED)
    with pytest.raises(AlreadyOpen, match=first.id):
        await responder.again(first, made.ALERT)
    await responder.note(first.id, Closed(at=first.facts[-1].at, by="U1", reason="again"))
    second = await responder.again(first, made.ALERT)
    assert (second.follows, second.facts, second.fingerprint) == (first.id, (), first.fingerprint)
    with pytest.raises(AlreadyOpen, match=second.id):
        await responder.again(first, made.ALERT)


async def test_a_remark_in_the_middle_of_a_step_costs_nothing(hands: Hands, shop: Shop) -> None:
    responder = Responder(hands)
    opened = await responder.open(made.ALERT, "shop", World.SCENARIO, "production")
    await responder.note(opened.id, made.REMARK)
    over = await responder.advance(opened)
    assert (over.status, len(over.every(type(made.REMARK)))) == (Status.RESOLVED, 1)
    assert len(shop.asked) == 1


@pytest.mark.parametrize("cut", range(9))
async def test_after_a_crash_at_any_fact_it_ends_the_same_with_one_rollback(hands: Hands, shop: Shop, cut: int) -> None:
    whole = await run(hands)
    again = whole.at(0).model_copy(update={"id": "INC-AGAIN", "target": "again"})
    shop.healed_at, shop.now = None, made.T
    shop.asked.clear()
    shop.done.clear()
    await hands.store.open(again)
    for fact in whole.facts[:cut]:
        key = {"key": rollback_key(again, made.PLAN)} if hasattr(fact, "key") else {}
        again = await hands.store.append(again, fact.model_copy(update=key))
    if again.last(RollbackSent) is not None:
        await shop.roll_back(made.PLAN, rollback_key(again, made.PLAN))
    shop.now = again.facts[-1].at if again.facts else made.T
    over = await Responder(hands).advance(await hands.store.load(again.id))
    assert (over.status, kinds(over)) == (Status.RESOLVED, ACTED)
    assert len(shop.done) == 1


async def test_a_crash_between_the_start_and_the_dispatch_dispatches_once(hands: Hands, shop: Shop) -> None:
    fresh = made.incident()
    await hands.store.open(fresh)
    started = made.STARTED.model_copy(update={"key": rollback_key(fresh, made.PLAN)})
    for fact in (made.TURN, made.DIAGNOSIS, made.verdict(Action.ROLLBACK), started):
        fresh = await hands.store.append(fresh, fact)
    over = await Responder(hands).advance(fresh)
    assert (over.status, shop.asked) == (Status.RESOLVED, [started.key])


async def test_two_incidents_of_one_service_have_one_rollback_between_them(hands: Hands, shop: Shop) -> None:
    real = on(replace(hands, rules=unchanging(Policy(mode=Mode.AUTO))), World.REAL)
    shop.heals = False
    shop.outcome = Outcome.UNKNOWN
    first = await run(real, World.REAL)
    responder = Responder(real)
    other = made.ALERT.model_copy(update={"name": "errors"})
    second = await responder.advance(await responder.open(other, "shop", World.REAL, "production"))
    assert (first.status, second.status) == (Status.HANDED_OVER, Status.REPORTED)
    verdict = second.last(Verdict)
    assert verdict is not None
    assert any(f"{first.id} is rolling shop back already" in reason for reason in verdict.reasons)
    assert len(shop.asked) == 1


async def test_the_same_problem_joins_and_rejoins_and_later_opens_a_new_incident(hands: Hands, shop: Shop) -> None:
    real = on(replace(hands, rules=unchanging(Policy(mode=Mode.AUTO))), World.REAL)
    responder = Responder(real)
    opened = await responder.open(made.ALERT, "shop", World.REAL, "production")
    joined = await responder.open(made.ALERT, "shop", World.REAL, "production")
    assert (joined.id, kinds(joined)) == (opened.id, ["alert_seen"])
    over = await responder.advance(joined)
    assert over.status is Status.RESOLVED
    shop.now += timedelta(hours=25)
    later = await responder.open(made.ALERT, "shop", World.REAL, "production")
    assert (later.id != over.id, later.follows) == (True, over.id)


async def test_a_refire_soon_after_it_was_resolved_is_handed_to_a_person(hands: Hands, shop: Shop) -> None:
    real = on(replace(hands, rules=unchanging(Policy(mode=Mode.AUTO))), World.REAL)
    over = await run(real, World.REAL)
    again = await Responder(real).open(made.ALERT, "shop", World.REAL, "production")
    assert (again.id, again.status) == (over.id, Status.HANDED_OVER)
    assert (await Responder(real).advance(again)).status is Status.HANDED_OVER
    assert len(shop.asked) == 1


async def test_a_rehearsal_keeps_whom_it_would_have_asked(hands: Hands) -> None:
    asked = Asked(named=("S1",), approvers=("U1",), on_call="S2")

    async def whom(_incident: Incident, _verdict: Verdict) -> Asked:
        return asked

    over = await run(replace(unsure(hands), whom=whom, rules=unchanging(Policy(rehearse=True))))
    verdict = over.last(Verdict)
    assert verdict is not None
    assert (over.status, verdict.action, verdict.asked) == (Status.REPORTED, Action.ASK, asked)


async def test_what_the_gate_needs_is_looked_at_all_at_once(hands: Hands) -> None:
    looking = asyncio.Barrier(3)

    class Slow(Shop):
        async def changes(self, window: Window) -> tuple[Change, ...]:
            await looking.wait()
            return await super().changes(window)

        async def events(self, window: Window) -> tuple[Event, ...]:
            await looking.wait()
            return await super().events(window)

        async def topology(self) -> Topology:
            await looking.wait()
            return await super().topology()

    known = made.incident().replay((made.TURN, made.DIAGNOSIS))
    together = await replace(hands, telemetry=Slow()).judge(known)  # type: ignore[arg-type]
    assert together == await hands.judge(known)


async def test_a_look_that_fails_in_an_unknown_way_raises_its_own_error(hands: Hands) -> None:
    class Broken(Shop):
        async def events(self, _window: Window) -> tuple[Event, ...]:
            message = "no such column"
            raise KeyError(message)

    known = made.incident().replay((made.TURN, made.DIAGNOSIS))
    with pytest.raises(KeyError, match="no such column"):
        await replace(hands, telemetry=Broken()).judge(known)  # type: ignore[arg-type]


async def test_an_answer_where_nothing_is_asked_is_refused(hands: Hands, shop: Shop) -> None:
    over = await run(hands)
    with pytest.raises(OutOfOrder):
        await Responder(hands).decide(over, yes(shop, over))


async def test_a_quiet_signal_is_no_recovery_while_nobody_asks(hands: Hands, shop: Shop) -> None:
    asked: list[str] = []

    async def traffic(_telemetry: Telemetry, service: str, window: Window) -> tuple[Reading, ...]:
        asked.append(service)
        level = 100.0 if window.end < made.T else 0.0
        return tuple(Reading(at=window.start + timedelta(minutes=m), value=level) for m in range(3))

    over = await run(replace(hands, traffic=traffic))
    check = over.last(Check)
    assert check is not None
    assert (over.status, check.result, set(asked)) == (Status.HANDED_OVER, Recovery.UNKNOWN, {"shop"})
    assert "hardly anybody asks" in check.reason
    assert check.at - shop.healed_at >= Policy().patience  # type: ignore[operator]


async def test_traffic_that_cannot_be_read_is_held_against_nothing(hands: Hands) -> None:
    async def traffic(*_: object) -> tuple[Reading, ...]:
        raise NotRecorded

    assert (await run(replace(hands, traffic=traffic))).status is Status.RESOLVED


async def test_what_the_alerts_source_says_meanwhile_is_shown_and_proves_nothing(hands: Hands, shop: Shop) -> None:
    shop.heals = False
    responder = Responder(hands)
    opened = await responder.open(made.ALERT, "shop", World.SCENARIO, "production")

    async def wait(length: timedelta) -> None:
        shop.now += length
        if (await hands.store.load(opened.id)).last(AlertResolved) is None:
            await responder.note(opened.id, AlertResolved(at=shop.now))

    over = await Responder(replace(hands, clock=shop.clock._replace(wait=wait))).advance(opened)
    check = over.last(Check)
    assert check is not None
    assert (over.status, check.result) == (Status.HANDED_OVER, Recovery.NOT_RECOVERED)
    assert "The alert's source said at 12:00 that it is over." in check.reason


async def test_a_restart_while_verifying_goes_on_from_the_stored_times(hands: Hands, shop: Shop) -> None:
    shop.heals = False
    opened = made.incident()
    await hands.store.open(opened)
    started = made.STARTED.model_copy(update={"key": rollback_key(opened, made.PLAN)})
    for fact in (made.TURN, made.DIAGNOSIS, made.verdict(Action.ROLLBACK), started):
        opened = await hands.store.append(opened, fact)
    opened = await hands.store.append(opened, made.ended().model_copy(update={"key": started.key}))
    shop.now += timedelta(minutes=19, seconds=45)
    over = await Responder(hands).advance(await hands.store.load(opened.id))
    check = over.last(Check)
    assert check is not None
    assert check.result is Recovery.NOT_RECOVERED
    assert check.at - made.T == timedelta(minutes=20, seconds=15)


async def test_a_signal_that_cannot_be_read_at_first_is_read_again(hands: Hands, shop: Shop) -> None:
    shop.blind = True
    opened = made.incident()
    await hands.store.open(opened)
    started = made.STARTED.model_copy(update={"key": rollback_key(opened, made.PLAN)})
    for fact in (made.TURN, made.DIAGNOSIS, made.verdict(Action.ROLLBACK), started):
        opened = await hands.store.append(opened, fact)
    opened = await hands.store.append(opened, made.ended().model_copy(update={"key": started.key}))

    async def wait(length: timedelta) -> None:
        shop.now += length
        shop.blind, shop.healed_at = shop.now < made.T + timedelta(minutes=8), made.T

    over = await Responder(replace(hands, clock=shop.clock._replace(wait=wait))).advance(opened)
    check = over.last(Check)
    assert check is not None
    assert (over.status, check.at - made.T) == (Status.RESOLVED, timedelta(minutes=8))


async def test_after_a_rollback_that_did_not_help_no_other_one_happens_whatever_pages(hands: Hands, shop: Shop) -> None:
    shop.heals = False
    real = replace(hands, rules=unchanging(Policy(mode=Mode.AUTO)))
    over = await run(real, World.REAL)
    for _ in range(3):
        again = await Responder(real).open(made.ALERT, "shop", World.REAL, "production")
        assert (await Responder(real).advance(again)).status is Status.HANDED_OVER
    with pytest.raises(OutOfOrder):
        await hands.store.append(again, made.verdict(Action.ROLLBACK))
    with pytest.raises(OutOfOrder):
        await hands.store.append(again, made.STARTED.model_copy(update={"key": "another"}))
    assert len(shop.asked) == 1
    assert (await hands.store.load(over.id)).every(RollbackStarted) == over.every(RollbackStarted)
