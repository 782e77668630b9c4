"""A production as a scenario file describes it: services, who calls whom, and what each can carry."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, FiniteFloat, StringConstraints, model_validator

from incident.values import Name, Value
from scenarios.durations import Duration
from scenarios.misfit import Misfit, Problem

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)]
Wording = Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class NodeKind(StrEnum):
    """What a service is, and so which metrics it has. ``external`` is somebody else's: nothing of it is recorded."""

    SERVICE = "service"
    DATABASE = "database"
    CACHE = "cache"
    QUEUE = "queue"
    EXTERNAL = "external"


Occasion = Literal[
    "request", "started", "warning", "failed", "exhausted", "shed", "restarting", "refused", "timeout", "throttled",
    "call_failed", "misled", "slow", "pause", "killed",
]  # fmt: skip
"""What routine log lines are said about."""


class When(StrEnum):
    """When a line is logged."""

    FAILING = "failing"
    """By a request that fails because of the fault, under that request's trace id."""
    ACTIVE = "active"
    """``per_minute``, for as long as the fault is felt."""
    START = "start"
    END = "end"


class Line(Value):
    """One wording. ``above`` (0 to 1) mutes it until the fault is felt that much; ``stack`` follows below."""

    message: Wording
    level: str = "ERROR"
    stack: Annotated[str, StringConstraints(max_length=8000)] = ""
    when: When = When.FAILING
    per_minute: Annotated[float, Field(gt=0, le=600)] = 4
    above: Share = 0
    service: Name | None = None

    @property
    def text(self) -> str:
        """The message and its stack trace, as a log collector joins them."""
        return f"{self.message}\n{self.stack.rstrip()}" if self.stack else self.message


def _worded(level: str) -> BeforeValidator:
    return BeforeValidator(lambda raw: {"message": raw, "level": level} if isinstance(raw, str) else raw)


Spoken = Annotated[Line, _worded("ERROR")]
"""A line; a bare string is its message, an ERROR."""
Murmured = Annotated[Line, _worded("INFO")]
Warned = Annotated[Line, _worded("WARN")]


class Call(Value):
    """One dependency. ``share``: calls per request; ``needed``: how likely the caller fails when the call does.

    ``operations`` are the caller's that make it: traces and logs show no others; none named: all.
    """

    operations: tuple[Name, ...] = ()
    share: Annotated[float, Field(gt=0, le=20)] = 1.0
    needed: Share = 1.0
    timeout: Annotated[Duration, Field(gt=0)] = 3.0
    retries: Annotated[int, Field(ge=0, le=5)] = 0


class Pool(Value):
    """Connections to a dependency, held for ``hold`` besides the call; ``timeout`` is the longest wait for one."""

    to: Name
    size: Annotated[int, Field(ge=1, le=100_000)]
    hold: Duration = 0.02
    timeout: Annotated[Duration, Field(gt=0)] = 2.0


class Gauge(Value):
    """A metric of a service's own. ``noise`` is relative to ``value``, which is the usual one where it ``follows``."""

    value: FiniteFloat
    noise: Share = 0.03
    follows: Literal["requests", "successes"] | None = None
    """It rises and falls with what the service is asked, or with what of that it answers well."""


class Renamed(Value):
    """What a metric is called instead, and its unit: ``factor`` 0.001 turns milliseconds into seconds.

    A ``counter`` is the running total of what a second brings.
    """

    name: Name
    factor: Positive = 1.0
    counter: bool = False


Called = Annotated[Renamed, BeforeValidator(lambda raw: {"name": raw} if isinstance(raw, str) else raw)]
"""Another name for a metric; a bare string keeps the unit."""


def _named(raw: object) -> object:
    return {name: {} for name in raw} if isinstance(raw, list) and all(isinstance(n, str) for n in raw) else raw


class Service(Value):
    """One node. Rates are requests a second, memory MB; what is left out is derived from the usual load."""

    kind: NodeKind = NodeKind.SERVICE
    calls: Annotated[Mapping[Name, Call], BeforeValidator(_named)] = Field(default_factory=dict)
    load: Annotated[float, Field(ge=0, le=1e7)] = 0.0
    capacity: Positive | None = None
    p50: Annotated[Duration, Field(gt=0)] = 0.01
    p99: Annotated[Duration, Field(gt=0)] | None = None
    errors: Share = 0.001
    instances: Annotated[int, Field(ge=1, le=200)] = 3
    memory: Positive = 512.0
    memory_limit: Positive | None = None
    queue: Annotated[int, Field(ge=1, le=1_000_000)] = 200
    pool: Pool | None = None
    runtime: Literal["jvm", "go", "python", "node", "native"] = "go"
    operations: tuple[Name, ...] = ()
    logs: tuple[Murmured, ...] = ()
    warnings: tuple[Warned, ...] = ()
    gauges: Mapping[Name, Gauge] = Field(default_factory=dict)
    version: Name = "1.0.0"

    @model_validator(mode="after")
    def _fits(self) -> "Service":
        problems = []
        if self.p99 is not None and self.p99 < self.p50:
            problems.append(Problem(("p99",), "p99 is below p50; it is the slowest hundredth"))
        if self.memory_limit is not None and self.memory_limit <= self.memory:
            problems.append(Problem(("memory_limit",), "the limit is not above `memory`, what it usually needs"))
        for callee, call in self.calls.items():
            if unknown := set(call.operations) - set(self.operations):
                said = f"`operations` of the service has no {', '.join(sorted(unknown))}"
                problems.append(Problem(("calls", callee, "operations"), said))
        if self.pool is not None and self.pool.to not in self.calls:
            problems.append(Problem(("pool", "to"), f"`calls` has no {self.pool.to}: a pool is to something called"))
        return Misfit.unless_fits(self, problems)


class System(Value):
    """Services by name. ``rename`` gives metrics other names, ``wording`` gives routine log lines other words.

    ``unread`` are metrics that nobody scrapes.
    """

    services: Annotated[Mapping[Name, Service], Field(min_length=1, max_length=100)]
    rename: Mapping[Name, Called] = Field(default_factory=dict)
    unread: frozenset[Name] = frozenset()
    wording: Mapping[Occasion, tuple[Spoken, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _fits(self) -> "System":
        return Misfit.unless_fits(self, [*self._strangers(), *self._idle()])

    def _strangers(self) -> list[Problem]:
        return [
            Problem(("services", caller, "calls", callee), f"no service is called {callee}")
            for caller, service in self.services.items()
            for callee in service.calls
            if callee not in self.services or callee == caller
        ]

    def _idle(self) -> list[Problem]:
        if any(service.load > 0 for service in self.services.values()):
            return []
        return [Problem(("services",), "nobody calls this system: give the service people reach a `load`")]
