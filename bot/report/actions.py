"""What should be done next, derived from the facts; who does it is left open."""

from collections.abc import Iterator
from typing import NamedTuple

from bot.report.figures import share
from bot.report.handover import next_hypothesis, still_in_main
from incident.diagnosis import Category, Remediation
from incident.facts import Diagnosis, Outcome, RollbackEnded, Turn, TurnStatus
from incident.model import Incident
from incident.status import WAITING


class Todo(NamedTuple):
    """One action and what it follows from."""

    what: str
    why: str


REMEDIES = {
    Remediation.ROLLBACK: "Roll {service} back to the version before the change",
    Remediation.ROLL_FORWARD: "Ship a fix for {service}: going back doesn't help here",
    Remediation.CONFIG_REVERT: "Put the configuration of {service} back",
    Remediation.SCALE: "Give {service} more capacity, or shed load before it",
    Remediation.FAILOVER: "Fail {service} over, then repair what failed",
    Remediation.ESCALATE_UPSTREAM: "Escalate to whoever runs {service}",
    Remediation.RESCHEDULE: "Move the workload of {service} to healthy infrastructure",
    Remediation.ROTATE_CERT: "Replace the certificate of {service}",
    Remediation.PURGE_BAD_DATA: "Remove the bad data that {service} chokes on",
}
PREVENTION = {
    Category.CHANGE: "Add a test or a limit that refuses this change before it reaches production",
    Category.TRAFFIC: "Agree on rate limits and automatic scaling for {service}",
    Category.CAPACITY: "Alert on the headroom of {service} before it is used up",
    Category.DEPENDENCY: "Decide how the callers of {service} degrade when it fails",
    Category.PROVIDER: "Decide how to live through an outage of this provider",
    Category.CERTIFICATE: "Alert on certificates weeks before they expire",
    Category.DATA: "Validate this data where it enters",
    Category.NODE: "Spread {service} so that one node can't take it down",
    Category.NETWORK: "Watch the network between {service} and its callers as a signal of its own",
    Category.RESOURCE: "Set requests and limits for {service}, and alert before they are reached",
}


def todos(incident: Incident) -> tuple[Todo, ...]:
    """Return the actions, the most urgent first; empty before there is a diagnosis."""
    diagnosis = incident.last(Diagnosis)
    if diagnosis is None:
        return ()
    return (*_now(incident, diagnosis), *_prevent(diagnosis), *_see_more(incident, diagnosis))


def _now(incident: Incident, diagnosis: Diagnosis) -> Iterator[Todo]:
    ended, following, left = incident.last(RollbackEnded), next_hypothesis(incident), still_in_main(incident)
    service = diagnosis.culprit_service or incident.alert.service
    if incident.status in WAITING:
        yield Todo("Answer the open question: roll back or not", "The gate asks; nothing happens without an answer.")
    if ended and ended.outcome is not Outcome.SUCCEEDED:
        yield Todo(f"Find out which version of {service} is running", f"The rollback ended as {ended.outcome}.")
    if following:
        yield Todo(f"Take over {service}: the rollback did not bring it back", following)
    if left:
        yield Todo(*left)
    elif diagnosis.remediation in REMEDIES and incident.status not in WAITING:
        sure = f"the diagnosis ({share(diagnosis.confidence)})"
        yield Todo(
            REMEDIES[diagnosis.remediation].format(service=service), f"It follows from {sure}; nothing was done yet."
        )
    if diagnosis.category is Category.UNKNOWN:
        yield Todo(
            f"Go on looking, first at {', '.join(diagnosis.ranking[:3]) or service}", "No cause was established."
        )


def _prevent(diagnosis: Diagnosis) -> Iterator[Todo]:
    service = diagnosis.culprit_service or "the service"
    if diagnosis.category in PREVENTION:
        yield Todo(
            PREVENTION[diagnosis.category].format(service=service),
            "It keeps causes of this kind from paging anybody again.",
        )
    if diagnosis.category is Category.NONE:
        yield Todo("Look at the alert's threshold and duration", "It paged, and nothing is wrong any more.")


def _see_more(incident: Incident, diagnosis: Diagnosis) -> Iterator[Todo]:
    if diagnosis.gaps:
        gaps = f"{len(diagnosis.gaps)} gap{'s' * (len(diagnosis.gaps) > 1)}"
        yield Todo("Make visible what could not be seen this time", f"{gaps}, under “What could not be seen”.")
    broken = {t.agent.value for t in incident.every(Turn) if t.status is not TurnStatus.DONE}
    if broken:
        yield Todo(
            f"Find out why the work of {', '.join(sorted(broken))} was cut short", "Its findings are missing here."
        )
