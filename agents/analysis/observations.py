"""What the specialists' tools can observe, typed: the contract between measuring and reasoning.

An observation travels as `Evidence.values`; `read` makes it typed again. Scores are robust effect
sizes: 0 is nothing, 3 is worth a look, 10 can be seen from the door. Longer than other files, as it is one contract.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, TypeAdapter

from incident.change import ChangeKind
from incident.evidence import Evidence
from incident.values import Instant, Value


class Signal(StrEnum):
    """What a series measures, inferred from its name and shape."""

    LATENCY = "latency"
    ERRORS = "errors"
    TRAFFIC = "traffic"
    SATURATION = "saturation"
    RESOURCE = "resource"
    OTHER = "other"


class Trend(StrEnum):
    """What became of a log template."""

    NEW = "new"
    BURSTING = "bursting"
    VANISHED = "vanished"
    STEADY = "steady"


Point = tuple[Instant, FiniteFloat]


class MetricShift(Value):
    """A series left its baseline. ``before`` and ``after`` are medians in the metric's unit; at most 120 ``readings``.

    ``limit`` is what it saturates against where one is known (a pool's size, 1.0 of a ratio, a quota).
    ``asked`` is how often the service was asked meanwhile, None where that can't be compared with others.
    """

    kind: Literal["metric"] = "metric"
    service: str
    metric: str
    signal: Signal
    before: FiniteFloat
    after: FiniteFloat
    peak: FiniteFloat
    limit: FiniteFloat | None = None
    onset: Instant | None
    gradual: bool = False
    score: FiniteFloat
    readings: tuple[Point, ...] = ()
    asked: FiniteFloat | None = None


class AlertSignal(Value):
    """The signal that paged: where it was, where it went, where it is now.

    ``breached`` is about ``latest``; None where no threshold says. ``excursion`` says whether it ever
    left its baseline in the window.
    """

    kind: Literal["signal"] = "signal"
    service: str
    metric: str | None
    before: FiniteFloat | None
    peak: FiniteFloat | None
    latest: FiniteFloat | None
    threshold: FiniteFloat | None
    breached: bool | None
    excursion: bool | None
    onset: Instant | None
    readings: tuple[Point, ...] = ()


class CallAspect(StrEnum):
    """What changed about calls."""

    LATENCY = "latency"
    SELF_TIME = "self-time"
    NETWORK = "network"
    ERRORS = "errors"
    MISSING = "missing"
    VOLUME = "volume"


class CallShift(Value):
    """Calls to ``callee`` changed. Times in ms, errors as a ratio, volume and missing as calls a minute.

    ``network`` is client span minus server span; ``self-time`` is the callee's own, without its callees.
    """

    kind: Literal["call"] = "call"
    caller: str | None
    callee: str
    operation: str | None = None
    aspect: CallAspect
    before: FiniteFloat
    after: FiniteFloat
    onset: Instant | None
    score: FiniteFloat
    samples: int = 0


class LogPattern(Value):
    """A log template of one service. Counts are lines in the healthy and in the failing part of the window.

    ``onset`` is when its lines became frequent, None where they never did; ``first_at`` may be a stray one before.
    ``example`` is one redacted line, ``frame`` the stack frame or ``Class#line`` that owns an exception.
    ``also_in`` are the services that logged errors in the same traces; ``names`` the services and hosts its text names.
    """

    kind: Literal["log"] = "log"
    service: str
    level: str
    template: str
    example: str
    exception: str | None = None
    frame: str | None = None
    trend: Trend
    before: int
    after: int
    onset: Instant | None = None
    first_at: Instant | None
    last_at: Instant | None
    score: FiniteFloat
    also_in: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class RankedService(Value):
    """One service in a ranking; scores are comparable within the ranking, the best is 1.0."""

    service: str
    score: Annotated[float, Field(ge=0, le=1)]
    why: str
    onset: Instant | None = None


class ServiceRanking(Value):
    """Who failed first as far as one kind of signal can tell, most likely first, all services that were seen."""

    kind: Literal["ranking"] = "ranking"
    by: Literal["metrics", "spans", "logs"]
    entries: tuple[RankedService, ...]


class CommitSeen(Value):
    """A commit, its diff bounded and redacted. ``shipped_by``: the change that first carried it, where one is known."""

    kind: Literal["commit"] = "commit"
    sha: str
    at: Instant
    message: str
    files: tuple[str, ...]
    diff: str | None
    shipped_by: str | None = None
    author: str | None = None


class ChangeSeen(Value):
    """A change that reached production before or around the alert."""

    kind: Literal["change"] = "change"
    id: str
    at: Instant
    service: str | None
    change_kind: ChangeKind
    title: str
    version: str | None = None
    previous_version: str | None = None
    commit: str | None = None
    reversible: bool | None = None
    author: str | None = None
    details: str = ""
    """What the source says beyond that (attributes: keys, old and new values), bounded and redacted."""


class EventSeen(Value):
    """Somebody else's word: a status page, a Kubernetes event."""

    kind: Literal["event"] = "event"
    at: Instant
    source: str
    service: str | None
    status: str
    message: str


class Calls(Value):
    """Who calls whom. Of the ``silent`` nobody records metrics or spans: what is known of them, their callers saw."""

    kind: Literal["topology"] = "topology"
    depends_on: dict[str, tuple[str, ...]]
    inferred: bool
    silent: tuple[str, ...] = ()

    @property
    def services(self) -> frozenset[str]:
        """Everybody who calls or is called."""
        return frozenset(self.depends_on) | {callee for needs in self.depends_on.values() for callee in needs}


Observation = (
    MetricShift | AlertSignal | CallShift | LogPattern | ServiceRanking | CommitSeen | ChangeSeen | EventSeen | Calls
)
OBSERVATION: TypeAdapter[Observation] = TypeAdapter(Annotated[Observation, Field(discriminator="kind")])


class Seen(Value):
    """An observation and the evidence that carries it."""

    id: str
    what: Observation
    outsider_text: bool = False


def read(evidence: Sequence[Evidence]) -> Iterator[Seen]:
    """Yield the typed observations of a case's evidence, in order."""
    for item in evidence:
        yield Seen(id=item.id, what=OBSERVATION.validate_python(item.values), outsider_text=item.outsider_text)
