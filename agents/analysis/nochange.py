"""Explanations in which nobody changed anything: each kind has its own positive evidence."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from agents.analysis.confidence import Witness
from agents.analysis.names import mentioned
from agents.analysis.observations import CallAspect, Calls, CallShift, LogPattern, MetricShift, Seen
from agents.analysis.symptoms import Signature, complaint
from incident.alert import Alert
from incident.change import Topology
from incident.diagnosis import Category, Remediation

LOUD = 4.0
"""The score from which a complaint is heard in full; a routine warning that happens to be new stays below."""


@dataclass(frozen=True)
class Case:
    """All that a kind of explanation looks at. ``scores`` are the fused ranking's, best 1.

    What many kinds ask for is worked out once.
    """

    alert: Alert
    seen: Sequence[Seen]
    fault: Signature
    graph: Topology
    scores: dict[str, float]

    @cached_property
    def complaints(self) -> tuple[tuple[Seen, LogPattern], ...]:
        """The log patterns that belong to the fault."""
        return tuple((s, s.what) for s in self.seen if isinstance(s.what, LogPattern) and complaint(s.what))

    @cached_property
    def loudest(self) -> float:
        """The score of the loudest complaint."""
        return max((p.score for _, p in self.complaints), default=0.0)

    @cached_property
    def silent(self) -> frozenset[str]:
        """The services of which nothing at all was recorded: they belong to somebody else, or nobody watches them."""
        told = {s.what.service for s in self.seen if isinstance(s.what, LogPattern | MetricShift)}
        return frozenset(c for s in self.seen if isinstance(s.what, Calls) for c in s.what.silent) - told

    def blamed(self, pattern: LogPattern) -> str | None:
        """Return the service that a complaint is about, where its text names exactly one that its service calls."""
        named = mentioned(pattern.example, self.graph.depends_on.get(pattern.service, ()))
        return named[0] if len(named) == 1 else None

    def unanswered(self, caller: str | None, callee: str | None = None) -> list[Seen]:
        """Return what shows that calls between the two (of a caller, to a callee) fail or no longer arrive."""
        return [
            s
            for s in self.seen
            if isinstance(s.what, CallShift)
            and s.what.aspect in {CallAspect.ERRORS, CallAspect.MISSING}
            and caller in {None, s.what.caller}
            and callee in {None, s.what.callee}
        ]

    def loudness(self, pattern: LogPattern) -> float:
        """Return how much of the trouble a complaint makes up, 0 to 1: in itself, and beside the loudest one."""
        return min(1.0, pattern.score / LOUD) * min(1.0, 2 * pattern.score / max(self.loudest, 0.1))

    def first(self, services: set[str]) -> str:
        """Return the service that paged if it is among them, else the one that ranks first."""
        if self.alert.service in services or not services:
            return self.alert.service
        return max(sorted(services), key=lambda s: self.scores.get(s, 0.0))


class Natural(NamedTuple):
    """An explanation without a change, and its witnesses."""

    category: Category
    service: str | None
    what: str
    remediation: Remediation
    witnesses: tuple[Witness, ...]


Explain = Callable[[Case], Iterator[Natural]]
"""A kind of explanation: yields what it finds evidence for."""
