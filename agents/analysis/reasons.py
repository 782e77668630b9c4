"""What each shift says about a service: how strongly it points at it as the place of the fault, and in which words."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from agents.analysis.metric_kinds import tokens
from agents.analysis.observations import CallAspect, CallShift, MetricShift, Signal
from agents.analysis.series import worsens

THEIR_CALLEE = frozenset({"client", "outbound", "upstream", "downstream", "egress", "remote", "external", "peer"})
THEIR_MACHINE = frozenset({"node", "host", "instance", "machine", "vm", "hypervisor"})
WEIGHTS = {
    Signal.RESOURCE: 1.0,
    Signal.SATURATION: 0.8,
    Signal.ERRORS: 0.8,
    Signal.LATENCY: 0.7,
    Signal.OTHER: 0.4,
    Signal.TRAFFIC: 0.25,
}
"""A resource that runs out is a cause; slowness and errors are often passed on; load is usually somebody else's."""
WRONG_WAY, FOREIGN, BIG_SHARE = 0.3, 0.3, 0.5
PUSHED, MULTIPLE = 0.5, 2.0
"""What a service shows counts half while its own load has doubled: whoever sends the load comes first."""
LOAD_AT_FRONT = 1.0
"""Load that doubles where the page came from has no caller to blame: it is where the trouble enters."""
PERCEPTIBLE_MS = 50.0
"""Slowdowns below this are nobody's incident, however unusual they are."""


class Part(StrEnum):
    """Whether a reason speaks of the service itself, or of a symptom that its callees may have caused."""

    OWN = "own"
    SYMPTOM = "symptom"


class Reason(NamedTuple):
    """``points`` are on the scale of observations' scores; ``group`` keeps one fact from counting under many names."""

    service: str
    part: Part
    group: str
    points: float
    text: str
    onset: datetime | None


def of_metrics(shifts: Sequence[MetricShift], front: str) -> Iterator[Reason]:
    """Yield one reason a shift, in order. ``front`` is where the page came from: its load has no caller."""
    pushed = {
        s.service
        for s in shifts
        if s.signal is Signal.TRAFFIC and s.after >= MULTIPLE * s.before and s.after > s.before
    }
    excused = pushed - {front}
    for shift in shifts:
        own = shift.signal in {Signal.RESOURCE, Signal.OTHER, Signal.TRAFFIC}
        flooded = shift.service == front in pushed and shift.signal is Signal.TRAFFIC
        weight = LOAD_AT_FRONT if flooded else WEIGHTS[shift.signal]
        points = shift.score * weight * _worth(shift) * (PUSHED if shift.service in excused else 1.0)
        text = f"{shift.metric} {_verb(shift)} from {figure(shift.before)} to {figure(shift.after)}"
        yield Reason(
            shift.service, Part.OWN if own else Part.SYMPTOM, f"metric {shift.signal}", points, text, shift.onset
        )


def _verb(shift: MetricShift) -> str:
    way = "rose" if shift.after > shift.before else "fell"
    return {"rose": "crept up", "fell": "sank"}[way] if shift.gradual else way


def _worth(shift: MetricShift) -> float:
    worth = 1.0 if worsens(shift) else WRONG_WAY
    words = tokens(shift.metric)
    if words & THEIR_CALLEE or words & THEIR_MACHINE:
        worth *= FOREIGN
    if shift.signal in {Signal.RESOURCE, Signal.SATURATION} and shift.limit:
        worth *= min(1.0, 0.3 + abs(shift.after - shift.before) / shift.limit / BIG_SHARE)
    elif shift.signal is Signal.RESOURCE:
        worth *= 0.5
    return worth


def of_calls(shifts: Sequence[CallShift]) -> Iterator[Reason]:
    """Yield reasons for callee and caller. A slowdown counts by the part of the largest one that it is."""
    timed = [s for s in shifts if s.aspect in {CallAspect.LATENCY, CallAspect.NETWORK, CallAspect.SELF_TIME}]
    largest = max([PERCEPTIBLE_MS, *(s.after - s.before for s in timed)])
    for shift in shifts:
        share = max(0.0, min(1.0, (shift.after - shift.before) / largest)) ** 0.5
        yield from _of_call(shift, shift.score * (0.2 + 0.8 * share))


def _of_call(shift: CallShift, slower: float) -> Iterator[Reason]:
    caller, callee, more = shift.caller, shift.callee, figure(abs(shift.after - shift.before))
    match shift.aspect:
        case CallAspect.NETWORK:
            yield Reason(
                callee,
                Part.OWN,
                f"net {caller}",
                slower,
                f"client spans to it take {more} ms longer than its own server spans",
                shift.onset,
            )
            if caller:
                text = f"its calls to {callee} spend {more} ms more on the way"
                yield Reason(caller, Part.OWN, f"net to {callee}", 0.5 * slower, text, shift.onset)
        case CallAspect.SELF_TIME:
            text = f"it spends {more} ms more in its own code per {shift.operation}"
            yield Reason(callee, Part.OWN, "self", slower, text, shift.onset)
        case CallAspect.LATENCY:
            text = f"calls to it take {figure(shift.after)} ms instead of {figure(shift.before)} ms"
            yield Reason(callee, Part.SYMPTOM, "call latency", 0.5 * slower, text, shift.onset)
        case CallAspect.ERRORS:
            text = f"errors begin in it: {shift.after:.0%} of {shift.operation}, {shift.before:.0%} before"
            yield Reason(callee, Part.OWN, "origin", shift.score, text, shift.onset)
        case CallAspect.MISSING:
            text = (
                f"it calls {callee} {figure(shift.after)} times per {shift.operation} instead of {figure(shift.before)}"
            )
            yield Reason(caller or callee, Part.OWN, "stops", 0.8 * shift.score, text, shift.onset)
            yield Reason(
                callee, Part.OWN, "unasked", 0.5 * shift.score, f"{caller} calls it less often than usual", shift.onset
            )
        case CallAspect.VOLUME:
            text = (
                f"{caller} calls it {figure(shift.after)} times per {shift.operation} instead of {figure(shift.before)}"
            )
            yield Reason(callee, Part.OWN, "volume", 0.15 * shift.score, text, shift.onset)


def figure(value: float) -> str:
    """Write a figure as one says it: three digits, no exponent for everyday sizes."""
    size = abs(value)
    if size >= 100:  # noqa: PLR2004 - three digits are on the left already
        return f"{value:,.0f}"
    return f"{value:.3g}"
