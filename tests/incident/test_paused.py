"""The kill switch wins over everything at the moment of dispatch; looking into incidents goes on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from incident.facts import (
    Action,
    Approval,
    Decision,
    Diagnosis,
    Fact,
    Outcome,
    RollbackEnded,
    RollbackSent,
    RollbackStarted,
    Verdict,
)
from incident.hands import Hands
from incident.model import Incident
from incident.policy import Pause, Policy, unchanging
from incident.ports import Paused
from incident.responder import Responder
from incident.status import Status
from storage.database import Database
from storage.pause import SqlSwitch
from storage.store import SqlStore
from tests.incident.shop import Shop, run, unsure, yes


class PressedAt(SqlStore):
    """The real store, on which somebody presses the kill switch just before a kind of fact is written, or after it."""

    def __init__(
        self, database: Database, switch: SqlSwitch, before: type[Fact] | None, after: type[Fact] | None
    ) -> None:
        super().__init__(database, switch=switch)
        self._press, self._before, self._after = switch.pause, before, after

    async def append(self, incident: Incident, fact: Fact) -> Incident:
        if self._before is not None and isinstance(fact, self._before):
            await self._press("U0ADA", "maintenance")
        successor = await super().append(incident, fact)
        if self._after is not None and isinstance(fact, self._after):
            await self._press("U0ADA", "maintenance")
        return successor


def reason(incident: Incident) -> str:
    approval = incident.last(Approval)
    assert approval is not None
    assert approval.decision is Decision.SUPERSEDED
    return approval.reason


async def test_while_acting_is_paused_incidents_are_looked_into_and_nothing_is_proposed(
    hands: Hands, shop: Shop, switch: SqlSwitch
) -> None:
    await switch.pause("U0ADA", "maintenance")
    incident = await run(hands)
    verdict = incident.last(Verdict)
    assert (incident.status, incident.last(Diagnosis) is not None) == (Status.REPORTED, True)
    assert verdict is not None
    assert verdict.action is Action.REPORT
    assert any("paused by U0ADA" in said and "maintenance" in said for said in verdict.reasons)
    assert shop.asked == []


async def test_a_yes_while_paused_is_refused_by_name_and_the_question_waits_for_the_end_of_the_pause(
    hands: Hands, shop: Shop, switch: SqlSwitch
) -> None:
    hands = unsure(hands)
    asked = await run(hands)
    await switch.pause("U0ADA")
    with pytest.raises(Paused, match="paused by U0ADA since"):
        await Responder(hands).decide(asked, yes(shop, asked))
    waiting = await hands.store.load(asked.id)
    assert (waiting, waiting.status) == (asked, Status.AWAITING_APPROVAL)
    await switch.resume("U0ADA")
    approved = await Responder(hands).decide(waiting, yes(shop, waiting))
    assert (await Responder(hands).advance(approved)).status is Status.RESOLVED


async def test_a_no_counts_while_paused(hands: Hands, shop: Shop, switch: SqlSwitch) -> None:
    hands = unsure(hands)
    asked = await run(hands)
    await switch.pause("U0ADA")
    no = yes(shop, asked).model_copy(update={"decision": Decision.REJECTED})
    assert (await Responder(hands).decide(asked, no)).status is Status.REPORTED


async def test_a_pause_between_approval_and_start_calls_it_off(hands: Hands, shop: Shop, switch: SqlSwitch) -> None:
    hands = unsure(hands)
    asked = await run(hands)
    approved = await Responder(hands).decide(asked, yes(shop, asked))
    await switch.pause("U0ADA", "maintenance")
    ended = await Responder(hands).advance(approved)
    assert "paused by U0ADA" in reason(ended)
    assert (ended.status, shop.asked) == (Status.REPORTED, [])


async def test_a_pause_in_the_veto_window_calls_it_off(hands: Hands, shop: Shop, switch: SqlSwitch) -> None:
    async def wait(length: timedelta) -> None:
        await switch.pause("U0ADA")
        await shop.clock.wait(length)

    policy = Policy(veto_window=timedelta(minutes=1))
    ended = await run(replace(hands, rules=unchanging(policy), clock=shop.clock._replace(for_people=wait)))
    assert "paused by U0ADA" in reason(ended)
    assert shop.asked == []


async def test_a_pause_in_the_moment_the_start_is_stored_wins(
    hands: Hands, shop: Shop, database: Database, switch: SqlSwitch
) -> None:
    """The gate has just passed: the same transaction that would store the start reads the switch."""
    ended = await run(replace(hands, store=PressedAt(database, switch, RollbackStarted, None)))
    assert ended.last(RollbackStarted) is None
    assert "paused by U0ADA" in reason(ended)
    assert (ended.status, shop.asked) == (Status.REPORTED, [])


async def test_a_rollback_that_was_started_and_not_dispatched_is_not_dispatched_while_paused_and_says_so(
    hands: Hands, shop: Shop, database: Database, switch: SqlSwitch
) -> None:
    ended = await run(replace(hands, store=PressedAt(database, switch, None, RollbackStarted)))
    started, told = ended.last(RollbackStarted), ended.last(RollbackEnded)
    assert started is not None
    assert told is not None
    assert told.outcome is Outcome.FAILED
    assert told.reason.startswith("Nothing was changed: Acting is paused by U0ADA")
    assert (ended.status, shop.asked) == (Status.HANDED_OVER, [])


async def test_a_pause_in_the_moment_the_sending_is_stored_wins(
    hands: Hands, shop: Shop, database: Database, switch: SqlSwitch
) -> None:
    ended = await run(replace(hands, store=PressedAt(database, switch, RollbackSent, None)))
    assert (ended.last(RollbackSent), ended.status, shop.asked) == (None, Status.HANDED_OVER, [])


async def test_a_pause_does_not_keep_us_from_looking_for_what_was_sent(
    hands: Hands, shop: Shop, database: Database, switch: SqlSwitch
) -> None:
    ended = await run(replace(hands, store=PressedAt(database, switch, None, RollbackSent)))
    assert (len(shop.asked), ended.status) == (1, Status.RESOLVED)


async def test_a_setting_that_pauses_counts_as_well(hands: Hands, shop: Shop, database: Database) -> None:
    held = Pause(by="SFA_PAUSED", since=shop.now)
    ended = await run(replace(hands, store=SqlStore(database, switch=SqlSwitch(database, held))))
    assert (ended.status, shop.asked) == (Status.REPORTED, [])
