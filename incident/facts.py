"""The facts that follow an alert: immutable, stored in order, told apart by ``kind``.

A new kind is a type error in every renderer until it has said what it does with it. Longer than other files
because the closed list of what can be known about an incident belongs in one place.
"""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, FiniteFloat, TypeAdapter

from incident.diagnosis import Conclusion, Confidence, Usage
from incident.evidence import Evidence, EvidenceId
from incident.values import Instant, Name, Text, Value


class Agent(StrEnum):
    """Who is on the team."""

    COMMANDER = "commander"
    LOGS = "logs"
    METRICS = "metrics"
    DEPLOY = "deploy"


class TurnStatus(StrEnum):
    """How a turn ended. ``failed`` and ``late`` turns say so and cost nobody else's findings."""

    DONE = "done"
    FAILED = "failed"
    LATE = "late"


class Turn(Value):
    """An agent spoke. ``found`` is the evidence its tools produced, ``cites`` what its text rests on."""

    kind: Literal["turn"] = "turn"
    at: Instant
    started_at: Instant
    agent: Agent
    text: Text
    found: tuple[Evidence, ...] = ()
    cites: tuple[EvidenceId, ...] = ()
    confidence: Confidence | None = None
    status: TurnStatus = TurnStatus.DONE
    by: str
    notes: tuple[Text, ...] = ()
    """What code corrected in the turn: a figure struck, an unknown evidence id dropped."""


class Diagnosis(Conclusion):
    """The team concluded."""

    kind: Literal["diagnosis"] = "diagnosis"
    at: Instant
    usage: Usage
    redactions: int = 0
    """How many secrets and personal data were taken out of the telemetry that became evidence."""


class CheckResult(StrEnum):
    """The answer of one check of the gate."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class GateCheck(Value):
    """One question that the gate asked, and its answer in words a tired engineer understands."""

    name: str
    result: CheckResult
    reason: Text


class Plan(Value):
    """Exactly what would be done: ``service`` goes from ``from_version`` back to ``to_version``.

    ``rests_on`` is the seal of what people were shown with it (`incident.seal`); None in plans of earlier versions.
    """

    service: Name
    environment: Name
    from_version: Name
    to_version: Name
    change: Name
    rests_on: Name | None = None

    @property
    def digest(self) -> str:
        """Return what an approval is bound to: the plan and what it rests on, in every process the same."""
        return "sha256:" + hashlib.sha256(self.model_dump_json(exclude_none=True).encode()).hexdigest()

    @property
    def bare(self) -> Self:
        """What would be done, whatever it rests on."""
        return self.model_copy(update={"rests_on": None})


class Action(StrEnum):
    """What the gate allows."""

    ROLLBACK = "rollback"
    ASK = "ask"
    REPORT = "report"


class Asked(Value):
    """Whom a question went to, as Slack knew them then, by their ids: whoever comes later doesn't count for it.

    ``named`` are the people and groups that the settings name, ``approvers`` everybody among them. ``on_call`` is the
    service's group. ``maker`` made the change; None where that isn't proved.
    """

    named: tuple[Name, ...] = ()
    approvers: tuple[Name, ...] = ()
    on_call: Name | None = None
    maker: Name | None = None


class Verdict(Value):
    """What the gate says about acting. ``rehearsed``: it would, but nothing may be executed here.

    ``deployed_by`` is who the deployer's own record says made the change. ``asked`` is None where nobody is asked by
    name: on a terminal, and in what earlier versions stored.
    """

    kind: Literal["verdict"] = "verdict"
    at: Instant
    action: Action
    rehearsed: bool = False
    reasons: tuple[Text, ...] = ()
    checks: tuple[GateCheck, ...] = ()
    plan: Plan | None = None
    approvals_needed: Annotated[int, Field(ge=1, le=2)] = 1
    expires_at: Instant | None = None
    """When an approval stops counting (ask), or when the veto window ends (rollback)."""
    deployed_by: Name | None = None
    asked: Asked | None = None

    @property
    def half_way(self) -> datetime | None:
        """The moment at which half the time to answer has gone."""
        return None if self.expires_at is None else self.at + (self.expires_at - self.at) / 2

    def lets(self, by: str) -> bool:
        """Tell whether somebody's yes counts here: of two people who have to agree neither may have made the change."""
        if self.asked is None:
            return True
        strange = self.approvals_needed > 1 and self.asked.maker in {None, by}
        return by in self.asked.approvers and not strange


class Decision(StrEnum):
    """What became of a question."""

    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class Approval(Value):
    """A person's yes or no (``by``), or the end of the question without one. Bound to the plan's ``digest``."""

    kind: Literal["approval"] = "approval"
    at: Instant
    decision: Decision
    by: str | None = None
    digest: str | None = None
    reason: Text = ""


class Reminded(Value):
    """Half the time of an open question had gone, and people were reminded of it."""

    kind: Literal["reminded"] = "reminded"
    at: Instant


class RollbackStarted(Value):
    """Stored before the dispatch. ``key`` names this one effect wherever it is looked for.

    ``automatic``: nobody was asked, and nobody objected.
    """

    kind: Literal["rollback_started"] = "rollback_started"
    at: Instant
    key: Name
    plan: Plan
    automatic: bool = False


class RollbackSent(Value):
    """Stored once, right before the one call that may have the effect: after it one only looks for the effect."""

    kind: Literal["rollback_sent"] = "rollback_sent"
    at: Instant
    key: Name


class Progress(StrEnum):
    """How far the run of a rollback has come; how it ended is an `Outcome`. ``held``: it waits for a person there."""

    QUEUED = "queued"
    HELD = "held"
    RUNNING = "running"
    ENDED = "ended"


class RollbackSeen(Value):
    """The run that does it was seen, or has come further. ``run`` is whoever does it's own name of it."""

    kind: Literal["rollback_seen"] = "rollback_seen"
    at: Instant
    key: Name
    run: Name
    progress: Progress
    url: str | None = None


class Outcome(StrEnum):
    """What a rollback came to. ``unknown``: its answer was lost and can't be reconciled; a person must look."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


class RollbackEnded(Value):
    """The dispatch was followed to its end."""

    kind: Literal["rollback_ended"] = "rollback_ended"
    at: Instant
    key: Name
    outcome: Outcome
    url: str | None = None
    reason: Text = ""


class Recovery(StrEnum):
    """Did the signal that paged recover?"""

    RECOVERED = "recovered"
    NOT_RECOVERED = "not-recovered"
    WORSE = "worse"
    UNKNOWN = "unknown"


class Reading(Value):
    """One value of the signal that paged, in its own unit."""

    at: Instant
    value: FiniteFloat


class Check(Value):
    """The signal that paged, read again until it was quiet, clearly worse, or time was up.

    ``usual``: its level before the trouble.
    """

    kind: Literal["check"] = "check"
    at: Instant
    result: Recovery
    before: float | None = None
    after: float | None = None
    threshold: float | None = None
    usual: float | None = None
    readings: tuple[Reading, ...] = ()
    reason: Text = ""


class AlertSeen(Value):
    """The same problem paged again."""

    kind: Literal["alert_seen"] = "alert_seen"
    at: Instant
    summary: Text = ""


class AlertResolved(Value):
    """Whoever paged says that it is over."""

    kind: Literal["alert_resolved"] = "alert_resolved"
    at: Instant


class Owned(Value):
    """A person took it."""

    kind: Literal["owned"] = "owned"
    at: Instant
    by: Name


class Remark(Value):
    """A person wrote in the thread. ``message`` is the one it stands in, None where that has no name.

    ``asks``: it was a question to us, and an `Answered` is owed.
    """

    kind: Literal["remark"] = "remark"
    at: Instant
    by: Name
    text: Text
    message: Name | None = None
    asks: bool = False


class Answered(Value):
    """A person's question was answered. ``to`` is the seq of its `Remark`, ``by`` a model's name or offline.

    ``found`` was read for this answer alone: it is no part of what the diagnosis rests on.
    """

    kind: Literal["answered"] = "answered"
    at: Instant
    to: Annotated[int, Field(ge=1)]
    text: Text
    cites: tuple[EvidenceId, ...] = ()
    found: tuple[Evidence, ...] = ()
    by: str
    notes: tuple[Text, ...] = ()
    """What was left out or corrected, and why a model did not answer where one was asked."""


class Stopped(Value):
    """A person pressed Stop."""

    kind: Literal["stopped"] = "stopped"
    at: Instant
    by: Name


class Fault(Value):
    """A step failed in a way nobody foresaw. ``error_id`` is in the log beside the traceback."""

    kind: Literal["fault"] = "fault"
    at: Instant
    step: str
    error_id: str
    reason: Text


class Closed(Value):
    """It is over: by a person, by the alert staying resolved, or by age."""

    kind: Literal["closed"] = "closed"
    at: Instant
    reason: Text
    by: str | None = None


Fact = (
    Turn | Diagnosis | Verdict | Approval | Reminded | RollbackStarted | RollbackSent | RollbackSeen | RollbackEnded
    | Check | AlertSeen | AlertResolved | Owned | Remark | Answered | Stopped | Fault | Closed
)  # fmt: skip
FACT: TypeAdapter[Fact] = TypeAdapter(Annotated[Fact, Field(discriminator="kind")])
"""Reads a stored fact back: ``FACT.validate_json(body)``."""
