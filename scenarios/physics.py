"""How the system behaves: queues, pools and memory fill, calls slow down and fail, callers feel it a step later.

Every quantity of a step follows from the one before, so failures spread along calls with delay and retries feed back.
"""

from typing import NamedTuple

import numpy as np

from scenarios.forces import Forces
from scenarios.memory import STARTING, Heap
from scenarios.network import Network
from scenarios.plan import STEP, Array
from scenarios.seeds import noise

WARM_UP = 40
TAIL = 4.6
"""The slowest hundredth of an exponential wait, in means: ln 100."""
NORMAL_TAIL = 2.326
"""The same of a normal distribution, in standard deviations."""
REFUSED = 0.002
"""Seconds until a refused connection is noticed."""
WORKERS = 16.0
MOSTLY = 0.5
NEVER = 1e-3
RARE = 0.02
"""Calls made by fewer requests than this don't show in the slowest hundredth."""
GC = {"jvm": 0.018, "node": 0.006, "python": 0.002, "go": 0.0008, "native": 0.0}
"""Seconds of a usual pause; a heap that is nearly full makes it 150 times as long."""


class Course(NamedTuple):
    """What really happened. Arrays by service; a whole run has steps as their first axis. Seconds, MB, shares of 1."""

    rps: Array
    p50: Array
    p99: Array
    own_p50: Array
    own_p99: Array
    wait: Array
    """The longest that requests wait for a connection of the pool."""
    errors: Array
    shed: Array
    exhausted: Array
    failing: Array
    wrong: Array
    """Answered in time, and wrongly."""
    restarting: Array
    down: Array
    busy: Array
    """Utilisation; above 1 more arrives than can be served."""
    memory: Array
    """Of the instance that uses most."""
    pause: Array
    queued: Array
    pool_used: Array
    pool_size: Array
    killed: Array
    """Instances killed for want of memory in this step."""


def wait_for(busy: Array, servers: Array | float) -> Array:
    """Return the mean wait in service times at a utilisation below 1, in M/M/c (Sakasegawa 1977)."""
    rho = np.clip(busy, 1e-9, 0.98)
    waiting: Array = rho ** (np.sqrt(2 * (servers + 1)) - 1) / (servers * (1 - rho))
    return waiting


def run(net: Network, on: Forces, seed: int) -> Course:
    """Return the course of events under the forces. A longer run begins with the same steps."""
    heap, now = Heap.fresh(net, noise(seed, "heap")), _rest(net)
    for _ in range(WARM_UP):
        now = _step(net, _at(net, on, 0), now, heap)
    moments = []
    for t in range(len(on.load)):
        heap = heap.after(net, on.leak[t], on.leak[t] < on.leak[t - 1] if t else on.leak[t] < 0)
        now = _step(net, _at(net, on, t), now, heap)
        moments.append(now)
    return Course(*(np.array(field) for field in zip(*moments, strict=True)))


class _Press(NamedTuple):
    """The forces of one step; what presses on calls as matrices."""

    load: Array
    pool_size: Array
    taken: Array
    refused: Array
    hanging: Array
    failing: Array
    wrong: Array
    slower: Array
    extra: Array
    left: Array
    delay: Array | float
    lost: Array | float
    turned_away: Array | float
    """Share of calls refused on the way."""
    timeout: Array
    attempts: Array
    share: Array


def _at(net: Network, on: Forces, t: int) -> _Press:
    delay: Array | float = 0.0
    lost: Array | float = 0.0
    turned_away: Array | float = 0.0
    if on.links:
        delay, lost, turned_away = np.zeros((3, on.load.shape[1], on.load.shape[1]))
        for i, j, extra, loss, refused in on.links:
            delay[i, j], lost[i, j] = delay[i, j] + extra[t], max(lost[i, j], loss[t])
            turned_away[i, j] = max(turned_away[i, j], refused[t])
    timeout, attempts, share = net.timeout, net.attempts, net.share
    if on.calls:
        timeout, attempts, share = timeout.copy(), attempts.copy(), share.copy()
        for call in on.calls:
            at = call.caller, call.callee
            timeout[at], attempts[at], share[at] = call.timeout[t], call.attempts[t], call.share[t]
    return _Press(
        on.load[t], on.pool_size[t], on.taken[t], on.refused[t], on.hanging[t], on.failing[t], on.wrong[t],
        on.slower[t], on.extra[t], on.left[t], delay, lost, turned_away, timeout, attempts, share,
    )  # fmt: skip


def _rest(net: Network) -> Course:
    none = np.zeros(len(net.names))
    rest = Course(*[none] * len(Course._fields))
    return rest._replace(rps=net.usual, p50=net.p50, p99=net.p99, own_p50=net.p50, own_p99=net.p99)


def _step(net: Network, on: _Press, was: Course, heap: Heap) -> Course:
    fails, slow50, slow99 = _calls(on, was)
    arriving = _arriving(on, was, fails)
    starting = (heap.starting > 0).sum(axis=1) / net.instances
    capacity = net.capacity * on.left * np.maximum(1 - starting, 0.05)
    busy = arriving / capacity
    queued = np.clip(was.queued + (arriving - capacity) * STEP, 0, net.queue)
    shed = np.where(queued >= net.queue, 1 - np.minimum(1, capacity / np.maximum(arriving, 1e-9)), 0.0)
    down = 1 - (1 - on.refused) * (1 - on.hanging)
    served = arriving * (1 - shed) * (1 - down)

    used, exhausted, wait = _pools(net, on, served, slow50)
    pause = _pause(net, heap)
    crash = 0.5 * (heap.starting == STARTING).sum(axis=1) / net.instances
    crowd, backlog = 1 + wait_for(busy, WORKERS), on.extra + queued / capacity
    own50 = net.p50 * on.slower * crowd + backlog + 0.4 * wait * (exhausted > 0)
    own99 = net.p99 * on.slower * crowd + backlog + wait + pause
    own = 1 - (1 - net.errors) * (1 - on.failing) * (1 - exhausted) * (1 - crash)
    one = 1 - np.minimum(1, on.share) * net.needed * (1 - (1 - fails) * (1 - on.wrong))
    passed = np.prod(one ** np.maximum(1, on.share), axis=1)
    common = np.where(on.share >= RARE, slow99 + np.maximum(on.share - 1, 0) * slow50, 0.0)
    return Course(
        rps=arriving, p50=own50 + (on.share * slow50).sum(axis=1), p99=own99 + np.sqrt((common**2).sum(axis=1)),
        own_p50=own50, own_p99=own99, wait=wait, errors=1 - (1 - own) * passed * (1 - down), shed=shed,
        exhausted=exhausted, failing=on.failing, wrong=on.wrong, restarting=crash, down=down, busy=busy,
        memory=heap.used.max(axis=1), pause=pause, queued=queued, pool_used=used,
        pool_size=on.pool_size, killed=heap.killed,
    )  # fmt: skip


def _pools(net: Network, on: _Press, served: Array, slow50: Array) -> tuple[Array, Array, Array]:
    """Return connections in use, the share of requests that get none in time, and the longest wait for one."""
    held = net.hold * on.slower + slow50[np.arange(len(served)), net.pool_to] * (net.hold > 0)
    demand = served * on.share[np.arange(len(served)), net.pool_to] * held
    free = np.maximum(on.pool_size - on.taken, 0.2)
    crowded = np.minimum(demand / free, 10)
    short = crowded > 1
    exhausted = np.where(short, 1 - 1 / np.maximum(crowded, 1), 0.0)
    orderly = np.minimum(net.patience, TAIL * held * wait_for(crowded, np.minimum(free, 1e6)))
    return np.minimum(demand + on.taken, on.pool_size), exhausted, np.where(short, net.patience, orderly)


def _calls(on: _Press, was: Course) -> tuple[Array, Array, Array]:
    """Return what calls are like, caller by callee: the share that fails for good, the usual and the slowest time."""
    p50, p99 = was.p50 + on.delay, was.p99 + on.delay
    spread = np.log(np.maximum(p99 / p50, 1.01)) / NORMAL_TAIL
    late = 1 / (1 + np.exp(np.clip(1.702 * np.log(on.timeout / p50) / spread, -50, 50)))  # logistic for the normal
    late = np.where(late < NEVER, 0.0, late)
    answered = (1 - was.errors) * (1 - was.shed) * (1 - late) * (1 - on.lost) * (1 - on.turned_away)
    once = 1 - answered
    refused = np.where((on.refused > MOSTLY) | (np.asarray(on.turned_away) > MOSTLY), REFUSED, 0.0)
    hanging = np.broadcast_to(on.hanging > MOSTLY, on.share.shape) | (np.asarray(on.lost) > MOSTLY)
    usual = np.where(refused > 0, refused, np.minimum(p50, on.timeout))
    worst = np.where(refused > 0, refused, np.minimum(p99, on.timeout))
    usual, worst = np.where(hanging, on.timeout, usual), np.where(hanging, on.timeout, worst)
    again = np.where(once > RARE, on.attempts, 1.0)
    tries = (1 - once**on.attempts) / np.maximum(1 - once, 1e-9)  # how often one calls who tries again when it fails
    return once**on.attempts, usual * tries * (on.share > 0), worst * again * (on.share > 0)


def _arriving(on: _Press, was: Course, fails: Array) -> Array:
    """Return requests a second by service: from outside, and from callers that got that far, retries included."""
    calling = was.rps * (1 - was.shed) * (1 - was.down) * (1 - was.exhausted) * (1 - was.failing)
    tries = 1 + (on.attempts - 1) * fails ** (1 / on.attempts)
    wanted = on.load + (calling[:, None] * on.share * tries).sum(axis=0)
    smoothed: Array = 0.5 * (was.rps + wanted)
    return smoothed


def _pause(net: Network, heap: Heap) -> Array:
    usual = np.array([GC[s.runtime] for s in net.services])
    full = np.clip((heap.used.max(axis=1) / net.limit - 0.6) / 0.4, 0, 1)
    pause: Array = usual * (1 + 150 * full**2)
    return pause
