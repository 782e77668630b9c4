"""What a single request has to expect at each step: the course of events as odds."""

from typing import NamedTuple

import numpy as np

from scenarios.gauges import Happened
from scenarios.system import Call, Occasion, Service

DEEPEST = 12
"""Calls on one way through a trace, at most."""


class Calling(NamedTuple):
    """Seconds that a caller waits for one answer, how often it tries, and how many calls a request makes."""

    timeout: float
    tries: int
    share: float


class Odds:
    """The course as nested lists: single numbers are read off them much faster than off arrays."""

    def __init__(self, world: Happened) -> None:
        now = world.course
        self.p50, self.p99 = now.own_p50.tolist(), now.own_p99.tolist()
        self.down, self.wait = now.down.tolist(), now.wait.tolist()
        self.why: dict[Occasion, list[list[float]]] = {
            "shed": now.shed.tolist(),
            "exhausted": now.exhausted.tolist(),
            "failed": now.failing.tolist(),
            "restarting": now.restarting.tolist(),
        }
        self.hanging = world.on.hanging.tolist()
        self.wrong = now.wrong.tolist()
        self.links = {(i, j): [a.tolist() for a in rest] for i, j, *rest in world.on.links}
        self._usual = [a.tolist() for a in (world.net.timeout, world.net.attempts, world.net.share)]
        self._calls = {
            (c.caller, c.callee): [a.tolist() for a in (c.timeout, c.attempts, c.share)] for c in world.on.calls
        }
        self.at = {name: i for i, name in enumerate(world.net.names)}

    def calling(self, t: int, i: int, j: int) -> Calling:
        """Return how a service calls another at a step."""
        changed = self._calls.get((i, j))
        timeout, tries, share = [a[t] for a in changed] if changed else [a[i][j] for a in self._usual]
        return Calling(timeout, int(tries), share)


def made_by(operation: str, service: Service, call: Call) -> float:
    """Return how much more often than others a request of the operation makes the call; 1 where all do."""
    if not call.operations:
        return 1.0
    return len(service.operations) / len(call.operations) if operation in call.operations else 0.0


def entries(world: Happened) -> list[tuple[int, list[float]]]:
    """Return where requests come from outside, and how much more than usual fails by step anywhere behind."""
    failing = world.course.errors + world.course.shed
    failing = failing - failing[0]  # what always fails is no trouble
    reach = np.eye(len(world.net.names)) + world.net.share
    for _ in range(DEEPEST.bit_length()):
        reach = np.minimum(reach @ reach, 1)
    outside = [i for i, service in enumerate(world.net.services) if service.load > 0]
    return [(i, failing[:, reach[i] > 0].max(axis=1).tolist()) for i in outside]
