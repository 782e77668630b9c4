"""An incident: an alert and the facts that followed it. Its status is computed, never set.

A little longer than other files because the whole state machine and what it asks belong in one place.
"""

from datetime import datetime  # noqa: I001 - one imported name a line would bury the state machine
from typing import Self, TypeVar

from incident.alert import Alert
from incident.evidence import Evidence
from incident.facts import (
    Action, AlertResolved, AlertSeen, Answered, Approval, Check, Closed, Decision, Diagnosis, Fact, Fault, Outcome,
    Owned, Recovery, Remark, Reminded, RollbackEnded, RollbackSeen, RollbackSent, RollbackStarted, Stopped, Turn,
    Verdict,
)  # fmt: skip
from incident.status import BEFORE_ACTION, CLOSABLE, DRILL_LABEL, WORLD_LABEL, Status, World
from incident.values import Instant, Name, Value

Kind = TypeVar("Kind")


class OutOfOrder(Exception):
    """This fact can't follow what is already known about the incident."""


class Incident(Value):
    """Grows by `after`, which returns the successor. ``follows`` is the earlier incident of the same problem."""

    id: Name
    target: Name
    world: World
    environment: Name
    alert: Alert
    opened_at: Instant
    follows: Name | None = None
    facts: tuple[Fact, ...] = ()
    status: Status = Status.INVESTIGATING

    @property
    def production(self) -> str:
        """Which production it happened in: there is one real one, and each made-up or recorded world is another."""
        return World.REAL if self.world is World.REAL else self.alert.labels.get(WORLD_LABEL, self.id)

    @property
    def drill(self) -> bool:
        """True where people rehearse: every renderer says so. A label from outside can't make one of what is real."""
        return self.world is World.SCENARIO and DRILL_LABEL in self.alert.labels

    @property
    def fingerprint(self) -> str:
        """What a repeat of this problem has in common with it."""
        return self.alert.fingerprint(f"{self.production}/{self.environment}")

    @property
    def holds_fingerprint(self) -> bool:
        """True while a repeat of the problem joins it."""
        return self.status not in {Status.RESOLVED, Status.CLOSED}

    @property
    def acting(self) -> bool:
        """True while its rollback may have an effect that nobody has seen the end of: no other may start there."""
        if self.last(RollbackStarted) is None or self.last(Closed) is not None:
            return False
        ended = self.last(RollbackEnded)
        return self.status is Status.VERIFYING or ended is None or ended.outcome is Outcome.UNKNOWN

    @property
    def resolved_at_source(self) -> bool:
        """True while the last that its pager said is that it is over."""
        said = (isinstance(f, AlertResolved) for f in reversed(self.facts) if isinstance(f, AlertSeen | AlertResolved))
        return next(said, False)

    @property
    def reminded(self) -> Reminded | None:
        """That people were reminded of the newest question."""
        newest = next((f for f in reversed(self.facts) if isinstance(f, Verdict | Reminded)), None)
        return newest if isinstance(newest, Reminded) else None

    @property
    def due(self) -> datetime | None:
        """When the open question wants somebody's attention next; None where none is open."""
        verdict = self.last(Verdict)
        if self.status is not Status.AWAITING_APPROVAL or verdict is None:
            return None
        return verdict.half_way if self.reminded is None else verdict.expires_at

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """All evidence that turns brought in, in order."""
        return tuple(e for turn in self.every(Turn) for e in turn.found)

    @property
    def owed(self) -> tuple[int, ...]:
        """The remarks that ask something of us and have no answer yet, by seq, oldest first."""
        answered = {answer.to for answer in self.every(Answered)}
        asks = (seq for seq, fact in enumerate(self.facts, 1) if isinstance(fact, Remark) and fact.asks)
        return tuple(seq for seq in asks if seq not in answered)

    def every(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """Return all facts of a kind, oldest first."""
        return tuple(f for f in self.facts if isinstance(f, kind))

    def last(self, kind: type[Kind]) -> Kind | None:
        """Return the newest fact of a kind."""
        return next((f for f in reversed(self.facts) if isinstance(f, kind)), None)

    def has_heard(self, message: str | None) -> bool:
        """Tell whether a remark is kept of this message: heard of again, it doesn't count again."""
        return message is not None and any(remark.message == message for remark in self.every(Remark))

    def at(self, seq: int) -> Self:
        """Return the incident as it was after its ``seq``-th fact (from 1; 0 is its opening)."""
        bare = self.model_copy(update={"facts": (), "status": Status.INVESTIGATING})
        return bare.replay(self.facts[:seq])

    def replay(self, facts: tuple[Fact, ...]) -> Self:
        """Return the incident after all these facts; raises `OutOfOrder`."""
        successor = self
        for fact in facts:
            successor = successor.after(fact)
        return successor

    def after(self, fact: Fact) -> Self:
        """Return the incident with the fact as its newest; raises `OutOfOrder` where it can't follow."""
        status = self._status_after(fact)
        if status is None:
            message = f"{self.id} is {self.status}: a {fact.kind} can't follow"
            raise OutOfOrder(message)
        return self.model_copy(update={"facts": (*self.facts, fact), "status": status})

    def _status_after(self, fact: Fact) -> Status | None:
        """The whole state machine: the status that the fact leads to, None where it can't follow."""
        now = self.status
        match fact:
            case Owned():
                return now
            case Remark():
                return None if self.has_heard(fact.message) else now
            case Answered():
                return now if fact.to in self.owed else None
            case AlertSeen():
                return now if self.holds_fingerprint else Status.HANDED_OVER
            case AlertResolved():
                return Status.REPORTED if self._may_call_off() else now
            case Turn() | Diagnosis():
                return now if now is Status.INVESTIGATING and self.last(Diagnosis) is None else None
            case Verdict():
                return self._after_verdict(fact)
            case Approval():
                return self._after_approval(fact)
            case Reminded():
                return now if now is Status.AWAITING_APPROVAL and self.reminded is None else None
            case RollbackStarted():
                return Status.ROLLING_BACK if self._may_start(fact) else None
            case RollbackSent() | RollbackSeen():
                return now if self._may_be_under_way(fact) else None
            case RollbackEnded():
                return self._after_rollback(fact)
            case Check():
                recovered = fact.result is Recovery.RECOVERED
                return (Status.RESOLVED if recovered else Status.HANDED_OVER) if now is Status.VERIFYING else None
            case Stopped():
                return self._after_stop()
            case Fault():
                return None if now.ended else Status.HANDED_OVER
            case Closed():
                return Status.CLOSED if now in CLOSABLE else None

    def _may_call_off(self) -> bool:
        """A rollback is proposed or approved, and none has been started."""
        return self.status in BEFORE_ACTION and self.last(RollbackStarted) is None

    def _after_verdict(self, verdict: Verdict) -> Status | None:
        judged = self.status is Status.INVESTIGATING and self.last(Diagnosis) is not None
        if not judged and not self._may_call_off():
            return None
        if verdict.rehearsed or verdict.action is Action.REPORT:
            return Status.REPORTED
        if verdict.plan is None or verdict.plan.environment != self.environment or verdict.expires_at is None:
            return None
        return Status.AWAITING_VETO if verdict.action is Action.ROLLBACK else Status.AWAITING_APPROVAL

    def _after_approval(self, approval: Approval) -> Status | None:
        verdict = self.last(Verdict)
        if verdict is None or verdict.plan is None or not self._may_call_off():
            return None
        if approval.decision is Decision.SUPERSEDED:
            return Status.REPORTED
        if self.status is not Status.AWAITING_APPROVAL or approval.digest not in {None, verdict.plan.digest}:
            return None
        if approval.decision is not Decision.APPROVED:
            return Status.REPORTED
        earlier = {a.by for a in self._approvals()}
        late = verdict.expires_at is not None and approval.at >= verdict.expires_at
        if approval.by is None or approval.by in earlier or approval.digest is None or late:
            return None
        if not verdict.lets(approval.by) or (verdict.asked is None and self.world is World.REAL):
            return None
        return Status.ROLLING_BACK if len(earlier) + 1 >= verdict.approvals_needed else self.status

    def _approvals(self) -> tuple[Approval, ...]:
        """Return the approvals that count: those given since the newest verdict."""
        newest = max(i for i, f in enumerate(self.facts) if isinstance(f, Verdict))
        return tuple(f for f in self.facts[newest:] if isinstance(f, Approval))

    def _may_start(self, started: RollbackStarted) -> bool:
        verdict = self.last(Verdict)
        if verdict is None or verdict.plan != started.plan or not self._may_call_off():
            return False
        vetoable = verdict.expires_at is None or started.at < verdict.expires_at
        return self.status is Status.ROLLING_BACK or (self.status is Status.AWAITING_VETO and not vetoable)

    def _may_be_under_way(self, fact: RollbackSent | RollbackSeen) -> bool:
        """It is sent once at most, and seen only after that: the store lets one process write the first of these."""
        started, sent = self.last(RollbackStarted), self.last(RollbackSent)
        ours = self.status is Status.ROLLING_BACK and started is not None and started.key == fact.key
        return ours and (sent is None) == isinstance(fact, RollbackSent)

    def _after_rollback(self, ended: RollbackEnded) -> Status | None:
        started = self.last(RollbackStarted)
        if self.status is not Status.ROLLING_BACK or started is None or started.key != ended.key:
            return None
        return Status.VERIFYING if ended.outcome is Outcome.SUCCEEDED else Status.HANDED_OVER

    def _after_stop(self) -> Status | None:
        if self.status.ended:
            return None
        if self.last(RollbackStarted) is None:
            return Status.REPORTED
        return Status.HANDED_OVER if self.status is Status.VERIFYING else self.status
