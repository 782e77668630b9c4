"""Whose words a log line carries: those that a file gives a fault, or those of the system for the occasion."""

from collections.abc import Sequence

from scenarios.faults import (
    CallChange,
    CapacityLoss,
    ConnectionLeak,
    ErrorRate,
    Fault,
    LinkDelay,
    Outage,
    PoolLimit,
    Slowdown,
    TrafficSurge,
    WrongResult,
)
from scenarios.gauges import Happened
from scenarios.requests import Failure
from scenarios.system import Line, NodeKind, Occasion, When
from scenarios.wording import words

PRODUCES: dict[Occasion, tuple[type[Fault], ...]] = {
    "exhausted": (PoolLimit, ConnectionLeak), "failed": (ErrorRate,), "shed": (TrafficSurge, CapacityLoss),
    "refused": (Outage, LinkDelay), "misled": (WrongResult,), "timeout": (Outage, Slowdown, LinkDelay, CallChange),
}  # fmt: skip
"""Which faults' wordings a failing request can carry."""
ANSWERED: dict[Occasion, Occasion] = {"call_failed": "failed", "throttled": "shed"}
"""What happened at somebody else's to whom a call failed so: only the caller can tell of it."""


def carried(world: Happened, failure: Failure, t: int) -> Sequence[Line]:
    """Return what may be logged of a request that failed at step ``t``."""
    culprit = failure.service if failure.callee is None or failure.why == "exhausted" else failure.callee
    theirs = world.net.services[culprit].kind is NodeKind.EXTERNAL
    kinds = PRODUCES.get(ANSWERED.get(failure.why, failure.why) if theirs else failure.why, ())
    for j, fault in enumerate(world.scenario.faults):
        own = [line for line in fault.logs if line.when is When.FAILING]
        if own and isinstance(fault, kinds) and _concerns(fault, world.net.names[culprit]) and world.on.felt[t, j] > 0:
            return own
    return words(world.scenario.system, failure.why)


def spoken(world: Happened, fault: Fault) -> Sequence[Line]:
    """Return the lines of a fault; slowness is noticed even where a file has no words for it."""
    if fault.logs or not isinstance(fault, Slowdown):
        return fault.logs
    return words(world.scenario.system, "slow")


def _concerns(fault: Fault, service: str) -> bool:
    return service == fault.service or (isinstance(fault, LinkDelay | CallChange) and fault.to == service)
