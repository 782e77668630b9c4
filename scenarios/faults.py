"""The kinds of things that go wrong in a made-up world; a scenario file says where, when and how much."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, FiniteFloat

from incident.values import Name, Value
from scenarios.durations import Duration, Offset
from scenarios.system import Share, Spoken


def _listed(raw: object) -> object:
    return [raw] if isinstance(raw, str) else raw


class Fault(Value):
    """``at``: when it sets in (None: with its change). It grows over ``ramp`` and fades over ``heals_in``.

    ``caused_by`` names the change whose rollback heals it; of several, the seed makes one guilty.
    """

    service: Name
    at: Offset | None = None
    until: Offset | None = None
    ramp: Duration = 0.0
    heals_in: Duration = 180.0
    caused_by: Annotated[tuple[Name, ...], BeforeValidator(_listed)] = ()
    logs: tuple[Spoken, ...] = ()


class PoolLimit(Fault):
    """The service's connection pool shrinks to ``size``."""

    kind: Literal["pool_limit"]
    size: Annotated[int, Field(ge=1)]


class MemoryLeak(Fault):
    """Every instance loses memory until its limit, where it is killed and starts anew."""

    kind: Literal["memory_leak"]
    mb_per_minute: Annotated[float, Field(gt=0, le=1e6)]


class Outage(Fault):
    """The service is gone for a ``share`` of requests: connections are refused, or hang until the caller gives up."""

    kind: Literal["outage"]
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    mode: Literal["refuse", "hang"] = "refuse"


class ErrorRate(Fault):
    """The service fails a ``ratio`` of the requests that it would have answered."""

    kind: Literal["error_rate"]
    ratio: Annotated[float, Field(gt=0, le=1)]


class WrongResult(Fault):
    """The service answers a ``ratio`` of its requests in time and wrongly: whoever needs the answer fails on it."""

    kind: Literal["wrong_result"]
    ratio: Annotated[float, Field(gt=0, le=1)]


class ConnectionLeak(Fault):
    """Connections of the service's pool are taken and never given back, until it restarts."""

    kind: Literal["connection_leak"]
    per_minute: Annotated[float, Field(gt=0, le=1e5)]


class Slowdown(Fault):
    """The service's own work takes ``factor`` times as long, and ``extra`` on top."""

    kind: Literal["slowdown"]
    factor: Annotated[float, Field(ge=1, le=10_000)] = 1.0
    extra: Duration = 0.0


class CapacityLoss(Fault):
    """The service can carry only ``left`` of its usual load: a noisy neighbour, lost nodes."""

    kind: Literal["capacity_loss"]
    left: Annotated[float, Field(gt=0, le=1)]


class TrafficSurge(Fault):
    """The load that reaches the service from outside grows by ``factor`` (below 1 it falls)."""

    kind: Literal["traffic_surge"]
    factor: Annotated[float, Field(ge=0, le=10_000)]


class LinkDelay(Fault):
    """Calls from the service to ``to`` take ``extra`` on the wire, and a ``loss`` of them never arrives.

    A share of them is ``refused`` at once: no such host, a handshake that fails, a firewall that says no.
    """

    kind: Literal["link_delay"]
    to: Name
    extra: Duration = 0.0
    loss: Share = 0.0
    refused: Share = 0.0


class CallChange(Fault):
    """Calls from the service to ``to`` are made otherwise: given up sooner, tried more often, more per request.

    What is left out stays.
    """

    kind: Literal["call_change"]
    to: Name
    timeout: Annotated[Duration, Field(gt=0)] | None = None
    retries: Annotated[int, Field(ge=0, le=20)] | None = None
    share: Annotated[float, Field(gt=0, le=500)] | None = None


class Drift(Fault):
    """A gauge of the service's own moves to ``value``: a disk fills, a certificate runs out, a backlog grows."""

    kind: Literal["drift"]
    gauge: Name
    value: FiniteFloat


AnyFault = Annotated[
    PoolLimit
    | MemoryLeak
    | Outage
    | ErrorRate
    | WrongResult
    | ConnectionLeak
    | Slowdown
    | CapacityLoss
    | TrafficSurge
    | LinkDelay
    | CallChange
    | Drift,
    Field(discriminator="kind"),
]
