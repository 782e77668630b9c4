"""What kind of trouble it is: the fault's signature, read off what shifted and what the new errors say."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from agents.analysis.lexicon import Symptom, symptoms_in
from agents.analysis.observations import (
    AlertSignal,
    CallAspect,
    CallShift,
    LogPattern,
    MetricShift,
    Seen,
    Signal,
    Trend,
)
from agents.analysis.words import rarity, words
from incident.alert import Alert

CLEAR = 0.5
PLAINLY = 0.75
"""The part of the strongest sign's weight from which another one tells when it began."""
TOGETHER = timedelta(minutes=5)
"""Signs of one trouble follow on each other this closely."""
OUTSIDERS = 0.5
"""What a line counts that somebody outside may have written."""
SILENT = re.compile(r"trace|debug|info|notice", re.IGNORECASE)
OF_SIGNAL = {Signal.LATENCY: Symptom.LATENCY, Signal.ERRORS: Symptom.ERRORS, Signal.TRAFFIC: Symptom.TRAFFIC}
OF_CALLS = {
    CallAspect.LATENCY: Symptom.LATENCY, CallAspect.SELF_TIME: Symptom.LATENCY, CallAspect.NETWORK: Symptom.UNREACHABLE,
    CallAspect.ERRORS: Symptom.ERRORS, CallAspect.MISSING: Symptom.UNREACHABLE, CallAspect.VOLUME: Symptom.QUERIES,
}  # fmt: skip


class Sign(NamedTuple):
    """One observation that shows a symptom at a service; ``weight`` is 0 to 1."""

    symptom: Symptom
    service: str
    weight: float
    onset: datetime | None
    evidence: str
    gradual: bool = False


class Signature(NamedTuple):
    """The fault as a whole: its signs, when the signal that paged left its range, and its words with their weights."""

    signs: tuple[Sign, ...]
    paged: datetime | None
    fired_at: datetime
    text: tuple[str, ...]
    background: tuple[tuple[str, ...], ...]

    @property
    def onset(self) -> datetime | None:
        """When the first clear sign showed anywhere."""
        return self.began(frozenset(s.service for s in self.signs))

    def began(self, services: frozenset[str]) -> datetime | None:
        """Return when the trouble at the services began that led to the page.

        Counted back from the page, sign by sign; one with nothing soon after it is another story, unless it grew.
        """
        here = [s for s in self.signs if s.onset and s.service in services]
        enough = max(CLEAR, PLAINLY * max((s.weight for s in here), default=0.0))
        clear = [s for s in here if s.weight >= enough]
        before = sorted(((s.onset, s.gradual) for s in clear if s.onset and s.onset <= self.fired_at), reverse=True)
        first = self.paged or next((at for at, _ in before), None)
        for at, gradual in before:
            if first is None or gradual or first - at <= TOGETHER:
                first = min(first or at, at)
        return first

    def weight(self, symptom: Symptom, services: frozenset[str] | None = None) -> float:
        """Return how strongly a symptom shows, 0 to 1, at the services given or anywhere."""
        return max(
            (s.weight for s in self.signs if s.symptom is symptom and (services is None or s.service in services)),
            default=0.0,
        )

    def strongest(self, symptom: Symptom) -> Sign | None:
        """Return the sign that shows a symptom best."""
        return max((s for s in self.signs if s.symptom is symptom), key=lambda s: s.weight, default=None)


def risen(pattern: LogPattern) -> bool:
    """Tell whether a log pattern belongs to the fault: new or bursting."""
    return pattern.trend in {Trend.NEW, Trend.BURSTING}


def complaint(pattern: LogPattern) -> bool:
    """Tell whether a risen pattern complains: by its level, an exception, or its words where levels say nothing."""
    words_complain = bool(symptoms_in(pattern.template)) and pattern.exception is not None
    return risen(pattern) and (not SILENT.search(pattern.level) or words_complain)


def signature(alert: Alert, seen: Sequence[Seen]) -> Signature:
    """Return the fault's signature from everything that was observed."""
    signs = [sign for one in seen for sign in _signs(one)]
    signs += [
        Sign(s, alert.service, 0.6, None, "") for s in symptoms_in(f"{alert.metric} {alert.name} {alert.summary}")
    ]
    own = [one.what.onset for one in seen if isinstance(one.what, AlertSignal) and one.what.onset]
    steady = [tuple(words(o.what.template)) for o in seen if isinstance(o.what, LogPattern) and not risen(o.what)]
    return Signature(tuple(signs), min(own, default=None), alert.fired_at, tuple(_text(alert, seen)), tuple(steady))


def _signs(one: Seen) -> list[Sign]:
    what = one.what
    if isinstance(what, MetricShift):
        kinds = symptoms_in(what.metric) | ({OF_SIGNAL[what.signal]} if what.signal in OF_SIGNAL else frozenset())
        if what.signal in {Signal.LATENCY, Signal.ERRORS} or what.after < what.before:
            kinds -= {Symptom.QUERIES, Symptom.TRAFFIC}
        return [Sign(kind, what.service, _weight(what.score), what.onset, one.id, what.gradual) for kind in kinds]
    if isinstance(what, LogPattern) and complaint(what):
        trust = OUTSIDERS if one.outsider_text else 1.0
        kinds = symptoms_in(f"{what.template} {what.example} {what.exception or ''}")
        return [Sign(kind, what.service, trust * _weight(what.score), what.onset, one.id) for kind in kinds]
    if isinstance(what, CallShift):
        return [Sign(OF_CALLS[what.aspect], what.callee, _weight(what.score), what.onset, one.id)]
    return []


def _weight(score: float) -> float:
    """Map a robust effect size to 0..1: 3 is worth a third, 10 nearly all."""
    return min(1.0, max(0.0, abs(score)) / (abs(score) + 4.0)) if score else 0.0


def _text(alert: Alert, seen: Sequence[Seen]) -> list[str]:
    """Collect the fault's words: each risen complaint, each shifted metric's name and the page itself count once."""
    found = words(f"{alert.metric or ''} {alert.name} {alert.summary}")
    for what in (one.what for one in seen):
        if isinstance(what, LogPattern) and complaint(what):
            found += words(f"{what.template} {what.example} {what.exception or ''} {what.frame or ''}")
        elif isinstance(what, MetricShift):
            found += words(what.metric)
    return found


def scarcity(fault: Signature, documents: Sequence[Sequence[str]]) -> dict[str, float]:
    """Return how rare words are among the documents and the healthy log lines."""
    return rarity([*documents, *fault.background])
