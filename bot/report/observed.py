"""What a report needs of an observation inside `Evidence.values`, read with suspicion: odd values are skipped.

The observations themselves are typed in agents.analysis.observations, which bot doesn't import.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, FiniteFloat, ValidationError

from incident.change import ChangeKind, Topology
from incident.evidence import Evidence
from incident.values import Instant

POINTS = 400
"""More than a chart of this size can show."""
NEAR = 0.8
"""The share of a limit from which on it matters to a reader."""


class Seen(BaseModel):
    """An excerpt of somebody else's value: keys that a report doesn't show are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Series(Seen):
    """A metric that moved, or the signal that paged. ``peak`` is the worst reading, all in the metric's unit."""

    kind: Literal["metric", "signal"]
    service: str
    metric: str | None = None
    before: FiniteFloat | None = None
    after: FiniteFloat | None = None
    latest: FiniteFloat | None = None
    peak: FiniteFloat | None = None
    limit: FiniteFloat | None = None
    threshold: FiniteFloat | None = None
    usual: FiniteFloat | None = None
    onset: Instant | None = None
    score: FiniteFloat = 0.0
    signal: str | None = None
    readings: tuple[tuple[Instant, FiniteFloat], ...] = ()

    @property
    def name(self) -> str:
        """What a reader calls it."""
        return f"{self.service} {self.metric}" if self.metric else f"{self.service} (the signal that paged)"

    @property
    def bounds(self) -> tuple[tuple[str, float], ...]:
        """The threshold, what is usual, and a limit that the readings come near to: another one says nothing."""
        values = [value for _, value in self.readings]
        near = self.limit is not None and any(
            NEAR * abs(self.limit) <= abs(v) <= abs(self.limit) / NEAR for v in values
        )
        limit = self.limit if near else None
        named = (("threshold", self.threshold), ("usually", self.usual), ("limit", limit))
        return tuple((word, value) for word, value in named if value is not None)


class ChangeSeen(Seen):
    """A change that reached production."""

    kind: Literal["change"]
    id: str
    at: Instant
    service: str | None = None
    change_kind: ChangeKind = ChangeKind.OTHER
    title: str = ""
    version: str | None = None
    previous_version: str | None = None


class CallsSeen(Seen):
    """Who calls whom."""

    kind: Literal["topology"]
    depends_on: Mapping[str, tuple[str, ...]]
    inferred: bool = False


def series(item: Evidence) -> Series | None:
    """Return the readings of a piece of evidence, None where it holds none."""
    try:
        found = Series.model_validate(dict(item.values))
    except ValidationError:
        return None
    step = max(len(found.readings) // POINTS, 1)
    return found.model_copy(update={"readings": tuple(sorted(found.readings))[::step]})


def change(item: Evidence) -> ChangeSeen | None:
    """Return the change that a piece of evidence is about."""
    try:
        return ChangeSeen.model_validate(dict(item.values))
    except ValidationError:
        return None


def topology(evidence: Iterable[Evidence]) -> Topology:
    """Return every call graph among the evidence as one; empty where nobody filed any."""
    depends_on: dict[str, tuple[str, ...]] = {}
    inferred = False
    for item in evidence:
        try:
            calls = CallsSeen.model_validate(dict(item.values))
        except ValidationError:
            continue
        inferred = inferred or calls.inferred
        for caller, callees in calls.depends_on.items():
            depends_on[caller] = tuple(dict.fromkeys((*depends_on.get(caller, ()), *callees)))
    return Topology(depends_on=depends_on, inferred=inferred)
