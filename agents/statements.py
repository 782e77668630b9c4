"""Says an observation in one sentence; every figure in it is one of the observation's."""

import re
from datetime import datetime

from agents.analysis.observations import (
    AlertSignal,
    CallAspect,
    Calls,
    CallShift,
    ChangeSeen,
    CommitSeen,
    EventSeen,
    LogPattern,
    MetricShift,
    Observation,
    ServiceRanking,
    Signal,
    Trend,
)  # fmt: skip
from agents.units import dated, figure, quantity

LONGEST = 700
QUOTED = 220


def state(what: Observation, fired_at: datetime) -> str:
    """Return one sentence on one line, at most 700 characters; times are UTC, dated where it was another day."""
    sentence = " ".join(_said(what, fired_at).split())
    return sentence if len(sentence) <= LONGEST else sentence[: LONGEST - 1] + "…"


def _said(what: Observation, fired_at: datetime) -> str:
    match what:
        case MetricShift():
            return _metric(what, fired_at)
        case AlertSignal():
            return _signal(what, fired_at)
        case CallShift():
            return _call(what, fired_at)
        case LogPattern():
            return _log(what, fired_at)
        case ServiceRanking():
            return _ranking(what)
        case CommitSeen():
            return _commit(what, fired_at)
        case ChangeSeen():
            return _change(what, fired_at)
        case EventSeen():
            where = f" about {what.service}" if what.service else ""
            return (
                f"{dated(what.at, fired_at)} {what.source}{where} said {what.status or 'this'}: {quoted(what.message)}"
            )
        case Calls():
            edges = sum(len(needs) for needs in what.depends_on.values())
            how = "as their spans show" if what.inferred else "as declared"
            return f"{len(what.depends_on)} services with {edges} dependencies between them, {how}"


def _since(onset: datetime | None, fired_at: datetime) -> str:
    return f" from {dated(onset, fired_at)} on" if onset else ""


def _metric(shift: MetricShift, fired_at: datetime) -> str:
    verb = "rose" if shift.after > shift.before else "fell" if shift.after < shift.before else "spiked"
    slowly = " little by little" if shift.gradual else ""
    said = f"{shift.service}: {shift.metric} {verb}{slowly} from {quantity(shift.metric, shift.before)}"
    said += f" to {quantity(shift.metric, shift.after)}{_since(shift.onset, fired_at)}"
    if shift.peak not in {shift.after, shift.before}:
        said += f", at worst {quantity(shift.metric, shift.peak)}"
    limited = shift.limit is not None and shift.signal in {Signal.SATURATION, Signal.RESOURCE}
    return said + (f"; its limit is {quantity(shift.metric, shift.limit or 0.0)}" if limited else "")


def _signal(signal: AlertSignal, fired_at: datetime) -> str:
    name = f"{signal.service}: {signal.metric}" if signal.metric else f"the signal of {signal.service} that paged"
    if signal.latest is None:
        return f"{name} has no readings in the window"
    said = f"{name} is at {quantity(signal.metric, signal.latest)}"
    said += f", usually {quantity(signal.metric, signal.before)}" if signal.before is not None else ""
    said += f", at worst {quantity(signal.metric, signal.peak)}" if signal.peak is not None else ""
    said += f"; it left its usual range{_since(signal.onset, fired_at)}" if signal.excursion else ""
    said += "; it never left its usual range" if signal.excursion is False else ""
    return said + _threshold(signal)


def _threshold(signal: AlertSignal) -> str:
    if signal.threshold is None or signal.breached is None:
        return ""
    side = "is still beyond" if signal.breached else "is back within"
    return f" and {side} the threshold of {quantity(signal.metric, signal.threshold)}"


def _call(shift: CallShift, fired_at: datetime) -> str:
    who = f"from {shift.caller} to {shift.callee}" if shift.caller else f"to {shift.callee}"
    what = f" ({shift.operation})" if shift.operation else ""
    name = {
        CallAspect.LATENCY: "time in calls", CallAspect.SELF_TIME: "own time in calls",
        CallAspect.NETWORK: "time on the network in calls", CallAspect.ERRORS: "failing share of calls",
        CallAspect.MISSING: "missing calls", CallAspect.VOLUME: "calls",
    }[shift.aspect]  # fmt: skip
    before, after = (_called(shift.aspect, value) for value in (shift.before, shift.after))
    return (
        f"{name} {who}{what} went from {before} to {after}{_since(shift.onset, fired_at)}, in {shift.samples:,} calls"
    )


def _called(aspect: CallAspect, value: float) -> str:
    match aspect:
        case CallAspect.ERRORS:
            return f"{figure(100 * value)} %"
        case CallAspect.MISSING | CallAspect.VOLUME:
            return f"{figure(value)} per call of the caller"
        case CallAspect.LATENCY | CallAspect.SELF_TIME | CallAspect.NETWORK:
            return f"{figure(value)} ms"


def _log(pattern: LogPattern, fired_at: datetime) -> str:
    trend = {
        Trend.NEW: "is new", Trend.BURSTING: "bursts",
        Trend.VANISHED: "has vanished", Trend.STEADY: "appears",
    }[pattern.trend]  # fmt: skip
    said = f"{pattern.service} {pattern.level}: {quoted(pattern.example)} {trend}: "
    said += f"{pattern.before:,} lines before, {pattern.after:,} after"
    said += f", first at {dated(pattern.first_at, fired_at)}" if pattern.first_at else ""
    if pattern.onset and pattern.first_at and pattern.onset > pattern.first_at:
        said += f", frequent from {dated(pattern.onset, fired_at)} on"
    said += f", raised in {pattern.frame}" if pattern.frame else ""
    return said + (f", in the same traces as errors of {', '.join(pattern.also_in[:4])}" if pattern.also_in else "")


def _ranking(ranking: ServiceRanking) -> str:
    if not ranking.entries:
        return f"by {ranking.by}, no service stands out"
    first, rest = ranking.entries[0], ranking.entries[1:4]
    others = ", ".join(f"{e.service} ({e.score:.2f})" for e in rest)
    return f"by {ranking.by}, {first.service} is the first suspect (score 1.00): {first.why}" + (
        f"; then {others}" if others else ""
    )


def _commit(commit: CommitSeen, fired_at: datetime) -> str:
    subject = commit.message.strip().splitlines()[0] if commit.message.strip() else ""
    said = f"commit {commit.sha[:10]} of {dated(commit.at, fired_at)}, {quoted(subject)}"
    said += f", touches {', '.join(commit.files[:4])}" if commit.files else ""
    said += f" and {len(commit.files) - 4} more files" if len(commit.files) > 4 else ""  # noqa: PLR2004 - as many as are named
    return said + (f"; shipped by {commit.shipped_by}" if commit.shipped_by else "")


def _change(change: ChangeSeen, fired_at: datetime) -> str:
    said = f"{dated(change.at, fired_at)} {change.change_kind} {change.id}"
    said += f" to {change.service}" if change.service else ""
    said += f": {quoted(change.title)}" if change.title else ""
    if change.version:
        before = f"{change.previous_version} → " if change.previous_version else ""
        said += f" ({before}{change.version})"
    return said + (f"; {change.details[:QUOTED]}" if change.details else "")


FIELDS = re.compile(r"(?<=\S)\s*\{\"[^{}]*\}\s*$")
"""Structured fields behind a message: they are in the values, a sentence is better without."""


def quoted(text: str) -> str:
    """Return somebody's words in quotes, on one line, cut where they are long."""
    line = " ".join(FIELDS.sub("", text).split())
    return f"“{line if len(line) <= QUOTED else line[: QUOTED - 1] + '…'}”"
