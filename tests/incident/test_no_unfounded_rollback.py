"""Whatever facts arrive in whatever order: no rollback without a verdict or an approval, and never two."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from incident.facts import (
    FACT,
    Action,
    Approval,
    Decision,
    Diagnosis,
    Fact,
    Outcome,
    Recovery,
    RollbackEnded,
    RollbackSent,
    RollbackStarted,
    Verdict,
)
from incident.model import OutOfOrder
from incident.status import Status
from tests.incident import made

OTHER = made.PLAN.model_copy(update={"to_version": "v0"})
plans = st.sampled_from([made.PLAN, made.PLAN, made.PLAN, OTHER])
moments = st.sampled_from([made.T, made.T + timedelta(minutes=30), made.LATER])
harmless = st.sampled_from([made.TURN, made.DIAGNOSIS, made.SEEN_AGAIN, made.OWNED, made.REMARK])
final = st.sampled_from([made.HEALED, made.STOPPED, made.FAULT, made.CLOSED])
verdicts = st.builds(
    Verdict,
    at=moments,
    action=st.sampled_from([Action.ASK, Action.ROLLBACK]),
    rehearsed=st.sampled_from([False, False, False, True]),
    plan=plans,
    approvals_needed=st.sampled_from([2, 1]),
    expires_at=st.sampled_from([made.LATER, made.LATER, made.T]),
)
odd_verdicts = st.builds(
    Verdict,
    at=moments,
    action=st.sampled_from(Action),
    rehearsed=st.booleans(),
    plan=st.none() | plans,
    expires_at=st.none() | moments,
)
answers = st.builds(
    Approval,
    at=moments,
    decision=st.just(Decision.APPROVED),
    by=st.sampled_from(["U1", "U2", "U1", "U2", None]),
    digest=st.sampled_from([made.PLAN.digest, made.PLAN.digest, made.PLAN.digest, OTHER.digest, None]),
)
refusals = st.builds(Approval, at=moments, decision=st.sampled_from(Decision), by=st.none())
starts = st.builds(RollbackStarted, at=moments, key=st.sampled_from(["k1", "k2"]), plan=plans)
ends = st.builds(RollbackEnded, at=moments, key=st.sampled_from(["k1", "k2"]), outcome=st.sampled_from(Outcome))
checks = st.sampled_from(Recovery).map(made.check)
seldom = st.sampled_from([5, 4, 3, 2, 1, 0])  # the first is what hypothesis prefers


class AnyFacts(RuleBasedStateMachine):
    """Facts that follow are taken, others are refused; what was taken is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.incident = made.incident()

    def offer(self, fact: Fact) -> None:
        try:
            self.incident = self.incident.after(fact)
        except OutOfOrder:
            return

    @initialize(verdict=verdicts, diagnosed=st.sampled_from([True, True, True, True, False]))
    def begin(self, verdict: Verdict, diagnosed: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        self.offer(made.TURN)
        if diagnosed:
            self.offer(made.DIAGNOSIS)
        self.offer(verdict)

    @rule(fact=harmless | checks)
    def something_happens(self, fact: Fact) -> None:
        self.offer(fact)

    @rule(fact=final | refusals | odd_verdicts, chance=seldom)
    def it_is_called_off(self, fact: Fact, chance: int) -> None:
        if chance == 0:  # else hardly any run would get as far as a rollback
            self.offer(fact)

    @rule(verdict=verdicts, chance=seldom)
    def judge(self, verdict: Verdict, chance: int) -> None:
        if chance < 2:
            self.offer(verdict)

    @rule(approval=answers)
    def answer(self, approval: Approval) -> None:
        self.offer(approval)

    @rule(started=starts)
    def start(self, started: RollbackStarted) -> None:
        self.offer(started)

    @rule(key=st.sampled_from(["k1", "k2"]))
    def send(self, key: str) -> None:
        self.offer(made.SENT.model_copy(update={"key": key}))

    @rule(ended=ends)
    def end(self, ended: RollbackEnded) -> None:
        self.offer(ended)

    @invariant()
    def never_two_rollbacks(self) -> None:
        assert len(self.incident.every(RollbackStarted)) <= 1
        assert len(self.incident.every(RollbackSent)) <= len(self.incident.every(RollbackStarted))

    @invariant()
    def a_rollback_was_allowed(self) -> None:
        facts = self.incident.facts
        started = next((i for i, f in enumerate(facts) if isinstance(f, RollbackStarted)), None)
        if started is None:
            return
        judged = max(i for i, f in enumerate(facts[:started]) if isinstance(f, Verdict))
        verdict, act = facts[judged], facts[started]
        assert isinstance(verdict, Verdict)
        assert isinstance(act, RollbackStarted)
        assert verdict.plan == act.plan
        assert not verdict.rehearsed
        if verdict.action is Action.ROLLBACK:
            assert verdict.expires_at is not None
            assert act.at >= verdict.expires_at
        else:
            assert verdict.action is Action.ASK
            given = [f for f in facts[judged:started] if isinstance(f, Approval)]
            yes = {a.by for a in given if a.decision is Decision.APPROVED and a.digest == act.plan.digest}
            assert len(yes - {None}) >= verdict.approvals_needed
            assert all(a.decision is Decision.APPROVED for a in given)

    @invariant()
    def nothing_is_judged_without_a_diagnosis(self) -> None:
        assert not self.incident.every(Verdict) or self.incident.every(Diagnosis)

    @invariant()
    def nothing_is_resolved_without_a_check(self) -> None:
        assert self.incident.status is not Status.RESOLVED or self.incident.every(type(made.check()))

    @invariant()
    def stored_facts_come_back_as_they_were(self) -> None:
        if self.incident.facts:
            newest = self.incident.facts[-1]
            assert FACT.validate_json(FACT.dump_json(newest)) == newest

    @invariant()
    def the_fold_is_the_status(self) -> None:
        assert self.incident.at(len(self.incident.facts)) == self.incident


TestAnyFacts = AnyFacts.TestCase
TestAnyFacts.settings = settings(max_examples=400, stateful_step_count=12, deadline=None, derandomize=True)
