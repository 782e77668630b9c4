"""Says what was found the way an engineer notes it down; every figure is one that the cited evidence holds."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from agents.analysis.lexicon import GENERAL, symptoms_in
from agents.analysis.observations import (
    AlertSignal,
    CallAspect,
    CallShift,
    ChangeSeen,
    CommitSeen,
    LogPattern,
    MetricShift,
    Seen,
)
from agents.analysis.symptoms import complaint
from agents.units import quantity
from incident.alert import Alert
from incident.change import ChangeKind

QUOTED = 110
STRONGEST = 20.0
FAINT = 3.0
"""Below this a log line is no sign of trouble that is worth telling of."""
LONG = 180
"""Minutes from which one speaks of hours."""
A_CHANGE = {
    ChangeKind.DEPLOY: "the deploy", ChangeKind.CONFIG: "the config change", ChangeKind.FLAG: "the flag",
    ChangeKind.SCALE: "the scaling", ChangeKind.INFRA: "the infrastructure change", ChangeKind.ROLLBACK: "the rollback",
    ChangeKind.OTHER: "the change",
}  # fmt: skip
ASPECTS = {
    CallAspect.ERRORS: "the failing share", CallAspect.LATENCY: "the time", CallAspect.SELF_TIME: "the own time",
    CallAspect.NETWORK: "the time on the way", CallAspect.MISSING: "the number", CallAspect.VOLUME: "the number",
}  # fmt: skip


class Shown(NamedTuple):
    """One thing that happened at a service, in words."""

    service: str
    said: str
    at: datetime | None
    evidence: str
    weight: float


def clock(moment: datetime) -> str:
    """Return a time of day in UTC, as engineers write it."""
    return f"{moment:%H:%M} UTC"


def ago(moment: datetime, alert: Alert) -> str:
    """Say how long before the page something was."""
    minutes = round((alert.fired_at - moment).total_seconds() / 60)
    if minutes < 1:
        return "at the page" if minutes == 0 else "after the page"
    return f"{minutes} min before the page" if minutes < LONG else f"{minutes / 60:.1f} h before the page"


def shown(seen: Seen) -> Shown | None:
    """Put an observation of trouble into words, None for everything else."""
    what = seen.what
    if isinstance(what, MetricShift):
        verb = "rose" if what.after > what.before else "fell"
        slowly = " little by little" if what.gradual else ""
        before, after = quantity(what.metric, what.before), quantity(what.metric, what.after)
        said = f"{what.metric} {verb}{slowly} from {before} to {after}"
        return Shown(what.service, said, what.onset, seen.id, _telling(what.metric, what.score))
    if isinstance(what, LogPattern) and complaint(what) and what.score >= FAINT:
        said = f"it logged '{shorten(what.example)}'"
        return Shown(what.service, said, what.onset or what.first_at, seen.id, _telling(what.template, what.score))
    if isinstance(what, CallShift):
        said = f"{ASPECTS[what.aspect]} of calls to {what.callee} went from {_called(what, what.before)} to "
        said += _called(what, what.after)
        return Shown(what.callee, said, what.onset, seen.id, 0.4 * min(what.score, STRONGEST))
    return None


def _called(shift: CallShift, value: float) -> str:
    if shift.aspect in {CallAspect.MISSING, CallAspect.VOLUME}:
        return f"{value:.3g} per request"
    return f"{100 * value:.3g} %" if shift.aspect is CallAspect.ERRORS else quantity("ms", value)


def _telling(text: str, score: float) -> float:
    """Weigh a sign by its size, and more where it names more than slowness or errors."""
    return min(score, STRONGEST) * (1.5 if symptoms_in(text) - GENERAL else 1.0)


def shorten(text: str) -> str:
    """Return the beginning of a line of text, on one line; the fields that a logger appends are left out."""
    line = " ".join(text.split(' {"', 1)[0].split())
    return line if len(line) <= QUOTED else line[: QUOTED - 1].rstrip() + "…"


def trouble(seen: Sequence[Seen], service: str | None) -> list[Shown]:
    """Return what happened at a service, or anywhere, the most telling first; of alike ones the strongest."""
    found = [s for s in map(shown, seen) if s and (service is None or s.service == service)]
    told: dict[tuple[str, str], Shown] = {}
    for one in sorted(found, key=lambda s: -s.weight):
        told.setdefault((one.service, " ".join(one.said.split()[:5])), one)
    return list(told.values())


def changed(change: ChangeSeen | None, commit: CommitSeen | None) -> str:
    """Name a change: kind, id, and the commit where one is known."""
    brought = f"commit {commit.sha[:8]} ('{shorten(commit.message)}')" if commit else ""
    if change is None:
        return brought
    name = f"{A_CHANGE[change.change_kind]} {change.id}"
    return f"{name} with {brought}" if brought else f"{name} ('{shorten(change.title)}')" if change.title else name


def healed(signal: AlertSignal) -> str:
    """Say how the signal that paged came back, or never left."""
    name = signal.metric or "the signal that paged"
    if signal.excursion is False or signal.peak is None or signal.latest is None:
        return f"{name} never left its usual range"
    peak, latest = quantity(signal.metric, signal.peak), quantity(signal.metric, signal.latest)
    return f"{name} went to {peak} and is back at {latest}"
