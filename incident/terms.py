"""What a call has to fit into: the limits of its model's server, and the caps of all models. Pure."""

import math
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from incident.gauge import Gauge, Taken
from incident.quota import DAY, MINUTE, Asked, Call, Caps, Lack
from incident.server import Server

Measure = Literal["calls", "tokens", "dollars"]


class Term(NamedTuple):
    """A limit, under its name in `Left`, and what is lacking where it leaves no room."""

    name: str
    lack: Lack
    measure: Measure
    gauge: Gauge

    def amount(self, asked: Asked) -> float:
        """Return how much of it a call takes; of money more than there can be where its price isn't known."""
        if self.measure == "calls":
            return 1.0
        if self.measure == "tokens":
            return asked.tokens
        return math.inf if asked.dollars is None else asked.dollars


def terms(calls: Iterable[Call], model: str, server: Server, caps: Caps) -> Iterator[Term]:
    """Yield everything that limits a call to this model."""
    every = tuple(calls)
    own = tuple(call for call in every if call.model == model)
    limits = server.limits
    if limits.requests_a_minute is not None:
        gauge = Gauge(limits.requests_a_minute, MINUTE, _taken(own, "calls"))
        yield Term("requests_a_minute", Lack.MINUTE, "calls", gauge)
    if limits.requests_a_day is not None:
        gauge = Gauge(limits.requests_a_day, DAY, _taken(own, "calls"), server.requests)
        yield Term("requests_a_day", Lack.DAY, "calls", gauge)
    if limits.tokens_a_minute is not None:
        gauge = Gauge(limits.tokens_a_minute, MINUTE, _taken(own, "tokens"), server.tokens)
        yield Term("tokens_a_minute", Lack.MINUTE, "tokens", gauge)
    if limits.tokens_a_day is not None:
        yield Term("tokens_a_day", Lack.DAY, "tokens", Gauge(limits.tokens_a_day, DAY, _taken(own, "tokens")))
    if caps.tokens_a_day is not None:
        yield Term("tokens_a_day", Lack.CAP, "tokens", Gauge(caps.tokens_a_day, DAY, _taken(every, "tokens")))
    if caps.dollars_a_day is not None:
        yield Term("dollars_a_day", Lack.CAP, "dollars", Gauge(caps.dollars_a_day, DAY, _taken(every, "dollars")))


def _taken(calls: Iterable[Call], measure: Measure) -> tuple[Taken, ...]:
    return tuple(Taken(call.at, getattr(call, measure), call.held) for call in calls)
