"""The last lines of an investigation: how it ended, what it cost, where the report is, and how to go on."""

import shlex
from collections.abc import Iterator

from bot.console.said import Said, Tone, said
from bot.outbox import Outcome
from bot.report.handover import still_in_main
from bot.report.spending import spending
from bot.report.words import STATUSES
from bot.wishes import Wishes
from incident.facts import Diagnosis
from incident.model import Incident
from incident.status import WAITING, Status, World

TONES: dict[Status, Tone] = {Status.RESOLVED: "good", Status.HANDED_OVER: "bad", Status.AWAITING_APPROVAL: "waiting"}


def say_ending(incident: Incident, written: Outcome, wishes: Wishes) -> Said:
    """Say where the incident stands and what there is to read."""
    head = f"{incident.id} is {STATUSES[incident.status]}"
    return said("end", head, _lines(incident, written, wishes), TONES.get(incident.status, "plain"))


def _lines(incident: Incident, written: Outcome, wishes: Wishes) -> Iterator[str]:
    if incident.status in WAITING and incident.world is World.SCENARIO:
        again = f"first-responder investigate {shlex.quote(wishes.target)} --seed {wishes.seed}"
        yield f"to go on: {again} --approve yes (or no)"
    if left := still_in_main(incident):
        yield left.sentence
    diagnosis = incident.last(Diagnosis)
    if diagnosis is not None:
        usage = diagnosis.usage
        known = usage.prompt_tokens and not usage.spent
        tokens = f", {usage.prompt_tokens + usage.completion_tokens} tokens" if known else ""
        yield f"investigated in {usage.seconds:.1f} s with {usage.model_calls} model calls ({usage.model}{tokens})"
        yield from spending(usage)
    if written.files is not None:
        yield f"report: {' · '.join(str(path) for path in written.files if path)}"
    if written.missing:
        yield f"✗ {written.missing}"
