"""How an incident stands, in one line above everything else."""

from bot.report import words
from bot.report.escape import brief
from incident.diagnosis import Category
from incident.facts import Approval, Check, Decision, Diagnosis, Fault, RollbackEnded, RollbackStarted, Verdict
from incident.model import Incident
from incident.status import Status


def banner(incident: Incident) -> str:
    """Return how it stands, in one line; a draft says that it is one, and so does a drill."""
    return f"{words.drill(incident)}{_standing(incident)}"


def _standing(incident: Incident) -> str:
    match incident.status:
        case Status.RESOLVED if (started := incident.last(RollbackStarted)) is not None:
            return f"Resolved. {started.plan.change} was rolled back and the signal that paged recovered."
        case Status.RESOLVED:
            return "Resolved."
        case Status.REPORTED | Status.CLOSED:
            return f"{words.STATUSES[incident.status].capitalize()}. {_untouched(incident)}"
        case Status.HANDED_OVER:
            return f"Handed over. {_left_open(incident)}"
        case (
            Status.INVESTIGATING | Status.AWAITING_APPROVAL | Status.AWAITING_VETO
            | Status.ROLLING_BACK | Status.VERIFYING
        ):  # fmt: skip
            return words.draft(incident)


def _untouched(incident: Incident) -> str:
    """Why a report is all that was done."""
    diagnosis, verdict, approval = incident.last(Diagnosis), incident.last(Verdict), incident.last(Approval)
    if incident.last(RollbackStarted) is not None:
        return "Somebody has taken it from here."
    if approval is not None and approval.decision is not Decision.APPROVED:
        return f"Nothing was changed: the rollback was {words.DECISIONS[approval.decision]}."
    if diagnosis is not None and diagnosis.category is Category.NONE:
        return "Nothing is wrong any more, and nothing was changed."
    if verdict is not None and verdict.rehearsed:
        return "Nothing was changed: this is a rehearsal."
    return "Nothing was changed: what to do is for a person to decide."


def _left_open(incident: Incident) -> str:
    """What a person has to take over from."""
    fault, check = incident.last(Fault), incident.last(Check)
    if fault is not None:
        return f"A person has to go on: the step “{brief(fault.step, 60)}” failed (error {brief(fault.error_id, 40)})."
    if check is not None:
        return f"A person has to go on: after the rollback {words.RECOVERIES[check.result]}."
    if (ended := incident.last(RollbackEnded)) is not None:
        return f"A person has to go on: the rollback {words.OUTCOMES[ended.outcome]}."
    return "A person has to go on."
