"""What the services logged: routine, grumbling, starts, and the failures of sampled requests under their trace ids."""

import json
import math
import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scenarios.faults import MemoryLeak
from scenarios.gauges import Happened
from scenarios.plan import STEP
from scenarios.releases import Release
from scenarios.requests import FEW, Failure
from scenarios.seeds import chance, digest
from scenarios.system import Line, NodeKind, When
from scenarios.voices import carried, spoken
from scenarios.wording import fill, words

CHATTER = {NodeKind.SERVICE: 2.0, NodeKind.DATABASE: 0.5, NodeKind.CACHE: 0.3, NodeKind.QUEUE: 0.5}
"""Routine lines a minute, after sampling."""
LIVELIEST = 5.0
"""How much more than usual is logged, at most: collectors sample."""
GRUMBLING = 0.06
"""Warnings a minute and service that mean nothing."""
LONG_PAUSE = 0.3
"""Seconds of garbage collection that are worth a line."""


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
    lines: list[LogLine] = [*writer.starts(releases), *writer.failures(failures)]
    for t, start in enumerate(world.grid.times.tolist()):
        dice = chance(world.seed, "lines", str(start))
        lines += [*writer.chatter(t, dice), *writer.strain(t, dice), *writer.faults(t, dice)]
    ours = {name for name, s in world.scenario.system.services.items() if s.kind is not NodeKind.EXTERNAL}
    return tuple(line for line in lines if line.service in ours and _collected(line, world))


def _collected(line: LogLine, world: Happened) -> bool:
    """Tell whether a collector that samples keeps the line: the same answer however long the world goes on."""
    share = world.scenario.log_share
    return share == 1 or int(digest(world.seed, "kept", line.service, str(line.at))[:8], 16) < share * 16**8


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
            for _ in range(_times(rate * sampled * self._liveliness(t, i), dice)):
                yield self._line(t, i, dice.choice(routine), dice)
            grumbles = service.warnings or words(self.world.scenario.system, "warning")
            for _ in range(_times(GRUMBLING * sampled, dice)):
                yield self._line(t, i, dice.choice(grumbles), dice)

    def _liveliness(self, t: int, i: int) -> float:
        """Return how much more or less than usual is served: whoever is asked more says more."""
        now = self.world.course
        served = now.rps[t, i] * (1 - now.shed[t, i]) * (1 - now.errors[t, i])
        return min(LIVELIEST, float(served / self.world.net.usual[i])) if self.world.net.usual[i] else 1.0

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
            for line in spoken(self.world, fault):
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
            line = dice.choice(carried(self.world, failure, t))
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

    def _line(self, t: int, i: int, line: Line, dice: random.Random, failure: Failure | None = None) -> LogLine:
        name, service = self.world.net.names[i], self.world.net.services[i]
        at = failure.at if failure else float(self.world.grid.times[t]) + dice.random() * STEP
        values = self._values(t, i, dice) | {"service": name, "version": service.version}
        if failure is not None:
            values |= self._about(t, failure)
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

    def _about(self, t: int, failure: Failure) -> dict[str, object]:
        about: dict[str, object] = {"operation": failure.operation, "trace": failure.trace_id}
        if failure.callee is not None:
            place = failure.service, failure.callee
            changed = (c.timeout[t] for c in self.world.on.calls if (c.caller, c.callee) == place)
            waited = next(changed, self.world.net.timeout[place])
            about |= {"callee": self.world.net.names[failure.callee], "timeout": round(1000 * waited)}
        return about


def _times(per_minute: float, dice: random.Random) -> int:
    """Return how often something that happens so often happens in one step."""
    expected = per_minute * STEP / 60
    return int(expected) + (dice.random() < expected % 1)
