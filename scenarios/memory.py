"""Memory of single instances: leaks fill it, the limit kills, and whoever comes back starts fresh."""

from typing import NamedTuple

import numpy as np

from scenarios.network import Network
from scenarios.plan import STEP, Array

STARTING = 2
"""Steps that an instance needs to come back."""
UNEVEN = 0.12
"""How far apart the instances of a service run: they never get the same share of the load."""


class Heap(NamedTuple):
    """Arrays are service by instance (as many as the largest service has; what a service lacks never leaks)."""

    used: Array
    pace: Array
    starting: Array
    """Steps until the instance is back; 0 where it runs."""
    killed: Array
    """By service: instances killed in this step."""

    @classmethod
    def fresh(cls, net: Network, rng: np.random.Generator) -> "Heap":
        """Return memory after a start, all instances up."""
        shape = (len(net.names), int(min(net.instances.max(), 8)))
        present = np.minimum(net.instances, shape[1])[:, None]
        place = (np.arange(shape[1]) - (present - 1) / 2) / np.maximum(present / 2, 1)
        pace = (1 + UNEVEN * place + rng.normal(0, UNEVEN / 30, shape)) * (np.arange(shape[1]) < present)
        return cls(np.repeat(net.memory[:, None], shape[1], axis=1), pace, np.zeros(shape), np.zeros(shape[0]))

    def after(self, net: Network, leak: Array, healed: Array) -> "Heap":
        """Return the next step's: ``leak`` in MB a second; ``healed`` services restart, one instance a step."""
        used = self.used + leak[:, None] * self.pace * STEP
        died = (used >= net.limit[:, None]) & (self.pace > 0)
        worst = np.argmax(used, axis=1)
        renewed = np.zeros(used.shape, dtype=bool)
        renewed[np.arange(len(used)), worst] = healed & (used.max(axis=1) > net.memory)
        used = np.where(died | renewed, net.memory[:, None], used)
        starting = np.where(died | renewed, STARTING, np.maximum(self.starting - 1, 0))
        return Heap(used, self.pace, starting, died.sum(axis=1).astype(float))
