"""What people and pagers say beside the work, and what went wrong with the work itself."""

from bot.thread.compose import messages
from bot.thread.message import Message
from bot.thread.rich import Inline, bold, code, line, person, quote, rich, say, section
from incident.facts import AlertSeen, Closed, Fault, Owned, Stopped
from incident.model import Incident
from incident.status import Status

SENTENCE = 450


def seen_messages(incident: Incident, seen: AlertSeen, seq: int) -> tuple[Message, ...]:
    """Return that it paged again; the root card counts further repeats, so that they don't fill the thread."""
    if seq > 1 and isinstance(incident.facts[seq - 2], AlertSeen):
        return ()
    told = (quote(line(seen.summary, SENTENCE)),) if seen.summary.strip() else ()
    over = " It had ended, so a person has to look." if incident.status is Status.HANDED_OVER else ""
    return messages([rich(section(bold("The same problem paged again."), say(over or " ")), *told)])


def resolved_messages(incident: Incident, seq: int) -> tuple[Message, ...]:
    """Return that it is over, and that nothing is asked any more where something was."""
    called_off = incident.status is Status.REPORTED and incident.at(seq - 1).status is not Status.REPORTED
    follows = " The rollback was called off; nothing was changed." if called_off else ""
    return messages([rich(section(bold("The alert was resolved at its source."), say(follows or " ")))])


def owned_messages(owned: Owned) -> tuple[Message, ...]:
    """Return who has it now."""
    return messages([rich(section(person(owned.by), say(" has got it.")))])


def stopped_messages(incident: Incident, stopped: Stopped) -> tuple[Message, ...]:
    """Return who stopped it and what that means; may overtake, as somebody waits for it."""
    follows = (
        "What was found is kept." if incident.status.ended else "The rollback that has started is followed to its end."
    )
    told: tuple[Inline, ...] = (bold("Stopped by "), person(stopped.by), say(f". {follows}"))
    return messages([rich(section(*told))], urgent=True)


def fault_messages(fault: Fault) -> tuple[Message, ...]:
    """Return which step failed, and what to look for in the log."""
    told = section(bold("A step failed, and a person has to go on: "), line(fault.step, 100), say("."))
    return messages(
        [rich(told, section(line(fault.reason, SENTENCE)), section(say("Error "), code(fault.error_id, 60)))]
    )


def closed_messages(closed: Closed) -> tuple[Message, ...]:
    """Return that it is closed, by whom and why."""
    by = [say(" by "), person(closed.by)] if closed.by else []
    why = [line(f": {closed.reason}", SENTENCE)] if closed.reason.strip() else [say(".")]
    return messages([rich(section(bold("Closed"), *by, *why))])
