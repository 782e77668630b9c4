"""What somebody is told who pressed Approve, Reject or Stop. Pure."""

from datetime import datetime

from bot.report.words import STATUSES
from bot.runner import Answer
from bot.thread.text import PERSON, clean, escaped
from incident.facts import AlertResolved, Approval, Closed, Decision, Stopped, Verdict
from incident.model import Incident
from incident.status import Status
from storage.memory import Mute

UNKNOWN = "This incident isn't in my records any more."
NOBODY = "nobody may approve here yet: set SFA_APPROVERS to people and user groups"


def may_approve(named: str) -> str:
    """Say who may; ``named`` are they in Slack's own form."""
    return f"{named} may approve" if named else NOBODY


def who(by: str | None) -> str:
    """Return a person as Slack shows one; whoever has no Slack id is named as written."""
    if by is None:
        return "nobody"
    return f"<@{by}>" if PERSON.fullmatch(by) else escaped(clean(by))


def when(moment: datetime) -> str:
    """Return a moment in each reader's own time."""
    return f"<!date^{int(moment.timestamp())}^{{time_secs}}|{moment:%H:%M:%S} UTC>"


def day(moment: datetime) -> str:
    """Return a moment of another day."""
    return f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} at {{time}}|{moment:%Y-%m-%d %H:%M} UTC>"


def quiet(mute: Mute) -> str:
    """Say who wants no more of a problem, and until when."""
    return f"{who(mute.by)} muted this alert until {day(mute.until)}: the same problem opens no incident until then."


def taken(incident: Incident, answer: Answer) -> bool:
    """Tell whether an answer was taken; else something else became of the question when it was given."""
    newest = _newest(incident)
    return isinstance(newest, Approval) and (newest.by, newest.decision) == (answer.by, answer.decision)


def decided(incident: Incident, answer: Answer) -> str:
    """Say what became of an answer."""
    newest = _newest(incident)
    if isinstance(newest, Verdict):
        return (
            f"Nothing was done: the situation has changed since this was asked. {_reasons(newest)} "
            "The thread has a new card for what is proposed now."
        )
    if not taken(incident, answer):
        return f"Your answer doesn't count: {_closed(newest)}"
    if newest.decision is Decision.REJECTED:
        return f"Rejected: nothing of {incident.id} is rolled back."
    if incident.status is Status.AWAITING_APPROVAL:
        return "Your approval is stored. One more is needed, from another person."
    return f"Approved: {_plan(incident)} begins."


def _newest(incident: Incident) -> Approval | Verdict:
    return next(f for f in reversed(incident.facts) if isinstance(f, Approval | Verdict))


def refused(incident: Incident, answer: Answer) -> str:
    """Say why an answer can't count: what happened instead, by whom and when."""
    verdict, approval = incident.last(Verdict), incident.last(Approval)
    if incident.status is Status.AWAITING_APPROVAL and verdict is not None and verdict.plan is not None:
        if verdict.plan.digest != answer.digest:
            return "This card is superseded: the plan has changed. Please look at the newest card of the thread."
        return "You have approved this already. One more approval is needed, from another person."
    stopped, resolved = incident.last(Stopped), incident.last(AlertResolved)
    if stopped is not None and not (approval and approval.at > stopped.at):
        return f"Too late: {who(stopped.by)} stopped {incident.id} at {when(stopped.at)}."
    if approval is not None:
        return f"This is decided already: {_closed(approval)}"
    if resolved is not None:
        return f"Too late: the alert was resolved at {when(resolved.at)}, so nothing needs to be rolled back."
    return f"There is nothing to decide: {incident.id} is {STATUSES[incident.status]}."


def unstoppable(incident: Incident) -> str:
    """Say why there is nothing to stop."""
    stopped = incident.last(Stopped)
    if stopped is not None:
        return f"{who(stopped.by)} stopped {incident.id} already, at {when(stopped.at)}."
    return f"There is nothing to stop: {incident.id} is {STATUSES[incident.status]}."


def unclosable(incident: Incident) -> str:
    """Say why it can't be closed."""
    closed = incident.last(Closed)
    if closed is not None:
        by = f", by {who(closed.by)}" if closed.by else ""
        return f"{incident.id} is closed already, since {when(closed.at)}{by}."
    return f"{incident.id} is {STATUSES[incident.status]}: only what was reported or handed over can be closed."


def halted(incident: Incident) -> str:
    """Say what a Stop did."""
    if incident.status.ended:
        return f"Stopped. What was found so far about {incident.id} is kept in the thread."
    return f"The rollback of {incident.id} has begun and is followed to its end; nothing more is started after it."


def _closed(approval: Approval) -> str:
    match approval.decision:
        case Decision.APPROVED:
            return f"{who(approval.by)} approved it at {when(approval.at)}."
        case Decision.REJECTED:
            reason = f" Reason: {escaped(clean(approval.reason))}" if approval.reason else ""
            return f"{who(approval.by)} rejected it at {when(approval.at)}.{reason}"
        case Decision.EXPIRED:
            return f"the question expired at {when(approval.at)}, as nobody had answered in time."
        case Decision.SUPERSEDED:
            return f"it was superseded at {when(approval.at)}. {escaped(clean(approval.reason))}"


def _reasons(verdict: Verdict) -> str:
    return escaped(clean(" ".join(verdict.reasons[:2])))[:1_000]


def _plan(incident: Incident) -> str:
    verdict = incident.last(Verdict)
    if verdict is None or verdict.plan is None:
        return "the rollback"
    plan = verdict.plan
    return escaped(clean(f"the rollback of {plan.service} from {plan.from_version} to {plan.to_version}"))
