"""What a single request has to expect at each step: the course of events as odds."""

import numpy as np

from scenarios.gauges import Happened
from scenarios.system import Occasion

DEEPEST = 12
"""Calls on one way through a trace, at most."""


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
        self.links = {(i, j): (extra.tolist(), loss.tolist()) for i, j, extra, loss in world.on.links}
        self._usual = world.net.timeout.tolist(), world.net.attempts.tolist()
        self._calls = {(i, j): (longest.tolist(), tries.tolist()) for i, j, longest, tries in world.on.calls}
        self.at = {name: i for i, name in enumerate(world.net.names)}

    def patience(self, t: int, i: int, j: int) -> tuple[float, int]:
        """Return how many seconds a caller waits for one answer, and how often it tries."""
        longest, tries = self._calls.get((i, j), (None, None))
        if longest is None or tries is None:
            return self._usual[0][i][j], int(self._usual[1][i][j])
        return longest[t], int(tries[t])


def entries(world: Happened) -> list[tuple[int, list[float]]]:
    """Return where requests come from outside, and how much more than usual fails by step anywhere behind."""
    failing = world.course.errors + world.course.shed
    failing = failing - failing[0]  # what always fails is no trouble
    reach = np.eye(len(world.net.names)) + world.net.share
    for _ in range(DEEPEST.bit_length()):
        reach = np.minimum(reach @ reach, 1)
    outside = [i for i, service in enumerate(world.net.services) if service.load > 0]
    return [(i, failing[:, reach[i] > 0].max(axis=1).tolist()) for i in outside]
