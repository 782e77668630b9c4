"""How a company's monitoring calls things: names, units and forms of metrics after several conventions."""

import random
from collections.abc import Mapping

from scenarios.names import metrics_of
from scenarios.system import Gauge, Renamed, Service, System

MB = 1048576.0
Names = Mapping[str, tuple[str, float] | tuple[str, float, bool]]
HOUSE: Names = {}
PROMETHEUS: Names = {
    "http_requests_per_second": ("http_server_requests_seconds_count", 1, True),
    "http_request_duration_p50_ms": ("http_server_requests_seconds_p50", 0.001),
    "http_request_duration_p99_ms": ("http_server_requests_seconds_p99", 0.001),
    "http_error_ratio": ("http_server_requests_errors_ratio", 1),
    "http_429_ratio": ("http_server_requests_rejected_ratio", 1),
    "queue_depth": ("executor_queued_tasks", 1),
    "container_restarts_total": ("kube_pod_container_status_restarts_total", 1),
    "cpu_utilization_ratio": ("process_cpu_usage", 1),
    "process_memory_mb": ("process_resident_memory_bytes", MB),
    "db_pool_in_use": ("hikaricp_connections_active", 1),
    "db_pool_max": ("hikaricp_connections_max", 1),
    "db_pool_wait_ms": ("hikaricp_connections_acquire_seconds", 0.001),
    "db_connections": ("pg_stat_activity_count", 1),
    "db_queries_per_second": ("db_statements_total", 1, True),
    "db_query_duration_p99_ms": ("db_statement_seconds_p99", 0.001),
    "db_error_ratio": ("db_statement_errors_ratio", 1),
    "cache_commands_per_second": ("redis_commands_processed_total", 1, True),
    "cache_command_duration_p99_ms": ("redis_command_seconds_p99", 0.001),
    "queue_messages_per_second": ("kafka_messages_in_total", 1, True),
    "queue_oldest_message_seconds": ("kafka_oldest_message_age_seconds", 1),
}
STATSD: Names = {
    "up": ("healthcheck.ok", 1),
    "http_requests_per_second": ("requests.rate", 1),
    "http_request_duration_p50_ms": ("requests.timer.median", 1),
    "http_request_duration_p99_ms": ("requests.timer.upper_99", 1),
    "http_error_ratio": ("requests.failed.pct", 100),
    "http_429_ratio": ("requests.throttled.pct", 100),
    "queue_depth": ("backlog.size", 1),
    "container_restarts_total": ("process.restarts", 1),
    "cpu_utilization_ratio": ("host.cpu.pct", 100),
    "process_memory_mb": ("process.rss", 1),
    "db_pool_in_use": ("pool.checked_out", 1),
    "db_pool_max": ("pool.size", 1),
    "db_pool_wait_ms": ("pool.checkout_ms", 1),
    "db_connections": ("db.sessions", 1),
    "db_queries_per_second": ("db.qps", 1),
    "db_query_duration_p99_ms": ("db.query_ms.upper_99", 1),
    "db_error_ratio": ("db.failed.pct", 100),
    "cache_commands_per_second": ("cache.ops", 1),
    "cache_command_duration_p99_ms": ("cache.op_ms.upper_99", 1),
    "cache_error_ratio": ("cache.failed.pct", 100),
    "queue_messages_per_second": ("mq.rate", 1),
    "queue_oldest_message_seconds": ("mq.oldest_ms", 1000),
    "queue_error_ratio": ("mq.failed.pct", 100),
}
OPENTELEMETRY: Names = {
    "http_requests_per_second": ("http.server.request.count", 1, True),
    "http_request_duration_p50_ms": ("http.server.request.duration.p50", 0.001),
    "http_request_duration_p99_ms": ("http.server.request.duration.p99", 0.001),
    "http_error_ratio": ("http.server.error.ratio", 1),
    "http_429_ratio": ("http.server.rejected.ratio", 1),
    "queue_depth": ("messaging.queue.depth", 1),
    "container_restarts_total": ("k8s.container.restarts", 1),
    "cpu_utilization_ratio": ("process.cpu.utilization", 1),
    "process_memory_mb": ("process.memory.usage", MB),
    "db_pool_in_use": ("db.client.connection.count", 1),
    "db_pool_max": ("db.client.connection.max", 1),
    "db_pool_wait_ms": ("db.client.connection.wait_time", 0.001),
    "db_connections": ("db.server.connections", 1),
    "db_queries_per_second": ("db.server.operation.count", 1, True),
    "db_query_duration_p99_ms": ("db.server.operation.duration.p99", 0.001),
    "db_error_ratio": ("db.server.error.ratio", 1),
    "cache_command_duration_p99_ms": ("cache.operation.duration.p99", 0.001),
    "queue_oldest_message_seconds": ("messaging.oldest.age", 1),
}
CLOUD: Names = {
    "http_requests_per_second": ("RequestCount", 60),
    "http_request_duration_p50_ms": ("LatencyMedian", 1),
    "http_request_duration_p99_ms": ("LatencyP99", 1),
    "http_error_ratio": ("5xxErrorRate", 100),
    "http_429_ratio": ("ThrottledRate", 100),
    "queue_depth": ("QueueLength", 1),
    "container_restarts_total": ("TaskRestarts", 1),
    "cpu_utilization_ratio": ("CPUUtilization", 100),
    "process_memory_mb": ("MemoryUsedMB", 1),
    "db_connections": ("DatabaseConnections", 1),
    "db_queries_per_second": ("QueriesPerSecond", 1),
    "db_query_duration_p99_ms": ("CommitLatencyP99", 1),
    "db_error_ratio": ("DatabaseErrorRate", 100),
    "cache_commands_per_second": ("CacheCommands", 60),
    "queue_oldest_message_seconds": ("ApproximateAgeOfOldestMessage", 1),
}
CONVENTIONS: Mapping[str, Names] = {
    "house": HOUSE, "prometheus": PROMETHEUS, "statsd": STATSD, "opentelemetry": OPENTELEMETRY, "cloud": CLOUD,
}  # fmt: skip
GAUGES: Mapping[str, Mapping[str, tuple[str, float]]] = {
    "house": {"disk": ("disk_used_ratio", 1), "locks": ("lock_waits", 1), "hits": ("hit_ratio", 1),
              "business": ("orders_per_minute", 1)},
    "prometheus": {"disk": ("node_filesystem_used_ratio", 1), "locks": ("pg_locks_waiting", 1),
                   "hits": ("cache_keyspace_hit_ratio", 1), "business": ("completed_per_minute", 1)},
    "statsd": {"disk": ("disk.used.pct", 100), "locks": ("db.blocked", 1), "hits": ("cache.hit.pct", 100),
               "business": ("business.completed", 1)},
    "opentelemetry": {"disk": ("system.filesystem.utilization", 1), "locks": ("db.server.lock.waits", 1),
                      "hits": ("cache.hit.ratio", 1), "business": ("business.completed.rate", 1)},
    "cloud": {"disk": ("VolumeUsedPercent", 100), "locks": ("BlockedTransactions", 1), "hits": ("CacheHitRate", 100),
              "business": ("CompletedPerMinute", 1)},
}  # fmt: skip
OPTIONAL = ("up", "http_request_duration_p50_ms", "queue_depth", "container_restarts_total", "db_pool_max",
            "db_pool_wait_ms", "http_429_ratio", "db_connections", "cpu_utilization_ratio",
            "process_memory_mb")  # fmt: skip
"""What some companies don't scrape."""


class Readings:
    """One company's names for what is measured."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self.convention = dice.choice(list(CONVENTIONS))
        self.unread = frozenset(name for name in OPTIONAL if dice.random() < 0.1)  # noqa: PLR2004 - now and then
        self.kept = frozenset(what for what in ("disk", "locks", "hits", "business") if dice.random() < 0.6)  # noqa: PLR2004
        """Which gauges there are at all."""

    def gauge(self, what: str, value: float) -> dict[str, Gauge]:
        """Return the gauge, by its name; nothing where this company has none."""
        if what not in self.kept:
            return {}
        name, factor = GAUGES[self.convention][what]
        follows = "successes" if what == "business" else None
        return {name: Gauge(value=round(value * factor, 4), noise=0.02 if what == "disk" else 0.06, follows=follows)}

    def drifted(self, what: str, value: float) -> tuple[str, float] | None:
        """Return a gauge's name and a value in its unit; None where this company has none."""
        if what not in self.kept:
            return None
        name, factor = GAUGES[self.convention][what]
        return name, value * factor

    def named(self, system: System) -> System:
        """Return the system with its metrics called as here, and some of them unread."""
        there = {metric for service in system.services.values() for metric in metrics_of(service)}
        rename = {}
        for metric, (name, factor, *counter) in CONVENTIONS[self.convention].items():
            if metric in there:
                rename[metric] = Renamed(name=name, factor=factor, counter=bool(counter))
        return system.model_copy(update={"rename": rename, "unread": self.unread & there})


def gauges_of(readings: Readings, service: Service, dice: random.Random, *, entry: bool) -> dict[str, Gauge]:
    """Return the gauges of a service's own."""
    match service.kind:
        case "database":
            disk = readings.gauge("disk", round(dice.uniform(0.3, 0.8), 3))
            return disk | readings.gauge("locks", round(dice.uniform(0.2, 2), 2))
        case "cache":
            return readings.gauge("hits", round(dice.uniform(0.85, 0.98), 3))
        case _:
            return readings.gauge("business", round(service.load * dice.uniform(0.5, 5), 1)) if entry else {}
