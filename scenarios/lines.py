"""What the services logged: routine, grumbling, starts, and the failures of sampled requests under their trace ids."""

import json
import math
import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scenarios.faults import (
    CapacityLoss,
    ErrorRate,
    Fault,
    LinkDelay,
    MemoryLeak,
    Outage,
    PoolLimit,
    Slowdown,
    TrafficSurge,
)
from scenarios.gauges import Happened
from scenarios.plan import STEP
from scenarios.releases import Release
from scenarios.requests import FEW, Failure
from scenarios.seeds import chance
from scenarios.system import Line, NodeKind, When
from scenarios.wording import fill, words

CHATTER = {NodeKind.SERVICE: 2.0, NodeKind.DATABASE: 0.5, NodeKind.CACHE: 0.3, NodeKind.QUEUE: 0.5}
"""Routine lines a minute, after sampling."""
GRUMBLING = 0.06
"""Warnings a minute and service that mean nothing."""
LONG_PAUSE = 0.3
"""Seconds of garbage collection that are worth a line."""
PRODUCES: dict[str, tuple[type[Fault], ...]] = {
    "exhausted": (PoolLimit,), "failing": (ErrorRate,), "shed": (TrafficSurge, CapacityLoss),
    "refused": (Outage,), "timeout": (Outage, Slowdown, LinkDelay),
}  # fmt: skip
"""Which faults' wordings a failing request can carry."""


class LogLine(NamedTuple):
    """One row of `Telemetry.logs`; ``at`` in seconds after the alert."""

    at: float
    service: str
    level: str
    message: str
    trace_id: str | None
    attributes: str


def logged(world: Happened, failures: Sequence[Failure], releases: Sequence[Release]) -> tuple[LogLine, ...]:
    """Return all lines; the same up to any moment however long the world goes on."""
    writer = _Writer(world)
    lines = [*writer.starts(releases), *writer.failures(failures)]
    for t, start in enumerate(world.grid.times.tolist()):
        dice = chance(world.seed, "lines", str(start))
        lines += [*writer.chatter(t, dice), *writer.strain(t, dice), *writer.faults(t, dice)]
    return tuple(lines)


class _Writer:
    """Knows the moment's figures by name, for the wordings to be filled with."""

    def __init__(self, world: Happened) -> None:
        self.world = world
        self.start = float(world.grid.times[0])

    def chatter(self, t: int, dice: random.Random) -> Iterator[LogLine]:
        sampled = min(1.0, FEW / len(self.world.net.names))
        for i, service in enumerate(self.world.net.services):
            rate = CHATTER.get(service.kind)
            if rate is None or self.world.course.down[t, i] >= dice.random():
                continue
            routine = service.logs or words(self.world.scenario.system, "request")
            for _ in range(_times(rate * sampled, dice)):
                yield self._line(t, i, dice.choice(routine), dice)
            grumbles = service.warnings or words(self.world.scenario.system, "warning")
            for _ in range(_times(GRUMBLING * sampled, dice)):
                yield self._line(t, i, dice.choice(grumbles), dice)

    def strain(self, t: int, dice: random.Random) -> Iterator[LogLine]:
        now = self.world.course
        for i in now.killed[t].nonzero()[0].tolist():
            for line in words(self.world.scenario.system, "killed"):
                yield self._line(t, i, line, dice)
        for i in (now.pause[t] > LONG_PAUSE).nonzero()[0].tolist():
            for line in words(self.world.scenario.system, "pause"):
                if dice.random() < line.per_minute * STEP / 60:
                    yield self._line(t, i, line, dice)

    def faults(self, t: int, dice: random.Random) -> Iterator[LogLine]:
        felt = self.world.on.felt
        for j, fault in enumerate(self.world.scenario.faults):
            before, now = felt[t - 1, j] if t else 0.0, felt[t, j]
            if isinstance(fault, MemoryLeak):
                i = self.world.net.at(fault.service)
                now *= self.world.course.memory[t, i] / self.world.net.limit[i]
            turned = {When.START} if now > 0 == before else {When.END} if before > 0 == now else set()
            for line in _spoken(fault, self.world):
                times = int(line.when in turned)
                if line.when is When.ACTIVE and now > 0 and now >= line.above:
                    times = _times(line.per_minute, dice)
                for _ in range(times):
                    yield self._line(t, self.world.net.at(line.service or fault.service), line, dice)

    def failures(self, failures: Sequence[Failure]) -> Iterator[LogLine]:
        for failure in failures:
            t = int((failure.at - self.start) // STEP)
            if t >= len(self.world.grid.times):
                continue
            dice = chance(self.world.seed, failure.trace_id, str(failure.service))
            line = dice.choice(self._wordings(failure, t))
            yield self._line(t, failure.service, line, dice, failure)

    def starts(self, releases: Sequence[Release]) -> Iterator[LogLine]:
        for release in releases:
            at = (release.deployed.at - self.world.grid.fired_at).total_seconds()
            t = int((at - self.start) // STEP)
            if 0 <= t < len(self.world.grid.times):
                i = self.world.net.at(release.deployed.service)
                dice = chance(self.world.seed, "start", release.deployed.version, str(at))
                for k in range(self.world.net.services[i].instances):
                    for line in words(self.world.scenario.system, "started"):
                        filled = line.model_copy(
                            update={"message": fill(line.message, {"version": release.deployed.version})}
                        )
                        yield self._line(t, i, filled, dice)._replace(at=at + 12 + 9 * k + dice.random() * 4)

    def _wordings(self, failure: Failure, t: int) -> Sequence[Line]:
        culprit = failure.service if failure.callee is None or failure.why == "exhausted" else failure.callee
        name = self.world.net.names[culprit]
        for j, fault in enumerate(self.world.scenario.faults):
            kinds = PRODUCES.get(failure.why)
            at_fault = name == fault.service or (isinstance(fault, LinkDelay) and fault.to == name)
            if kinds and isinstance(fault, kinds) and at_fault and self.world.on.felt[t, j] > 0:
                own = [line for line in fault.logs if line.when is When.FAILING]
                if own:
                    return own
        occasion = "failed" if failure.why == "failing" else failure.why
        return words(self.world.scenario.system, occasion)

    def _line(self, t: int, i: int, line: Line, dice: random.Random, failure: Failure | None = None) -> LogLine:
        name, service = self.world.net.names[i], self.world.net.services[i]
        at = failure.at if failure else float(self.world.grid.times[t]) + dice.random() * STEP
        values = self._values(t, i, dice) | {"service": name, "version": service.version}
        if failure is not None:
            values |= self._about(failure)
        instance = f"{name}-{dice.randrange(service.instances)}"
        traced = failure.trace_id if failure else f"{dice.getrandbits(128):032x}" if line.level == "INFO" else None
        return LogLine(at, name, line.level, fill(line.text, values), traced, json.dumps({"instance": instance}))

    def _values(self, t: int, i: int, dice: random.Random) -> dict[str, object]:
        now, service = self.world.course, self.world.net.services[i]
        size = now.pool_size[t, i]
        pool = round(size) if math.isfinite(size) else 0
        return {
            "operation": dice.choice(service.operations) if service.operations else "handle",
            "ms": max(1, round(1000 * now.p50[t, i] * math.exp(0.4 * dice.gauss(0, 1)))),
            "id": f"{dice.getrandbits(40):010x}", "n": dice.randrange(1, 1000), "active": pool, "max": pool,
            "wait": round(1000 * now.wait[t, i]), "queue": service.queue, "rps": round(now.rps[t, i]),
            "capacity": round(self.world.net.capacity[i]), "memory": round(now.memory[t, i]),
            "limit": round(self.world.net.limit[i]),
            "pause": round(1000 * now.pause[t, i] * (0.8 + 0.5 * dice.random())),
            "callee": service.pool.to if service.pool else "", "waiting": dice.randrange(3, 40),
        }  # fmt: skip

    def _about(self, failure: Failure) -> dict[str, object]:
        about: dict[str, object] = {"operation": failure.operation, "trace": failure.trace_id}
        if failure.callee is not None:
            callee = self.world.net.names[failure.callee]
            calls = self.world.net.services[failure.service].calls
            about |= {"callee": callee, "timeout": round(1000 * calls[callee].timeout) if callee in calls else 0}
        return about


def _spoken(fault: Fault, world: Happened) -> Sequence[Line]:
    if fault.logs or not isinstance(fault, Slowdown):
        return fault.logs
    return words(world.scenario.system, "slow")


def _times(per_minute: float, dice: random.Random) -> int:
    """Return how often something that happens so often happens in one step."""
    expected = per_minute * STEP / 60
    return int(expected) + (dice.random() < expected % 1)
