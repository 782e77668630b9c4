"""Every step of the state machine, legal and illegal."""

import pytest

from incident.facts import Action, Answered, Asked, Decision, Fact, Outcome, Recovery, Reminded, Verdict
from incident.model import Incident, OutOfOrder
from incident.status import Status, World
from tests.incident import made
from tests.incident.made import REACHED, approval, check, ended, incident, verdict

OTHER_PLAN = made.PLAN.model_copy(update={"to_version": "v0"})
FACTS: dict[str, Fact] = {
    "turn": made.TURN,
    "diagnosis": made.DIAGNOSIS,
    "verdict(report)": verdict(Action.REPORT, plan=None),
    "verdict(rehearsed)": verdict(Action.ROLLBACK, rehearsed=True),
    "verdict(ask)": verdict(Action.ASK),
    "verdict(rollback)": verdict(Action.ROLLBACK),
    "verdict(ask, no plan)": verdict(Action.ASK, plan=None),
    "verdict(elsewhere)": verdict(Action.ASK, plan=made.PLAN.model_copy(update={"environment": "staging"})),
    "yes": approval(),
    "yes to another plan": approval(digest=OTHER_PLAN.digest),
    "yes to no plan": approval(digest=None),
    "yes of nobody": approval(by=None),
    "yes, too late": approval().model_copy(update={"at": made.LATER}),
    "no": approval(Decision.REJECTED),
    "expired": approval(Decision.EXPIRED, by=None, digest=None),
    "superseded": approval(Decision.SUPERSEDED, by=None, digest=None),
    "reminded": Reminded(at=made.T),
    "started": made.STARTED,
    "started with another plan": made.STARTED.model_copy(update={"plan": OTHER_PLAN}),
    "sent": made.SENT,
    "sent with another key": made.SENT.model_copy(update={"key": "key-2"}),
    "run": made.RUN,
    "run with another key": made.RUN.model_copy(update={"key": "key-2"}),
    "ended(succeeded)": ended(),
    "ended(failed)": ended(Outcome.FAILED),
    "ended(unknown)": ended(Outcome.UNKNOWN),
    "ended(other key)": ended().model_copy(update={"key": "key-2"}),
    "recovered": check(),
    "worse": check(Recovery.WORSE),
    "seen again": made.SEEN_AGAIN,
    "healed": made.HEALED,
    "owned": made.OWNED,
    "remark": made.REMARK,
    "answer to nothing": Answered(at=made.T, to=1, text="so", by="offline"),
    "stopped": made.STOPPED,
    "fault": made.FAULT,
    "closed": made.CLOSED,
}
ALWAYS = {"owned", "remark", "seen again", "healed"}
REPORTED, HANDED_OVER = Status.REPORTED, Status.HANDED_OVER
JUDGED = {
    "verdict(report)": REPORTED,
    "verdict(rehearsed)": REPORTED,
    "verdict(ask)": Status.AWAITING_APPROVAL,
    "verdict(rollback)": Status.AWAITING_VETO,
    "stopped": REPORTED,
    "fault": HANDED_OVER,
}
CALLED_OFF = JUDGED | {"healed": REPORTED, "superseded": REPORTED}
ANSWERED = {
    "yes": Status.ROLLING_BACK, "no": REPORTED, "expired": REPORTED, "reminded": Status.AWAITING_APPROVAL,
}  # fmt: skip
WATCHED = {"recovered": Status.RESOLVED, "worse": HANDED_OVER, "stopped": HANDED_OVER, "fault": HANDED_OVER}
FOLLOWED = {
    "ended(succeeded)": Status.VERIFYING,
    "ended(failed)": HANDED_OVER,
    "ended(unknown)": HANDED_OVER,
    "stopped": Status.ROLLING_BACK,
    "fault": HANDED_OVER,
}
MOVES: dict[str, dict[str, Status]] = {
    "investigating": {
        "turn": Status.INVESTIGATING,
        "diagnosis": Status.INVESTIGATING,
        "stopped": REPORTED,
        "fault": HANDED_OVER,
    },
    "diagnosed": JUDGED,
    "awaiting_approval": CALLED_OFF | ANSWERED,
    "awaiting_veto": CALLED_OFF | {"started": Status.ROLLING_BACK},
    "approved": CALLED_OFF | {"started": Status.ROLLING_BACK},
    "rolling_back": FOLLOWED | {"sent": Status.ROLLING_BACK},
    "sent": FOLLOWED | {"run": Status.ROLLING_BACK},
    "seen": FOLLOWED | {"run": Status.ROLLING_BACK},
    "verifying": WATCHED,
    "resolved": {"seen again": HANDED_OVER},
    "reported": {"closed": Status.CLOSED},
    "handed_over": {"closed": Status.CLOSED},
    "closed": {"seen again": HANDED_OVER},
}


def reached(where: str) -> Incident:
    return incident().replay(REACHED[where][1])


@pytest.mark.parametrize("where", REACHED)
def test_an_incident_stands_where_its_facts_have_led_it(where: str) -> None:
    assert reached(where).status is REACHED[where][0]


@pytest.mark.parametrize("what", FACTS)
@pytest.mark.parametrize("where", REACHED)
def test_a_fact_leads_where_the_table_says_or_is_refused(where: str, what: str) -> None:
    before = reached(where)
    expected = MOVES[where].get(what, before.status if what in ALWAYS else None)
    if expected is None:
        with pytest.raises(OutOfOrder, match=before.id):
            before.after(FACTS[what])
    else:
        assert before.after(FACTS[what]).status is expected


def test_people_are_reminded_once_of_each_question() -> None:
    asked = reached("awaiting_approval")
    reminded = asked.after(Reminded(at=made.T))
    assert (asked.due, reminded.due) == (made.T + (made.LATER - made.T) / 2, made.LATER)
    with pytest.raises(OutOfOrder):
        reminded.after(Reminded(at=made.T))
    assert reminded.after(verdict(Action.ASK)).after(Reminded(at=made.T)).reminded is not None


def test_a_question_is_owed_one_answer_whatever_else_goes_on() -> None:
    answer = Answered(at=made.T, to=2, text="so", by="offline")
    asked = incident().replay((made.TURN, made.REMARK.model_copy(update={"asks": True}), made.DIAGNOSIS))
    assert asked.owed == (2,)
    after = asked.after(answer)
    assert (after.owed, after.status) == ((), asked.status)
    for second in (answer, answer.model_copy(update={"to": 1}), answer.model_copy(update={"to": 9})):
        with pytest.raises(OutOfOrder):
            after.after(second)


def addressed(asked: Asked | None, needed: int = 1, world: World = World.SCENARIO) -> Incident:
    question = verdict(Action.ASK, needed=needed).model_copy(update={"asked": asked})
    return incident(world).replay((made.TURN, made.DIAGNOSIS, question))


@pytest.mark.parametrize(
    "asking",
    [
        addressed(Asked(approvers=("U2",))),
        addressed(Asked(approvers=("U1",)), needed=2),
        addressed(Asked(approvers=("U1",), maker="U1"), needed=2),
        addressed(None, world=World.REAL),
    ],
    ids=["not asked", "maker not known", "maker", "real, and nobody was asked by name"],
)
def test_a_yes_that_may_not_count_cannot_follow(asking: Incident) -> None:
    with pytest.raises(OutOfOrder):
        asking.after(approval(by="U1"))
    assert asking.after(approval(Decision.REJECTED, by="U1")).status is REPORTED


def test_a_question_of_an_earlier_version_is_read_with_its_digest_and_its_answers() -> None:
    plan = '{"service":"shop","environment":"production","from_version":"v2","to_version":"v1","change":"chg-2"}'
    stored = f'{{"kind":"verdict","at":"2026-03-01T12:00:00Z","action":"ask","plan":{plan},"approvals_needed":2,'
    old = Verdict.model_validate_json(stored + '"expires_at":"2026-03-01T13:00:00Z"}')
    asked = incident().replay((made.TURN, made.DIAGNOSIS, old))
    assert old.plan is not None
    assert old.plan.digest == made.PLAN.digest
    assert asked.after(approval(by="U1")).after(approval(by="U2")).status is Status.ROLLING_BACK


def test_every_kind_of_fact_is_in_the_table() -> None:
    kinds = {f.kind for f in FACTS.values()}
    assert len(kinds) == 18


def test_a_refused_fact_leaves_the_incident_as_it_was() -> None:
    before = reached("reported")
    with pytest.raises(OutOfOrder):
        before.after(made.STARTED)
    assert before == reached("reported")


def test_two_persons_have_to_agree_where_two_are_needed() -> None:
    asked = incident().replay((made.TURN, made.DIAGNOSIS, verdict(Action.ASK, needed=2)))
    first = asked.after(approval(by="U1"))
    assert first.status is Status.AWAITING_APPROVAL
    with pytest.raises(OutOfOrder):
        first.after(approval(by="U1"))
    assert first.after(approval(by="U2")).status is Status.ROLLING_BACK


def test_an_approval_of_an_earlier_question_does_not_count_for_a_new_one() -> None:
    asked = incident().replay((made.TURN, made.DIAGNOSIS, verdict(Action.ASK, needed=2), approval(by="U1")))
    anew = asked.after(verdict(Action.ASK, needed=2))
    assert anew.after(approval(by="U2")).status is Status.AWAITING_APPROVAL


def test_a_rollback_does_not_start_before_the_veto_window_has_ended() -> None:
    vetoable = verdict(Action.ROLLBACK).model_copy(update={"expires_at": made.LATER})
    waiting = incident().replay((made.TURN, made.DIAGNOSIS, vetoable))
    with pytest.raises(OutOfOrder):
        waiting.after(made.STARTED)
    assert waiting.after(made.STARTED.model_copy(update={"at": made.LATER})).status is Status.ROLLING_BACK


def test_an_incident_can_be_seen_as_it_was_after_each_of_its_facts() -> None:
    whole = reached("resolved")
    assert [whole.at(n).status for n in (0, 3, 4, 6)] == [
        Status.INVESTIGATING,
        Status.AWAITING_APPROVAL,
        Status.ROLLING_BACK,
        Status.VERIFYING,
    ]


def test_a_rollback_with_an_unknown_end_keeps_others_out_until_a_person_closes_it() -> None:
    lost = reached("handed_over")
    assert lost.acting
    assert not lost.after(made.CLOSED).acting
    assert not incident().replay((*made.RUNNING, ended(Outcome.FAILED))).acting


def test_two_made_up_worlds_never_share_a_fingerprint() -> None:
    assert incident(name="INC-1").fingerprint != incident(name="INC-2").fingerprint


def test_nobody_adds_to_an_investigation_that_was_stopped() -> None:
    stopped = incident().replay((made.TURN, made.STOPPED))
    for fact in (made.TURN, made.DIAGNOSIS, verdict(Action.ASK)):
        with pytest.raises(OutOfOrder):
            stopped.after(fact)


def test_a_remark_counts_once_by_its_message_and_always_where_that_has_no_name() -> None:
    named = made.REMARK.model_copy(update={"message": "1.000001"})
    heard = incident().replay((made.REMARK, made.REMARK, named))
    assert heard.after(named.model_copy(update={"message": "1.000002"})).has_heard("1.000002")
    with pytest.raises(OutOfOrder):
        heard.after(named)


def test_a_verdict_to_act_that_never_ends_is_refused() -> None:
    endless = verdict(Action.ROLLBACK).model_copy(update={"expires_at": None})
    with pytest.raises(OutOfOrder):
        reached("diagnosed").after(endless)


@pytest.mark.parametrize(("where", "acting"), [("approved", False), ("rolling_back", True), ("verifying", True)])
def test_a_rollback_keeps_others_out_from_its_start_until_the_signal_was_checked(where: str, *, acting: bool) -> None:
    assert reached(where).acting is acting
    assert not reached("resolved").acting
