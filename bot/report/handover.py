"""What is left to people after a rollback: the next explanation to look at, and what the main branch still contains."""

from typing import NamedTuple

from bot.report.escape import brief
from bot.report.figures import share
from bot.report.story import SHA
from incident.change import ChangeKind
from incident.facts import Check, Diagnosis, Outcome, Recovery, RollbackEnded, RollbackStarted
from incident.model import Incident

NO_MORE = "Nothing more is done automatically for this incident."


def next_hypothesis(incident: Incident) -> str:
    """Return what to look at next, in one sentence, where a rollback has not brought the signal back; else nothing."""
    check, diagnosis = incident.last(Check), incident.last(Diagnosis)
    if check is None or check.result is Recovery.RECOVERED or diagnosis is None:
        return ""
    rival = max(diagnosis.rivals, key=lambda r: r.confidence, default=None)
    if rival is not None:
        less = brief(rival.why_less_likely.rstrip("."), 200)
        return f"Look next at: {_plain(rival.what)} ({share(rival.confidence)}; it seemed less likely, as: {less})."
    others = [s for s in diagnosis.ranking if s not in {diagnosis.culprit_service, None}]
    if others:
        return f"No other explanation was left. Look next at {others[0]}, the next in the ranking."
    if diagnosis.ruled_out:
        out = diagnosis.ruled_out[0]
        return f"No other explanation was left. Look again at what was ruled out, first: {_plain(out.what)}."
    return "No other explanation came up: Look again takes along what people write in the thread."


class Left(NamedTuple):
    """What the main branch still contains: what to do about it, and why."""

    do: str
    why: str

    @property
    def sentence(self) -> str:
        """Both, for the end card."""
        return f"{self.why} {self.do}."


def still_in_main(incident: Incident) -> Left | None:
    """Return what a rollback that succeeded has left in the main branch; None where none has."""
    ended, started, diagnosis = incident.last(RollbackEnded), incident.last(RollbackStarted), incident.last(Diagnosis)
    if started is None or ended is None or ended.outcome is not Outcome.SUCCEEDED:
        return None
    check, change = incident.last(Check), diagnosis.culprit_change if diagnosis else None
    told = brief(started.plan.change, 80)
    name = change.commit[:SHA] if change and change.commit else told
    where = f"The main branch still contains {f'what {told} shipped' if name == told else f'commit {name} ({told})'}"
    if name == told and change is not None and change.kind is ChangeKind.FLAG:
        where = f"Wherever the flag is declared, {told} still stands"
    helped = check is not None and check.result is Recovery.RECOVERED
    do = f"Revert {name} in the main branch" if helped else f"Decide whether {name} stays in the main branch"
    return Left(do, f"{where}: the next deployment or GitOps sync would bring it back.")


def _plain(what: str) -> str:
    return brief(what.rstrip("."), 240)
