"""Single requests sampled from the course of events: their spans, and where and why each that failed did so."""

import json
import math
import random
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import NamedTuple

from scenarios.gauges import Happened
from scenarios.odds import DEEPEST, Calling, Odds, entries, made_by
from scenarios.physics import NORMAL_TAIL, REFUSED
from scenarios.plan import STEP
from scenarios.seeds import chance
from scenarios.system import NodeKind, Occasion

LATELY, RECENT, OLD = -1800.0, 4, 1
"""Requests kept a step and entry whatever becomes of them: the last half hour has not been thinned out yet."""
LOOKED_AT = 40
"""Requests looked at a step and entry while something fails; those that fail are kept as well, at most `FAILED`."""
FAILED = 8
FEW = 10
"""Services that tracing can afford to look at so closely; of larger systems it sees less."""
NOTABLE = 0.015
"""Share of requests failing somewhere that makes tracing look closer."""
LARGEST = 80  # spans in a trace, more or less
SEEN: dict[Occasion, Occasion] = {"shed": "throttled"}  # what a caller sees of a failure, otherwise a failed call
WIRE = 0.0012  # seconds that a call spends on the network


class Span(NamedTuple):
    """One row of `Telemetry.spans`; ``start`` in seconds after the alert."""

    trace_id: str
    span_id: str
    parent_id: str | None
    service: str
    name: str
    start: float
    duration_ms: float
    status: str
    attributes: str


class Failure(NamedTuple):
    """Why a request failed at a service, in the occasions of `scenarios.wording`; ``at`` in seconds after the alert."""

    at: float
    service: int
    why: Occasion
    callee: int | None
    trace_id: str
    operation: str


class Sampled(NamedTuple):
    """What tracing kept."""

    spans: tuple[Span, ...]
    failures: tuple[Failure, ...]


class _Result(NamedTuple):
    seconds: float
    why: Occasion | None


def sample(world: Happened) -> Sampled:
    """Return requests of every step: a few as they come, and more of those that fail."""
    spans: list[Span] = []
    failures: list[Failure] = []
    odds = Odds(world)
    outside = entries(world)
    for t, start in enumerate(world.grid.times.tolist()):
        dice = chance(world.seed, "requests", str(start))
        kept = RECENT if start >= LATELY else OLD
        for entry, trouble in outside:
            looks = max(kept, round(LOOKED_AT * min(1, FEW / len(world.net.names)))) if trouble[t] > NOTABLE else kept
            for trace in _kept(_Trace.at(world, odds, t, dice, entry), kept, looks):
                spans += trace.spans
                failures += trace.failures
    return Sampled(tuple(spans), tuple(failures))


def _kept(traces: Iterator["_Trace"], kept: int, looks: int) -> Iterator["_Trace"]:
    failed = 0
    for look, trace in enumerate(islice(traces, looks)):
        if look < kept or trace.failures:
            failed += bool(trace.failures)
            yield trace
        if failed >= FAILED and look >= kept:
            return


class _Trace:
    """One request on its way through the services."""

    def __init__(self, world: Happened, odds: Odds, t: int, dice: random.Random) -> None:
        self.world, self.odds, self.t, self.dice = world, odds, t, dice
        self.id = f"{dice.getrandbits(128):032x}"
        self.spans: list[Span] = []
        self.failures: list[Failure] = []

    @classmethod
    def at(cls, world: Happened, odds: Odds, t: int, dice: random.Random, entry: int) -> Iterator["_Trace"]:
        """Yield requests of one step without end."""
        while True:
            trace = cls(world, odds, t, dice)
            trace._serve(entry, float(world.grid.times[t]) + dice.random() * STEP, None, 0)
            yield trace

    def _serve(self, i: int, start: float, parent: str | None, depth: int) -> _Result:
        service = self.world.net.services[i]
        operation = self.dice.choice(service.operations) if service.operations else "handle"
        span = f"{self.dice.getrandbits(64):016x}"
        seconds, why, callee = self._own(i), self._own_failure(i), None
        if why == "exhausted":
            seconds += self.odds.wait[self.t][i]
            callee = self.odds.at[service.pool.to] if service.pool else None
        elif why in {"shed", "restarting"}:
            seconds = 0.002
        elif why is None and depth < DEEPEST:
            seconds, why, callee = self._calls(i, operation, start, seconds, (span, depth))
        if why is not None:
            self.failures.append(Failure(start + seconds, i, why, callee, self.id, operation))
        if service.kind is not NodeKind.EXTERNAL:
            self._note(span, parent, i, operation, start, seconds, why, "server")
        return _Result(seconds, why)

    def _own(self, i: int) -> float:
        p50, p99 = self.odds.p50[self.t][i], self.odds.p99[self.t][i]
        return float(p50 * math.exp(math.log(max(p99 / p50, 1.01)) / NORMAL_TAIL * self.dice.gauss(0, 1)))

    def _own_failure(self, i: int) -> Occasion | None:
        for why, odds in self.odds.why.items():
            if odds[self.t][i] and self.dice.random() < odds[self.t][i]:
                return why
        return "failed" if self.dice.random() < self.world.net.services[i].errors else None

    def _calls(
        self, i: int, operation: str, start: float, own: float, within: tuple[str, int]
    ) -> tuple[float, Occasion | None, int | None]:
        """Make the calls one after the other, half of the service's own work before them and half after."""
        spent, service = own / 2, self.world.net.services[i]
        for name, call in service.calls.items():
            j = self.odds.at[name]
            calling = self.odds.calling(self.t, i, j)
            wanted = calling.share * made_by(operation, service, call)
            for _ in range(int(wanted) + (self.dice.random() < wanted % 1)):
                if len(self.spans) > LARGEST:
                    break
                result = self._retry(i, j, calling, start + spent, within)
                spent += result.seconds
                why = result.why or self._misled(j)
                if why is not None and self.dice.random() < call.needed:
                    return spent, why, j
        return spent + own / 2, None, None

    def _misled(self, j: int) -> Occasion | None:
        return "misled" if self.odds.wrong[self.t][j] and self.dice.random() < self.odds.wrong[self.t][j] else None

    def _retry(self, i: int, j: int, calling: Calling, start: float, within: tuple[str, int]) -> _Result:
        spent, result = 0.0, _Result(0.0, None)
        for _ in range(calling.tries):
            result = self._call(i, j, calling.timeout, start + spent, within)
            spent += result.seconds
            if result.why is None:
                break
        return _Result(spent, result.why)

    def _call(self, i: int, j: int, timeout: float, start: float, within: tuple[str, int]) -> _Result:
        span = f"{self.dice.getrandbits(64):016x}"
        link = self.odds.links.get((i, j))
        extra, loss, refused = (s[self.t] for s in link) if link else (0.0, 0.0, 0.0)
        wire = WIRE * (0.5 + self.dice.random()) + extra
        if self.dice.random() < loss or self.dice.random() < self.odds.hanging[self.t][j]:
            result = _Result(timeout, "timeout")
        elif (refused and self.dice.random() < refused) or self.dice.random() < self.odds.down[self.t][j]:
            result = _Result(REFUSED, "refused")
        else:
            served = self._serve(j, start + wire / 2, span, within[1] + 1)
            result = _Result(served.seconds + wire, served.why and SEEN.get(served.why, "call_failed"))
            if result.seconds > timeout:
                result = _Result(timeout, "timeout")
        self._note(
            span, within[0], i, f"call {self.world.net.names[j]}", start, result.seconds, result.why, "client", j
        )
        return result

    def _note(  # noqa: PLR0913, PLR0917 - a span has that many columns
        self, span: str, parent: str | None, i: int, name: str, start: float, seconds: float, why: str | None,
        side: str, peer: int | None = None,
    ) -> None:  # fmt: skip
        attributes = _attributes(side, None if peer is None else self.world.net.names[peer], why)
        at = (self.world.net.names[i], name, start, round(seconds * 1000, 3))
        self.spans.append(Span(self.id, span, parent, *at, "ERROR" if why else "OK", attributes))


@cache
def _attributes(side: str, peer: str | None, why: str | None) -> str:
    said = {"span.kind": side, "peer.service": peer, "error.type": why}
    return json.dumps({key: value for key, value in said.items() if value is not None})
