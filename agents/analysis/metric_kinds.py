"""What a series measures and which way is bad, told from the words of its name: names are all that every source has."""

import re
from functools import cache
from itertools import pairwise

from agents.analysis.observations import Signal

PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+(?:xx)?")
ERRORS = frozenset(
    """
    error errors err errs fail fails failed failure failures fault faults exception exceptions timeout
    timeouts reject rejects rejected rejections refused denied denials unauthorized forbidden servfail
    nxdomain 4xx 5xx 400 401 403 404 409 429 499 500 502 503 504 oom oomkilled killed kills crash crashes
    crashed crashloop panic panics restart restarts abort aborts aborted drop drops dropped lost loss
    unavailable unhealthy retry retries decline declines declined invalid dead deadletter dlq bad evicted
    evictions
    """.split()  # noqa: SIM905 - a list of a hundred quoted words reads worse
)
WELL = frozenset(
    """
    success successes successful succeeded availability available uptime healthy apdex ok up
    """.split()  # noqa: SIM905 - a list of a hundred quoted words reads worse
)
LATENCY = frozenset(
    """
    latency latencies duration durations elapsed delay delays wait waits waiting rtt ttfb lag pause pauses
    staleness age p50 p75 p90 p95 p99 p999 quantile percentile
    """.split()  # noqa: SIM905 - a list of a hundred quoted words reads worse
)
LOAD = frozenset(
    """
    queue queued backlog pending depth pool pools inflight waiters blocked throttle throttled throttling
    throttles saturation threads thread connections connection conns conn sessions slots workers permits locks
    lock contention busy exhausted load use
    """.split()  # noqa: SIM905 - a list of a hundred quoted words reads worse
)
RESOURCE = frozenset(
    """
    cpu memory mem heap rss disk filesystem fs inode inodes fd fds descriptors swap io iops iowait gc bytes
    network net bandwidth socket sockets syscall syscalls memorylimit volume storage cores
    """.split()  # noqa: SIM905 - a list of a hundred quoted words reads worse
)
TRAFFIC = frozenset(
    """
    requests request rps qps tps rpm ops rate throughput workload traffic calls call queries query messages
    hits visits events operations invocations lps count total sum transactions orders logins
    """.split()  # noqa: SIM905 - a list of a hundred quoted words reads worse
)
SCARCE = frozenset(
    """
    free available idle remaining ready hit replicas headroom credits
    """.split()  # noqa: SIM905 - a list of a hundred quoted words reads worse
)
TIMES = frozenset(
    """
    ms millis millisecond milliseconds us micros microseconds ns nanos seconds secs timer timers timing timings
    """.split()  # noqa: SIM905 - a list of a hundred quoted words reads worse
)
"""Units of time, and what keeps them: what is named after requests, too, tells how long one takes."""
CAPACITY = frozenset(
    """
    max limit limits capacity quota size maximum allocatable
    """.split()  # noqa: SIM905 - a list of a hundred quoted words reads worse
)
COUNTERS = frozenset(
    """
    total count counter cumulative sum
    """.split()  # noqa: SIM905 - a list of a hundred quoted words reads worse
)
COUNTED = COUNTERS | {"per", "rate"}
"""What makes a number of requests even of a timer's: how many it timed."""
SHARES = frozenset(
    """
    ratio utilization utilisation fraction share usage percent pct percentage rate success availability
    saturation
    """.split()  # noqa: SIM905 - a list of a hundred quoted words reads worse
)


@cache
def tokens(metric: str) -> frozenset[str]:
    """Return the lower-case words of a metric's name; ``p99`` and ``5xx`` stay whole."""
    pieces = [piece.lower() for piece in PIECE.findall(metric[:200])]
    pairs = [a + b for a, b in pairwise(pieces) if (a == "p" and b.isdigit()) or (a.isdigit() and b == "xx")]
    return frozenset(pieces + pairs)


@cache
def signal_of(metric: str) -> Signal:
    """Return what the name says is measured; `Signal.OTHER` where it says nothing."""
    words = tokens(metric)
    if words & ERRORS or (words & WELL and not words & LATENCY):
        return Signal.ERRORS
    if words & LATENCY or {"response", "time"} <= words:
        return Signal.LATENCY
    if words & RESOURCE:
        return Signal.RESOURCE
    if words & LOAD or words & SCARCE:
        return Signal.SATURATION
    if words & TRAFFIC:
        return Signal.LATENCY if words & TIMES and not words & COUNTED else Signal.TRAFFIC
    return Signal.OTHER


@cache
def bad_direction(metric: str) -> int:
    """Return 1 where high is bad, -1 where low is bad (success, hits, what is left), 0 where either can be."""
    words, signal = tokens(metric), signal_of(metric)
    if signal is Signal.ERRORS:
        return -1 if words & WELL and not words & ERRORS else 1
    if words & SCARCE:
        return -1
    return 0 if signal in {Signal.TRAFFIC, Signal.OTHER} or words & CAPACITY else 1


def of_whole(metric: str, level: float) -> float | None:
    """Return 1 or 100 where a healthy series reads nearly its whole (availability): what is missing matters."""
    whole = 1.0 if level <= 1.0 else 100.0
    return whole if tokens(metric) & WELL and 0.5 * whole < level <= whole else None


def is_capacity(metric: str) -> bool:
    """Tell whether the series is a limit (a pool's size, a quota) and not a use of it."""
    return bool(tokens(metric) & CAPACITY)


def may_count(metric: str) -> bool:
    """Tell whether the name allows a counter that only ever grows."""
    return bool(tokens(metric) & COUNTERS)


def share_limit(metric: str, peak: float) -> float | None:
    """Return 1 or 100 where the name says that the series is a share of something, None otherwise."""
    if "%" not in metric and not tokens(metric) & SHARES:
        return None
    if "%" in metric or tokens(metric) & {"percent", "pct", "percentage"}:
        return 1.0 if peak <= 1.0 else 100.0
    return 1.0 if peak <= 1.0 else 100.0 if peak <= 110.0 else None  # noqa: PLR2004 - the two ways to write a share


def limit_of(metric: str, peak: float, siblings: dict[str, float]) -> float | None:
    """Return what a series saturates against: the sibling that is its limit, or the whole of a share.

    ``siblings`` are the latest values of the same service's capacity series; the one with most words in common counts.
    """
    words = tokens(metric)
    if words & LATENCY:
        return None
    shared = {name: len(tokens(name) & words) for name in siblings}
    best = max(shared, key=lambda name: (shared[name], name), default=None)
    if best is not None and shared[best] >= min(2, len(words)) and siblings[best] > 0 and not is_capacity(metric):
        return siblings[best]
    return share_limit(metric, peak)
