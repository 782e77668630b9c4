"""The words for states and verdicts: what a reader must not have to guess."""

from incident.change import ChangeKind
from incident.diagnosis import Remediation
from incident.facts import (
    Action,
    Agent,
    CheckResult,
    Decision,
    Outcome,
    Progress,
    Recovery,
    RollbackEnded,
    RollbackStarted,
    TurnStatus,
    Verdict,
)  # fmt: skip
from incident.model import Incident
from incident.status import Status, World

AGENTS = {
    Agent.COMMANDER: "Commander", Agent.LOGS: "Logs agent", Agent.METRICS: "Metrics agent",
    Agent.DEPLOY: "Deploy agent",
}  # fmt: skip
STATUSES = {
    Status.INVESTIGATING: "being investigated",
    Status.AWAITING_APPROVAL: "waiting for approval",
    Status.AWAITING_VETO: "about to roll back unless somebody objects",
    Status.ROLLING_BACK: "rolling back",
    Status.VERIFYING: "rolled back, being checked",
    Status.RESOLVED: "resolved",
    Status.REPORTED: "reported",
    Status.HANDED_OVER: "handed over to a person",
    Status.CLOSED: "closed",
}
WORLDS = {
    World.SCENARIO: "made-up scenario",
    World.RECORDED: "recorded incident",
    World.REAL: "real systems",
}
ACTIONS = {
    Action.ROLLBACK: "roll back",
    Action.ASK: "ask before rolling back",
    Action.REPORT: "report only, change nothing",
}
REMEDIES = {
    Remediation.ROLLBACK: "roll back",
    Remediation.ROLL_FORWARD: "ship a fix",
    Remediation.CONFIG_REVERT: "put the earlier configuration back",
    Remediation.SCALE: "add capacity or shed load",
    Remediation.FAILOVER: "fail over",
    Remediation.ESCALATE_UPSTREAM: "escalate to whoever runs it",
    Remediation.RESCHEDULE: "move the workload to healthy infrastructure",
    Remediation.ROTATE_CERT: "replace the certificate",
    Remediation.PURGE_BAD_DATA: "remove the bad data",
    Remediation.NONE: "nothing has to be done",
    Remediation.UNKNOWN: "not known",
}
SHORT = {Action.ROLLBACK: "roll back", Action.ASK: "ask", Action.REPORT: "report"}
CHANGES = {
    ChangeKind.DEPLOY: "deployment", ChangeKind.CONFIG: "configuration change", ChangeKind.FLAG: "flag change",
    ChangeKind.SCALE: "scaling", ChangeKind.INFRA: "infrastructure change", ChangeKind.ROLLBACK: "rollback",
    ChangeKind.OTHER: "change",
}  # fmt: skip
MARKS = {CheckResult.PASSED: "✓ passed", CheckResult.FAILED: "✗ failed", CheckResult.UNKNOWN: "? unknown"}
DECISIONS = {
    Decision.APPROVED: "approved", Decision.REJECTED: "rejected", Decision.EXPIRED: "expired without an answer",
    Decision.SUPERSEDED: "superseded by a newer proposal",
}  # fmt: skip
OUTCOMES = {
    Outcome.SUCCEEDED: "succeeded", Outcome.FAILED: "failed", Outcome.UNKNOWN: "has no known outcome",
}  # fmt: skip
PROGRESS = {
    Progress.QUEUED: "is queued", Progress.HELD: "waits for somebody to let it go on", Progress.RUNNING: "is at work",
    Progress.ENDED: "has ended",
}  # fmt: skip
RECOVERIES = {
    Recovery.RECOVERED: "the signal that paged recovered",
    Recovery.NOT_RECOVERED: "the signal that paged did not recover",
    Recovery.WORSE: "the signal that paged got worse",
    Recovery.UNKNOWN: "whether the signal that paged recovered is not known",
}
TURNS = {TurnStatus.DONE: "done", TurnStatus.FAILED: "failed", TurnStatus.LATE: "too late"}
MISHAPS = {TurnStatus.DONE: "was done", TurnStatus.FAILED: "failed", TurnStatus.LATE: "was too late"}
DRILL = "DRILL: "
"""What stands before every title of a drill."""
HIGH, MEDIUM = 0.85, 0.5


def verdict(given: Verdict | None) -> str:
    """Return what the gate said about acting."""
    if given is None:
        return "none yet"
    said = ACTIONS[given.action]
    return f"{said} (rehearsed, nothing is executed)" if given.rehearsed else said


def drill(incident: Incident) -> str:
    """Return the mark of a drill, empty for what is none."""
    return DRILL if incident.drill else ""


def doing(incident: Incident) -> str:
    """Return what has become of the plan."""
    ended = incident.last(RollbackEnded)
    if ended is None:
        return "The plan" if incident.last(RollbackStarted) is None else "Being done"
    return "What was done" if ended.outcome is Outcome.SUCCEEDED else "What was tried"


def sureness(confidence: float) -> str:
    """Return how much a confidence is worth."""
    return graded(confidence, "high confidence", "medium confidence", "low confidence")


def graded(confidence: float, high: str, medium: str, low: str) -> str:
    """Return the word that fits a confidence."""
    if confidence >= HIGH:
        return high
    return medium if confidence >= MEDIUM else low


def draft(incident: Incident) -> str:
    """Return the warning of a report that is not final yet, empty for one that is."""
    if incident.status.ended:
        return ""
    return f"Draft: this incident is {STATUSES[incident.status]}; what follows is what is known so far."
