"""What services of a made-up world log unless their file has other words for it."""

import re
from collections.abc import Mapping

from scenarios.system import Line, Occasion, System, When

PLACE = re.compile(r"\{(\w{1,20})\}")

_DEFAULT: dict[Occasion, tuple[Line, ...]] = {
    "request": (Line(message="{operation} completed status=200 duration={ms}ms", level="INFO"),),
    "started": (Line(message="{service} {version} started, listening on :8080", level="INFO"),),
    "warning": (
        Line(message="deprecated header x-legacy-client received from client {n}", level="WARN"),
        Line(message="config key telemetry.flush_interval is deprecated, use telemetry.flush", level="WARN"),
        Line(message="slow consumer detected on metrics exporter, dropped {n} samples", level="WARN"),
        Line(message="clock drift of {n}ms against time server", level="WARN"),
        Line(message="TLS certificate of peer expires in 41 days", level="WARN"),
    ),
    "failed": (Line(message="{operation} failed: internal error id={id}"),),
    "exhausted": (
        Line(message="connection pool exhausted (active={active}/{max}) after {wait}ms waiting for {callee}"),
    ),
    "shed": (Line(message="429 Too Many Requests: request queue full ({queue}/{queue})", level="WARN"),),
    "restarting": (Line(message="{operation} aborted: instance is shutting down"),),
    "refused": (Line(message="connect to {callee} failed: connection refused"),),
    "timeout": (Line(message="call to {callee} timed out after {timeout}ms"),),
    "throttled": (Line(message="call to {callee} rejected: 429 Too Many Requests"),),
    "call_failed": (Line(message="{operation} failed: {callee} answered 502 Bad Gateway"),),
    "misled": (Line(message="{operation} failed: unexpected answer of {callee} id={id}"),),
    "slow": (
        Line(message="slow request: {operation} took {ms}ms", level="WARN", when=When.ACTIVE, per_minute=3, above=0.3),
    ),
    "pause": (Line(message="long garbage collection pause: {pause}ms, heap {memory}MB of {limit}MB", level="WARN"),),
    "killed": (Line(message="fatal: out of memory, heap {limit}MB exhausted, killed by the kernel", level="FATAL"),),
}


def words(system: System, occasion: Occasion) -> tuple[Line, ...]:
    """Return the lines for an occasion: the system's own or these."""
    return system.wording.get(occasion) or _DEFAULT[occasion]


def fill(text: str, values: Mapping[str, object]) -> str:
    """Return the text with ``{name}`` filled in, or as written where it has no value.

    Files are untrusted: no format language.
    """
    return PLACE.sub(lambda place: str(values.get(place[1], place[0])), text)
