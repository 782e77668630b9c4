"""Made-up incidents, facts and cases for the tests of the middle and of its store."""

from datetime import UTC, datetime, timedelta

from incident.alert import Alert
from incident.case import Case
from incident.change import Change, ChangeKind, Topology
from incident.diagnosis import Category, CulpritChange, Remediation, Usage
from incident.evidence import Evidence, Source
from incident.facts import (
    Action,
    Agent,
    AlertResolved,
    AlertSeen,
    Approval,
    Asked,
    Check,
    Closed,
    Decision,
    Diagnosis,
    Fact,
    Fault,
    Outcome,
    Owned,
    Plan,
    Progress,
    Reading,
    Recovery,
    Remark,
    RollbackEnded,
    RollbackSeen,
    RollbackSent,
    RollbackStarted,
    Stopped,
    Turn,
    Verdict,
)
from incident.limits import Around
from incident.model import Incident
from incident.ports import Deployed
from incident.status import Status, World

T = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = T + timedelta(hours=1)
ONSET = T - timedelta(minutes=10)
ALERT = Alert(
    service="shop", name="slow", summary="p99 is high", fired_at=T, metric="p99_ms", value=900.0, threshold=500.0
)
PLAN = Plan(service="shop", environment="production", from_version="v2", to_version="v1", change="chg-2")
CULPRIT = CulpritChange(id="chg-2", service="shop", kind=ChangeKind.DEPLOY, version="v2", at=T - timedelta(minutes=15))
SEEN = Evidence(id="E1", source=Source.METRICS, service="shop", query="p99", window=(T, LATER), statement="p99 rose.")
TURN = Turn(at=T, started_at=T, agent=Agent.METRICS, text="p99 rose [E1]", found=(SEEN,), cites=("E1",), by="offline")
DIAGNOSIS = Diagnosis(
    at=T,
    cause="v2 made checkout slow",
    category=Category.CHANGE,
    culprit_service="shop",
    ranking=("shop",),
    culprit_change=CULPRIT,
    onset=ONSET,
    remediation=Remediation.ROLLBACK,
    confidence=0.93,
    evidence=("E1",),
    usage=Usage(model="offline"),
)
CHANGE = Change(
    id="chg-2",
    at=CULPRIT.at,
    service="shop",
    kind=ChangeKind.DEPLOY,
    title="deploy shop v2",
    version="v2",
    previous_version="v1",
    reversible=True,
)
HISTORY = (
    Deployed("shop", "v1", None, "chg-1", T - timedelta(days=2)),
    Deployed("shop", "v2", "v1", "chg-2", CULPRIT.at),
)


def incident(world: World = World.SCENARIO, name: str = "INC-1") -> Incident:
    return Incident(id=name, target="shop", world=world, environment="production", alert=ALERT, opened_at=T)


def verdict(action: Action, *, needed: int = 1, rehearsed: bool = False, plan: Plan | None = PLAN) -> Verdict:
    ends = LATER if action is Action.ASK else T
    return Verdict(at=T, action=action, rehearsed=rehearsed, plan=plan, approvals_needed=needed, expires_at=ends)


def asking_for_real(plan: Plan = PLAN) -> Verdict:
    """Return the question of a real incident: only whom it went to may answer."""
    return verdict(Action.ASK, plan=plan).model_copy(update={"asked": Asked(approvers=("U1",))})


def approval(
    decision: Decision = Decision.APPROVED, by: str | None = "U1", digest: str | None = PLAN.digest
) -> Approval:
    return Approval(at=T, decision=decision, by=by, digest=digest)


STARTED = RollbackStarted(at=T, key="key-1", plan=PLAN)
SENT = RollbackSent(at=T, key="key-1")
RUN = RollbackSeen(at=T, key="key-1", run="1", progress=Progress.RUNNING, url="https://ci.example/runs/1")
ASKED: tuple[Fact, ...] = (TURN, DIAGNOSIS, verdict(Action.ASK))
RUNNING: tuple[Fact, ...] = (*ASKED, approval(), STARTED)


def ended(outcome: Outcome = Outcome.SUCCEEDED) -> RollbackEnded:
    return RollbackEnded(at=T, key="key-1", outcome=outcome)


def check(result: Recovery = Recovery.RECOVERED) -> Check:
    return Check(at=T, result=result, before=900.0, after=210.0, threshold=500.0)


FAULT = Fault(at=T, step="investigate", error_id="e", reason="it broke")
CLOSED = Closed(at=T, reason="over")
STOPPED = Stopped(at=T, by="U1")
SEEN_AGAIN = AlertSeen(at=T, summary="again")
HEALED = AlertResolved(at=T)
OWNED = Owned(at=T, by="U1")
REMARK = Remark(at=T, by="U1", text="looking")

REACHED: dict[str, tuple[Status, tuple[Fact, ...]]] = {
    "investigating": (Status.INVESTIGATING, (TURN,)),
    "diagnosed": (Status.INVESTIGATING, (TURN, DIAGNOSIS)),
    "awaiting_approval": (Status.AWAITING_APPROVAL, ASKED),
    "awaiting_veto": (Status.AWAITING_VETO, (TURN, DIAGNOSIS, verdict(Action.ROLLBACK))),
    "approved": (Status.ROLLING_BACK, (*ASKED, approval())),
    "rolling_back": (Status.ROLLING_BACK, RUNNING),
    "sent": (Status.ROLLING_BACK, (*RUNNING, SENT)),
    "seen": (Status.ROLLING_BACK, (*RUNNING, SENT, RUN)),
    "verifying": (Status.VERIFYING, (*RUNNING, ended())),
    "resolved": (Status.RESOLVED, (*RUNNING, ended(), check())),
    "reported": (Status.REPORTED, (TURN, DIAGNOSIS, verdict(Action.REPORT))),
    "handed_over": (Status.HANDED_OVER, (*RUNNING, ended(Outcome.UNKNOWN))),
    "closed": (Status.CLOSED, (TURN, DIAGNOSIS, verdict(Action.REPORT), CLOSED)),
}


def case(**differently: object) -> Case:
    """A case in which every check passes, except for what is told differently."""
    told = DIAGNOSIS.model_copy(update={k: v for k, v in differently.items() if k in Diagnosis.model_fields})
    rest = {k: v for k, v in differently.items() if k not in Diagnosis.model_fields}
    known = {
        "incident": incident().replay((TURN, DIAGNOSIS)),
        "at": T,
        "history": HISTORY,
        "changes": (CHANGE,),
        "topology": Topology(depends_on={"web": ("shop",), "shop": ("db",), "cache": ()}),
        "around": Around(),
        "readings": tuple(Reading(at=T + timedelta(minutes=m), value=880.0 + m) for m in range(3)),
    }
    return Case.model_validate({**known, **rest, "diagnosis": told})
