"""A fact of an incident as messages of its thread. Pure; pictures and the PDF, which take a while, come apart."""

from collections.abc import Sequence

from bot.thread.answer import answer_messages
from bot.thread.approval import answered, approval_messages, verdict_messages
from bot.thread.diagnosis import diagnosis_messages
from bot.thread.drill import marked
from bot.thread.message import Message
from bot.thread.news import (
    closed_messages,
    fault_messages,
    owned_messages,
    resolved_messages,
    seen_messages,
    stopped_messages,
)
from bot.thread.options import Options
from bot.thread.outcome import check_messages, ended_messages, report_messages, run_messages, started_messages
from bot.thread.turns import turn_messages
from bot.thread.whom import reminder
from incident.facts import (
    AlertResolved,
    AlertSeen,
    Answered,
    Approval,
    Check,
    Closed,
    Diagnosis,
    Fact,
    Fault,
    Owned,
    Remark,
    Reminded,
    RollbackEnded,
    RollbackSeen,
    RollbackSent,
    RollbackStarted,
    Stopped,
    Turn,
    Verdict,
)  # fmt: skip
from incident.model import Incident
from incident.status import WAITING, Status


def draw(incident: Incident, fact: Fact | None, seq: int, options: Options) -> tuple[Message, ...]:
    """Return what the fact adds to the thread, in order; the opening is the root card alone (`card`).

    ``incident`` is as it was after the fact. Where the fact ends the work, the report follows; where a person has
    to decide, a draft of it.
    """
    if fact is None:
        return ()
    told = _draw(incident, fact, seq, options)
    report = report_messages(incident, options) if _calls_for_a_report(incident, fact, seq) else ()
    return marked(incident, *told, *report)


def painted(incident: Incident, seq: int, name: str, options: Options) -> bytes:
    """Return the file of that name which the fact adds to the thread; raises `PdfFailed`, `LookupError`."""
    drawn = draw(incident.at(seq), incident.facts[seq - 1], seq, options)
    for upload in (upload for message in drawn for upload in message.uploads):
        if upload.name == name:
            return upload.paint()
    message = f"this version of the program draws no {name}"
    raise LookupError(message)


def redrawn(incident: Incident, fact: Fact | None, seq: int, options: Options) -> tuple[tuple[int, Message], ...]:
    """Return earlier messages that the fact has changed, each with the seq of its fact: a question that is closed.

    A message stands for the first of its fact; buttons that would do nothing any more are gone from it.
    """
    if fact is None or incident.at(seq - 1).status not in WAITING:
        return ()
    if incident.status in WAITING and not isinstance(fact, Verdict):
        return ()
    return tuple(
        (asked_at, message)
        for asked_at, verdict in _question(incident.facts[: seq - 1])
        for message in marked(incident, *answered(incident, verdict, options)[:1])
    )


def asked(incident: Incident, options: Options) -> tuple[tuple[int, Message], ...]:
    """Return the open question as it looks now, with the seq of its fact; empty where none is open."""
    if incident.status not in WAITING:
        return ()
    return tuple(
        (asked_at, message)
        for asked_at, verdict in _question(incident.facts)
        for message in marked(incident, *verdict_messages(incident, verdict, options)[:1])
    )


def _question(facts: Sequence[Fact]) -> list[tuple[int, Verdict]]:
    """Return the newest question with its seq; empty where nothing was asked."""
    return [(seq, fact) for seq, fact in enumerate(facts, 1) if isinstance(fact, Verdict)][-1:]


def _calls_for_a_report(incident: Incident, fact: Fact, seq: int) -> bool:
    before = incident.at(seq - 1).status
    return not before.ended if incident.status.ended else _asks(incident, fact)


def _asks(incident: Incident, fact: Fact) -> bool:
    return isinstance(fact, Verdict) and incident.status is Status.AWAITING_APPROVAL


def _draw(incident: Incident, fact: Fact, seq: int, options: Options) -> tuple[Message, ...]:
    match fact:
        case Turn():
            return turn_messages(incident, fact)
        case Diagnosis():
            return diagnosis_messages(incident, fact, options)
        case Verdict():
            return verdict_messages(incident, fact, options)
        case Approval():
            return approval_messages(incident, fact)
        case Reminded():
            return reminder(incident)
        case RollbackStarted():
            return started_messages(fact)
        case RollbackSent():
            return ()  # it has started, as far as people are concerned
        case RollbackSeen():
            return run_messages(incident, fact)
        case RollbackEnded():
            return ended_messages(fact)
        case Check():
            return check_messages(incident, fact, options)
        case AlertSeen():
            return seen_messages(incident, fact, seq)
        case AlertResolved():
            return resolved_messages(incident, seq)
        case Owned():
            return owned_messages(fact)
        case Remark():
            return ()  # it stands in the thread already
        case Answered():
            return answer_messages(incident, fact)
        case Stopped():
            return stopped_messages(incident, fact)
        case Fault():
            return fault_messages(fact)
        case Closed():
            return closed_messages(fact)
