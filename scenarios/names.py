"""Which metrics a service of a made-up world has, by the names they have there."""

from collections.abc import Mapping

from scenarios.system import NodeKind, Service, System

_ALL = ("up", "cpu_utilization_ratio", "process_memory_mb")
_OF_KIND: Mapping[NodeKind, tuple[str, ...]] = {
    NodeKind.SERVICE: (
        "http_requests_per_second", "http_request_duration_p50_ms", "http_request_duration_p99_ms", "http_error_ratio",
        "http_429_ratio", "queue_depth", "container_restarts_total",
    ),
    NodeKind.DATABASE: ("db_connections", "db_queries_per_second", "db_query_duration_p99_ms", "db_error_ratio"),
    NodeKind.CACHE: ("cache_commands_per_second", "cache_command_duration_p99_ms", "cache_error_ratio"),
    NodeKind.QUEUE: (
        "queue_messages_per_second", "queue_depth", "queue_oldest_message_seconds", "queue_error_ratio",
    ),
}  # fmt: skip
_OF_POOLS = ("db_pool_in_use", "db_pool_max", "db_pool_wait_ms")
COLLECTING = frozenset({"jvm", "go", "node"})
"""Runtimes whose garbage collection has a metric."""


def metrics_of(service: Service) -> tuple[str, ...]:
    """Return the names before any renaming; none of what is somebody else's."""
    if service.kind is NodeKind.EXTERNAL:
        return ()
    collecting = service.kind is NodeKind.SERVICE and service.runtime in COLLECTING
    pauses = (f"{service.runtime}_gc_pause_ms",) if collecting else ()
    pools = _OF_POOLS if service.kind is NodeKind.SERVICE and service.pool else ()
    return (*_ALL, *_OF_KIND[service.kind], *pauses, *pools, *service.gauges)


def read_of(system: System, service: Service) -> tuple[str, ...]:
    """Return the metrics of a service that somebody scrapes, by the names they go by."""
    return tuple(called(system, metric) for metric in metrics_of(service) if metric not in system.unread)


def called(system: System, metric: str) -> str:
    """Return the name that a metric goes by."""
    other = system.rename.get(metric)
    return other.name if other else metric
