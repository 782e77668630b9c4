"""What presses on the system at each step: the day's load, and the faults as far as they are felt."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from scenarios.faults import (
    CallChange,
    CapacityLoss,
    ConnectionLeak,
    ErrorRate,
    LinkDelay,
    MemoryLeak,
    Outage,
    PoolLimit,
    Slowdown,
    TrafficSurge,
    WrongResult,
)
from scenarios.network import Network
from scenarios.plan import STEP, Array, Grid, Undone, felt
from scenarios.schema import Scenario
from scenarios.seeds import noise

BURST = 300.0
"""Seconds that a burst of traffic lasts."""


class Link(NamedTuple):
    """What is wrong between two services, step by step: seconds on the wire, shares lost and refused."""

    caller: int
    callee: int
    extra: Array
    loss: Array
    refused: Array


class Changed(NamedTuple):
    """How one service's calls of another are made, step by step."""

    caller: int
    callee: int
    timeout: Array
    attempts: Array
    share: Array


class Forces(NamedTuple):
    """Arrays are step by service."""

    load: Array
    pool_size: Array
    taken: Array
    """Connections of the pool that nobody gives back."""
    leak: Array
    """MB a second."""
    refused: Array
    hanging: Array
    failing: Array
    wrong: Array
    slower: Array
    extra: Array
    left: Array
    links: tuple[Link, ...]
    calls: tuple[Changed, ...]
    felt: Array
    """Step by fault."""


def forces(scenario: Scenario, net: Network, seed: int, when: Grid, undone: Sequence[Undone]) -> Forces:
    """Return what presses on the system, the same up to any step however many follow."""
    shape = (len(when.times), len(net.names))
    levels = [felt(fault, scenario, seed, when.times, undone) for fault in scenario.faults]
    pressed = Forces(
        load=_daily(scenario, net, seed, when),
        pool_size=np.tile(net.pool_size, (shape[0], 1)),
        taken=np.zeros(shape),
        leak=np.zeros(shape),
        refused=np.zeros(shape),
        hanging=np.zeros(shape),
        failing=np.zeros(shape),
        wrong=np.zeros(shape),
        slower=np.ones(shape),
        extra=np.zeros(shape),
        left=np.ones(shape),
        links=tuple(_links(scenario, net, levels)),
        calls=tuple(_calls(scenario, net, levels)),
        felt=np.stack(levels, axis=1) if levels else np.zeros((shape[0], 0)),
    )
    for fault, level in zip(scenario.faults, levels, strict=True):
        _press(fault, level, pressed, net.at(fault.service))
    return pressed


def _press(fault: object, level: Array, on: Forces, i: int) -> None:
    match fault:
        case PoolLimit(size=size):
            on.pool_size[:, i] += (size - on.pool_size[:, i]) * level
        case MemoryLeak(mb_per_minute=rate):
            on.leak[:, i] += rate / 60 * level
        case Outage(share=share, mode="hang"):
            on.hanging[:, i] = np.maximum(on.hanging[:, i], share * level)
        case Outage(share=share):
            on.refused[:, i] = np.maximum(on.refused[:, i], share * level)
        case ErrorRate(ratio=ratio):
            on.failing[:, i] = 1 - (1 - on.failing[:, i]) * (1 - ratio * level)
        case WrongResult(ratio=ratio):
            on.wrong[:, i] = 1 - (1 - on.wrong[:, i]) * (1 - ratio * level)
        case ConnectionLeak(per_minute=rate):
            on.taken[:, i] += _since_start(rate * STEP / 60 * level)
        case Slowdown(factor=factor, extra=extra):
            on.slower[:, i] *= 1 + (factor - 1) * level
            on.extra[:, i] += extra * level
        case CapacityLoss(left=left):
            on.left[:, i] *= 1 - (1 - left) * level
        case TrafficSurge(factor=factor):
            on.load[:, i] *= 1 + (factor - 1) * level
        case _:  # calls and gauges press on no service's own work
            return


def _links(scenario: Scenario, net: Network, levels: Sequence[Array]) -> Iterator[Link]:
    for fault, level in zip(scenario.faults, levels, strict=True):
        if isinstance(fault, LinkDelay):
            ends = net.at(fault.service), net.at(fault.to)
            yield Link(*ends, fault.extra * level, fault.loss * level, fault.refused * level)


def _calls(scenario: Scenario, net: Network, levels: Sequence[Array]) -> Iterator[Changed]:
    for fault, level in zip(scenario.faults, levels, strict=True):
        if isinstance(fault, CallChange):
            at = net.at(fault.service), net.at(fault.to)
            tries = None if fault.retries is None else 1.0 + fault.retries
            pairs = (net.timeout, fault.timeout), (net.attempts, tries), (net.share, fault.share)
            timeout, attempts, share = (
                old[at] + ((old[at] if new is None else new) - old[at]) * level for old, new in pairs
            )
            yield Changed(*at, timeout, np.round(attempts), share)


def _since_start(taken: Array) -> Array:
    """Add up what is taken; a restart, which is when nothing more is, gives all of it back."""
    total = np.cumsum(taken)
    before: Array = np.maximum.accumulate(np.where(taken > 0, 0.0, total))
    return total - before


def _daily(scenario: Scenario, net: Network, seed: int, when: Grid) -> Array:
    """A file's loads are those at the hour of the alert; before and after it the day has its way."""
    fired, traffic = when.fired_at, scenario.traffic
    noon = (fired.hour + fired.minute / 60 - traffic.busiest) / 24 * 2 * np.pi
    day = 1 + traffic.swing * np.cos(noon + when.times / 86400 * 2 * np.pi)
    day /= 1 + traffic.swing * np.cos(noon)
    rough = noise(seed, "load").standard_normal((len(day), len(net.names)))
    return net.load * (day * _bursts(scenario, seed, when))[:, None] * np.exp(0.02 * scenario.noise * rough)


def _bursts(scenario: Scenario, seed: int, when: Grid) -> Array:
    """Return how much more than the day has it comes in at each step: bursts rise within a step and die away."""
    begins = noise(seed, "bursts").random(len(when.times)) < scenario.traffic.bursts * STEP / 3600
    pace = np.exp(-np.arange(int(3 * BURST / STEP)) * STEP / BURST)
    bursts: Array = 1 + scenario.traffic.height * np.minimum(np.convolve(begins, pace)[: len(begins)], 1)
    return bursts
