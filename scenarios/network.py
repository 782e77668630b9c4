"""A system as arrays: service by service, and caller by callee."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.plan import Array
from scenarios.system import Service, System

HEADROOM = 3.0
"""Capacity over usual load where a file names none."""
IDLE = 20.0
"""The least capacity, requests a second, that is ever assumed."""


class Network(NamedTuple):
    """Rates in requests a second, times in seconds, memory in MB. Matrices are caller by callee."""

    names: tuple[str, ...]
    services: tuple[Service, ...]
    load: Array
    usual: Array
    capacity: Array
    p50: Array
    p99: Array
    errors: Array
    memory: Array
    limit: Array
    queue: Array
    instances: Array
    share: Array
    needed: Array
    timeout: Array
    attempts: Array
    pool_size: Array
    """Infinite where there is none."""
    pool_to: NDArray[np.intp]
    hold: Array
    patience: Array

    def at(self, name: str) -> int:
        """Return a service's place in the arrays."""
        return self.names.index(name)


def network(system: System) -> Network:
    """Lay a system out as arrays; usual loads follow from the calls, whatever their depth."""
    names, services = tuple(system.services), tuple(system.services.values())
    share, needed, timeout, attempts = _matrices(names, services)
    load = np.array([s.load for s in services])
    usual = _usual(load, share)
    capacity = [s.capacity or max(IDLE, HEADROOM * u) for s, u in zip(services, usual.tolist(), strict=True)]
    pooled = [names.index(s.pool.to) if s.pool else i for i, s in enumerate(services)]
    return Network(
        names=names,
        services=services,
        load=load,
        usual=usual,
        capacity=np.array(capacity),
        p50=np.array([s.p50 for s in services]),
        p99=np.array([s.p99 or 4 * s.p50 for s in services]),
        errors=np.array([s.errors for s in services]),
        memory=np.array([s.memory for s in services]),
        limit=np.array([s.memory_limit or 2 * s.memory for s in services]),
        queue=np.array([float(s.queue) for s in services]),
        instances=np.array([float(s.instances) for s in services]),
        share=share,
        needed=needed,
        timeout=timeout,
        attempts=attempts,
        pool_size=np.array([float(s.pool.size) if s.pool else np.inf for s in services]),
        pool_to=np.array(pooled, dtype=np.intp),
        hold=np.array([s.pool.hold if s.pool else 0.0 for s in services]),
        patience=np.array([s.pool.timeout if s.pool else 0.0 for s in services]),
    )


def _matrices(names: tuple[str, ...], services: tuple[Service, ...]) -> tuple[Array, Array, Array, Array]:
    size = (len(names), len(names))
    share, needed, timeout, attempts = np.zeros(size), np.zeros(size), np.full(size, 1e9), np.ones(size)
    for i, service in enumerate(services):
        for callee, call in service.calls.items():
            j = names.index(callee)
            share[i, j], needed[i, j] = call.share, call.needed
            timeout[i, j], attempts[i, j] = call.timeout, 1.0 + call.retries
    return share, needed, timeout, attempts


def _usual(load: Array, share: Array) -> Array:
    reached = load.copy()
    for _ in load:  # the longest chain of calls visits every service once
        reached = load + reached @ share
    return reached
