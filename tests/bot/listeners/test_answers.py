"""What somebody hears who answered too late, or what can't be answered; and what words ask for."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.listeners.answers import decided, halted, refused, unstoppable, who
from bot.listeners.asks import Ask, asked
from bot.runner import Answer
from incident.alert import Alert
from incident.diagnosis import Usage
from incident.facts import (
    Action,
    AlertResolved,
    Approval,
    Asked,
    Decision,
    Diagnosis,
    Fact,
    Plan,
    RollbackStarted,
    Stopped,
    Verdict,
)
from incident.model import Incident
from incident.status import World

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PLAN = Plan(service="cart", environment="production", from_version="2", to_version="1", change="chg-1")
OTHER = PLAN.model_copy(update={"from_version": "3"})
YES = Answer("U0ADA", Decision.APPROVED, PLAN.digest)


def verdict(plan: Plan = PLAN, approvals: int = 1) -> Verdict:
    expires = NOW + timedelta(minutes=30)
    asked = Asked(approvers=("U0ADA", "U0BEN"), maker="U0CLEO")
    return Verdict(at=NOW, action=Action.ASK, plan=plan, approvals_needed=approvals, expires_at=expires, asked=asked)


def approval(decision: Decision, by: str | None = None, reason: str = "") -> Approval:
    digest = PLAN.digest if by else None
    return Approval(at=NOW + timedelta(minutes=1), decision=decision, by=by, digest=digest, reason=reason)


def asked_incident(*facts: Fact, asks: Verdict | None = None) -> Incident:
    opened = Incident(
        id="INC-1",
        target="cart",
        world=World.REAL,
        environment="production",
        alert=Alert(service="cart", fired_at=NOW),
        opened_at=NOW,
    )
    diagnosis = Diagnosis.model_validate(
        {"at": NOW, "cause": "chg-1 did it", "category": "change", "confidence": 0.7, "usage": Usage(model="offline")}
    )
    return opened.replay((diagnosis, asks or verdict(), *facts))


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ((approval(Decision.REJECTED, "U0BEN", "no <!here>"),), "<@U0BEN> rejected it at <!date^"),
        ((approval(Decision.REJECTED, "U0BEN", "no <!here>"),), "Reason: no &lt;!here&gt;"),
        ((approval(Decision.EXPIRED),), "expired at <!date^"),
        ((approval(Decision.SUPERSEDED, reason="cart runs 3 now"),), "superseded at"),
        ((Stopped(at=NOW, by="U0CLEO"),), "<@U0CLEO> stopped INC-1"),
        ((AlertResolved(at=NOW),), "the alert was resolved"),
    ],
)
def test_a_late_answer_hears_what_happened_instead_by_whom_and_when(facts: tuple[Fact, ...], says: str) -> None:
    assert says in refused(asked_incident(*facts), YES)


def test_an_answer_to_an_earlier_plan_is_sent_to_the_newest_card() -> None:
    assert "superseded" in refused(asked_incident(asks=verdict(OTHER)), YES)


def test_the_same_person_twice_hears_that_another_one_is_needed() -> None:
    incident = asked_incident(approval(Decision.APPROVED, "U0ADA"), asks=verdict(approvals=2))
    assert "another person" in decided(incident, YES)
    assert "another person" in refused(incident, YES)


def test_an_answer_that_came_after_the_world_had_changed_hears_why_nothing_was_done() -> None:
    renewed = asked_incident(verdict(OTHER).model_copy(update={"reasons": ("cart runs 3 now",)}))
    assert "cart runs 3 now" in decided(renewed, YES)
    ended = asked_incident(approval(Decision.EXPIRED))
    assert "doesn't count" in decided(ended, YES)


def test_a_stop_says_what_it_stopped_and_what_goes_on() -> None:
    assert "kept in the thread" in halted(asked_incident(Stopped(at=NOW, by="U0ADA")))
    started = RollbackStarted(at=NOW, key="k", plan=PLAN)
    rolling = asked_incident(approval(Decision.APPROVED, "U0ADA"), started, Stopped(at=NOW, by="U0BEN"))
    assert "followed to its end" in halted(rolling)
    assert "<@U0ADA> stopped INC-1 already" in unstoppable(asked_incident(Stopped(at=NOW, by="U0ADA")))


def test_somebody_without_a_slack_id_is_named_and_never_a_mention() -> None:
    assert who("shell <!channel>") == "shell &lt;!channel&gt;"


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("<@UFRBOT> investigate checkout-latency", Ask("investigate", "checkout-latency")),
        ("<@UFRBOT> please", Ask("other", "please")),
        ("Investigate the `checkout-latency`.", Ask("investigate", "checkout-latency")),
        ("look into checkout", Ask("investigate", "checkout")),
        ("<@UFRBOT> look again", Ask("again")),
        ("Look at it again with this remark: `redis` is full.", Ask("again", "redis is full")),
        ("rca", Ask("rca", "last")),
        ("/rca INC-1", Ask("rca", "INC-1")),
        ("<@UFRBOT>", Ask("help")),
        ("status", Ask("status")),
        ("status of checkout", Ask("other", "status of checkout")),
        ("investigate", Ask("help")),
        ("check <http://shop.example|shop.example>", Ask("investigate", "shop.example")),
    ],
)
def test_words_are_read_as_people_write_them(text: str, ask: Ask) -> None:
    assert asked(text) == ask
