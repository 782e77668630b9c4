"""What the gate says about acting: the approval card, the veto window, or why nothing is done; and the answers."""

from collections.abc import Iterator

from bot.report import gate, words
from bot.thread.compose import aside, header, messages
from bot.thread.message import Block, Message
from bot.thread.options import Options
from bot.thread.pausing import paused
from bot.thread.plan import SENTENCE, doubts, grounds, particulars, step
from bot.thread.presses import APPROVE, REJECT, STOP, Pressed, button, confirm, row
from bot.thread.prose import prose
from bot.thread.rehearsal import rehearsal
from bot.thread.rich import Inline, bold, line, listed, person, rich, say, section, when
from bot.thread.whom import UNTIL, asked_people, expired
from incident.facts import Action, AlertResolved, Approval, CheckResult, Decision, Plan, RollbackStarted, Verdict
from incident.model import Incident
from incident.status import Status

REASONS = 4


def verdict_messages(incident: Incident, verdict: Verdict, options: Options) -> tuple[Message, ...]:
    """Return the card that asks, the card that warns, or the reasons; what waits for a person may overtake."""
    if verdict.rehearsed and verdict.plan is not None and verdict.action is not Action.REPORT:
        return messages(rehearsal(incident, verdict, verdict.plan, options))
    plan = _open_plan(verdict)
    if plan is None:
        return messages(_reported(verdict))
    return messages(_card(incident, verdict, plan, options), urgent=True)


def answered(incident: Incident, verdict: Verdict, options: Options) -> tuple[Message, ...]:
    """Return the card of a question that is closed: the same without buttons, with what became of it."""
    plan = _open_plan(verdict)
    if plan is None or not _waits(verdict):
        return ()
    *told, _buttons = _card(incident, verdict, plan, options)
    return messages((*told, rich(section(*_closing(incident)))))


def _open_plan(verdict: Verdict) -> Plan | None:
    return None if verdict.rehearsed or verdict.action is Action.REPORT else verdict.plan


def _waits(verdict: Verdict) -> bool:
    """Tell whether there is any time to answer or to object."""
    return verdict.expires_at is not None and verdict.expires_at > verdict.at


def _closing(incident: Incident) -> Iterator[Inline]:
    match incident.facts[-1]:
        case Verdict():
            yield bold("No longer open: the world has changed, and there is a newer proposal below.")
        case Approval() as given:
            yield bold(f"Answered: {words.DECISIONS[given.decision]}")
            yield from (say(" by "), person(given.by)) if given.by else ()
            yield say(".")
        case AlertResolved():
            yield bold("Withdrawn: whoever paged says that it is over, so nothing needs to be rolled back.")
        case RollbackStarted():
            yield bold("Nobody objected: it has started.")
        case _:
            yield bold(f"No longer open: the incident is {words.STATUSES[incident.status]}.")


def _card(incident: Incident, verdict: Verdict, plan: Plan, options: Options) -> Iterator[Block]:
    """Yield what would be done and what speaks against it; the last block is what can be pressed."""
    ask = verdict.action is Action.ASK
    yield header(_title(verdict, plan))
    yield from particulars(incident, plan)
    yield from (*grounds(incident), *doubts(incident, verdict)) if ask else ()
    yield rich(section(*_deadline(verdict)), *((section(*asked_people(verdict, options)),) if ask else ()))
    yield from paused(options.pause)
    yield from aside(gate.score(verdict))
    if _waits(verdict):
        yield (
            _answers(incident, plan, verdict.approvals_needed)
            if ask
            else row(button(STOP, "Stop", Pressed(incident.id), style="danger"))
        )


def _title(verdict: Verdict, plan: Plan) -> str:
    if verdict.action is Action.ASK:
        return f"Roll back {plan.service}?"
    return f"Rolling back {plan.service}{' unless somebody objects' if _waits(verdict) else ''}"


def _deadline(verdict: Verdict) -> Iterator[Inline]:
    ask, at = verdict.action is Action.ASK, verdict.expires_at
    if at is None or not _waits(verdict):
        yield bold("It starts now.")
        return
    yield bold("Nothing happens without an answer; the question expires " if ask else "It starts ")
    yield when(at, UNTIL)
    yield bold("." if ask else ", unless somebody presses Stop before.")


def _answers(incident: Incident, plan: Plan, needed: int) -> Block:
    about = Pressed(incident.id, plan.digest)
    starts = "at once" if needed == 1 else "when two people have agreed"
    told = f"{words.drill(incident)}{step(plan)}. It starts {starts}."
    sure = confirm(f"Roll back {plan.service}?", told, "Roll back", "Not yet")
    return row(
        button(APPROVE, "Approve", about, style="primary", confirm=sure),
        button(REJECT, "Reject", about, style="danger"),
    )


def _reported(verdict: Verdict) -> Iterator[Block]:
    yield rich(section(bold(f"Verdict: {words.verdict(verdict)}.")))
    yield from listed("Because", [[line(reason, SENTENCE)] for reason in _reasons(verdict)], REASONS)
    if verdict.checks:
        yield from aside(gate.score(verdict))


def _reasons(verdict: Verdict) -> tuple[str, ...]:
    """Return the checks that failed, which explain a report by themselves; without any, whatever bounds the action."""
    failed = (row.reason for row in gate.rows(verdict) if row.result == words.MARKS[CheckResult.FAILED])
    return tuple(failed) or verdict.reasons


def approval_messages(incident: Incident, approval: Approval) -> tuple[Message, ...]:
    """Return the answer: by whom, why, and what follows; that nobody gave one is told elsewhere as well."""
    if approval.decision is Decision.EXPIRED:
        return tuple(expired(incident))
    by = [say(" by "), person(approval.by)] if approval.by else []
    told = section(bold(f"The rollback was {words.DECISIONS[approval.decision]}"), *by, say(f". {_follows(incident)}"))
    return messages([rich(told), *prose(approval.reason)])


def _follows(incident: Incident) -> str:
    match incident.status:
        case Status.AWAITING_APPROVAL:
            return "One more person has to agree."
        case Status.ROLLING_BACK:
            return "It starts now, if everything is still as it was."
        case _:
            return "Nothing was changed."
