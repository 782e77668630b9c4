"""One made-up incident: the system, what was changed, what goes wrong, what pages. Its answer key is elsewhere."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, StringConstraints, model_validator

from incident.alert import Severity
from incident.change import ChangeKind
from incident.values import Json, Name, Text, Value
from scenarios.durations import Duration, Offset
from scenarios.faults import AnyFault, CallChange, ConnectionLeak, Drift, LinkDelay, PoolLimit
from scenarios.misfit import Misfit, Problem
from scenarios.names import metrics_of, read_of
from scenarios.system import System


class Signal(StrEnum):
    """What can be read of a world, and so what a world can lack."""

    METRICS = "metrics"
    LOGS = "logs"
    SPANS = "spans"
    CHANGES = "changes"
    COMMITS = "commits"
    EVENTS = "events"
    TOPOLOGY = "topology"


class Rule(Value):
    """What pages. The summary's ``{value}`` and ``{threshold}`` are filled in; no ``value``: read off the world."""

    service: Name
    name: Name
    metric: Name
    threshold: FiniteFloat
    fires: Literal["above", "below"] = "above"
    value: FiniteFloat | None = None
    summary: Text
    severity: Severity = Severity.HIGH
    labels: Mapping[str, str] = Field(default_factory=dict)


class Patch(Value):
    """A commit. ``sha`` is made up where it is left out."""

    message: Text
    files: Annotated[tuple[Name, ...], Field(max_length=200)] = ()
    diff: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    author: Name | None = None
    at: Offset | None = None
    sha: Name | None = None


class PlannedChange(Value):
    """One change on its way to production. Versions left out continue those of the service."""

    id: Name
    at: Offset
    service: Name
    kind: ChangeKind
    title: Text
    version: Name | None = None
    previous_version: Name | None = None
    author: Name | None = None
    reversible: bool | None = True
    commit: Patch | None = None
    attributes: Mapping[str, Json] = Field(default_factory=dict)


class Notice(Value):
    """What a provider or a platform said."""

    at: Offset
    source: Name
    service: Name | None = None
    status: str = ""
    message: Text


class Traffic(Value):
    """How the load from outside comes and goes: the day's wave, and bursts of minutes on top of it."""

    swing: Annotated[float, Field(ge=0, lt=1)] = 0.25
    """How far the busiest hour is above the day's mean."""
    busiest: Annotated[float, Field(ge=0, lt=24)] = 15.0
    """The hour (UTC) with most load."""
    bursts: Annotated[float, Field(ge=0, le=60)] = 0.0
    """How many an hour."""
    height: Annotated[float, Field(ge=0, le=100)] = 0.5
    """How much a burst adds, as a share of what comes anyway."""


class Scenario(Value):
    """Everything that a `World` is made from; may be built in code as well as read from a file."""

    name: Name
    environment: Name = "production"
    system: System
    alert: Rule
    changes: Annotated[tuple[PlannedChange, ...], Field(max_length=500)] = ()
    commits: Annotated[tuple[Patch, ...], Field(max_length=500)] = ()
    faults: Annotated[tuple[AnyFault, ...], Field(max_length=50)] = ()
    events: Annotated[tuple[Notice, ...], Field(max_length=500)] = ()
    missing: frozenset[Signal] = frozenset()
    clock_skew: Mapping[Name, Offset] = Field(default_factory=dict)
    traffic: Traffic = Traffic()
    log_share: Annotated[float, Field(gt=0, le=1)] = 1.0
    """How much of what is logged the collector keeps."""
    noise: Annotated[float, Field(ge=0, le=10)] = 1.0
    before: Annotated[Duration, Field(ge=1800, le=86400)] = 3 * 3600.0

    @model_validator(mode="after")
    def _fits(self) -> "Scenario":
        return Misfit.unless_fits(
            self, [*self._strangers(), *self._unread(), *self._twins(), *self._baseless(), *self._impossible()]
        )

    def _strangers(self) -> Iterator[Problem]:
        named: list[tuple[tuple[str | int, ...], str | None]] = [(("alert", "service"), self.alert.service)]
        named += [(("changes", i, "service"), c.service) for i, c in enumerate(self.changes)]
        named += [(("faults", i, "service"), f.service) for i, f in enumerate(self.faults)]
        named += [(("clock_skew", name), name) for name in self.clock_skew]
        for place, name in named:
            if name not in self.system.services:
                known = ", ".join(sorted(self.system.services))
                yield Problem(place, f"the system has no {name}; it has {known}")

    def _unread(self) -> Iterator[Problem]:
        everywhere = {metric for service in self.system.services.values() for metric in metrics_of(service)}
        for key, named in (("rename", self.system.rename.keys()), ("unread", self.system.unread)):
            for metric in sorted(named - everywhere):
                yield Problem(("system", key, metric), f"no service here has a metric {metric}")
        paged = self.system.services.get(self.alert.service)
        if paged is None or self.alert.value is not None:
            return
        read = read_of(self.system, paged)
        if self.alert.metric not in read:
            said = (
                f"{self.alert.service} has {', '.join(read)}"
                if read
                else f"nothing of {self.alert.service} is recorded"
            )
            yield Problem(("alert", "metric"), f"{said}; a metric of anything else needs a `value`")

    def _twins(self) -> Iterator[Problem]:
        seen: set[str] = set()
        for i, change in enumerate(self.changes):
            if change.id in seen:
                yield Problem(("changes", i, "id"), f"{change.id} is another change's id already")
            seen.add(change.id)

    def _baseless(self) -> Iterator[Problem]:
        known = {change.id for change in self.changes}
        for i, fault in enumerate(self.faults):
            for cause in fault.caused_by:
                if cause not in known:
                    yield Problem(("faults", i, "caused_by"), f"no change has the id {cause}")
            if fault.at is None and len(fault.caused_by) != 1:
                yield Problem(("faults", i), "say when it sets in: `at`, or exactly one change in `caused_by`")

    def _impossible(self) -> Iterator[Problem]:
        for i, fault in enumerate(self.faults):
            service = self.system.services.get(fault.service)
            if service is None:
                continue
            if isinstance(fault, PoolLimit | ConnectionLeak) and service.pool is None:
                yield Problem(("faults", i), f"{fault.service} has no `pool` to run short of")
            if isinstance(fault, LinkDelay | CallChange) and fault.to not in service.calls:
                yield Problem(("faults", i, "to"), f"{fault.service} doesn't call {fault.to}")
            if isinstance(fault, Drift) and fault.gauge not in service.gauges:
                yield Problem(("faults", i, "gauge"), f"{fault.service} has no gauge {fault.gauge}")
