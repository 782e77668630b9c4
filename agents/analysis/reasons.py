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
UNASKED, SELDOM = 0.2, 0.02
"""What hardly anybody asked for before (this part of the busiest) can't have begun it: somebody turned to it since."""
LOAD_AT_FRONT = 1.0
"""Load that doubles where the page came from has no caller to blame: it is where the trouble enters."""
LEAST = 0.2
"""What is left of a symptom that hardly anybody felt."""
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
    pushed = _pushed(shifts)
    for shift, share in zip(shifts, _shares(shifts), strict=True):
        own = shift.signal in {Signal.RESOURCE, Signal.OTHER, Signal.TRAFFIC}
        flooded = shift.service == front in pushed and shift.signal is Signal.TRAFFIC
        weight = LOAD_AT_FRONT if flooded else WEIGHTS[shift.signal]
        excused = pushed.get(shift.service, 1.0) if shift.service != front else 1.0
        points = shift.score * weight * _worth(shift) * share * excused
        text = f"{shift.metric} {_verb(shift)} from {figure(shift.before)} to {figure(shift.after)}"
        yield Reason(
            shift.service, Part.OWN if own else Part.SYMPTOM, f"metric {shift.signal}", points, text, shift.onset
        )


def _pushed(shifts: Sequence[MetricShift]) -> dict[str, float]:
    """Return what counts of the symptoms of each service whose load has multiplied; the calls of a fallback are new."""
    usual = max((s.asked for s in shifts if s.asked is not None), default=0.0)
    return {
        s.service: UNASKED if s.before < SELDOM * usual else PUSHED
        for s in shifts
        if s.signal is Signal.TRAFFIC and s.after >= MULTIPLE * s.before and s.after > s.before
    }


def _shares(shifts: Sequence[MetricShift]) -> list[float]:
    """Return what each symptom counts by the part that it is of the largest of its metric: how many it hurt, how much.

    A service that is seldom asked can't be why many answers were late or wrong, however bad its own are.
    """
    largest: dict[str, float] = {}
    for shift in shifts:
        largest[shift.metric] = max(largest.get(shift.metric, 0.0), _harm(shift))
    return [
        LEAST + (1 - LEAST) * (_harm(s) / largest[s.metric]) ** 0.5
        if s.asked is not None and s.signal in {Signal.LATENCY, Signal.ERRORS} and largest[s.metric]
        else 1.0
        for s in shifts
    ]


def _harm(shift: MetricShift) -> float:
    return (shift.asked or 0.0) * abs(shift.after - shift.before)


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
