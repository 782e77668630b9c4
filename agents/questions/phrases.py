"""How answers say where an incident stands, what would help, times, lists and citations."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from agents.questions.record import Record
from agents.units import dated
from incident.diagnosis import Remediation
from incident.status import Status

CITED, LONG, NAMED = 4, 300, 6
STANDS = {
    Status.INVESTIGATING: "it is being investigated",
    Status.AWAITING_APPROVAL: "it waits for somebody to approve or reject a rollback",
    Status.AWAITING_VETO: "it is about to be rolled back unless somebody presses Stop",
    Status.ROLLING_BACK: "a rollback is under way",
    Status.VERIFYING: "it was rolled back, and the signal that paged is being watched",
    Status.RESOLVED: "it is resolved",
    Status.REPORTED: "it is reported, and nothing more is done by itself",
    Status.HANDED_OVER: "it is handed over: a person has to go on",
    Status.CLOSED: "it is closed",
}
HELPS = {
    Remediation.ROLLBACK: "rolling back",
    Remediation.ROLL_FORWARD: "shipping a fix",
    Remediation.CONFIG_REVERT: "putting the earlier configuration back",
    Remediation.SCALE: "adding capacity or shedding load",
    Remediation.FAILOVER: "failing over",
    Remediation.ESCALATE_UPSTREAM: "escalating to whoever runs it",
    Remediation.RESCHEDULE: "moving the workload to healthy infrastructure",
    Remediation.ROTATE_CERT: "replacing the certificate",
    Remediation.PURGE_BAD_DATA: "removing the bad data",
    Remediation.NONE: "nothing: nothing has to be done",
}


def at(record: Record, moment: datetime) -> str:
    """Return a time in UTC, with its date where it is of another day than the alert."""
    return f"{dated(moment, record.alert.fired_at)} UTC"


def cited(ids: Sequence[str]) -> str:
    """Return a few ids behind a sentence."""
    return f" ({', '.join(ids[:CITED])})" if ids else ""


def short(text: str) -> str:
    """Return one line that is not too long."""
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= LONG else f"{line[: LONG - 1].rstrip()}…"


def listed(names: Iterable[str]) -> str:
    """Join names as one says them; of many, the first."""
    every = list(names)
    shown, more = every[:NAMED], len(every) - NAMED
    if more > 0:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))
