"""Which services and hosts a log line names."""

import re
from collections.abc import Collection

from incident.patches import bare

HOST = re.compile(
    r"(?<![\w.@/#-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}(?![\w(#]|\.\w|:\d+\))"
    r"|(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"
    r"|(?<![\w.:/-])[a-z][a-z0-9-]{1,61}(?=:\d{2,5}\b)"
)
"""Dotted host names, IPv4 addresses, and names in front of a port."""

FILES = re.compile(
    r"\.(?:java|kt|scala|py|go|js|mjs|ts|tsx|rb|cs|php|rs|cpp|cc|so|log|json|ndjson|ya?ml|toml|conf|ini|sql|html?"
    r"|css|txt|csv|xml|pem|crt|key|sh|jar|tmp|lock|gz|zip|id|name)$"
)
KEYS = re.compile(r"\"[\w.-]{1,80}\"\s?:")
"""Names of JSON fields: ``"http.route":`` is no host."""
WORD = re.compile(r"[A-Za-z][\w-]{1,80}")
COMMON = frozenset(
    {"line", "port", "at", "status", "code", "error", "http", "https", "localhost", "time", "size", "count"}
)
MOST = 12


def hosts(text: str) -> tuple[str, ...]:
    """Return the hosts that the text names, in order: not files, classes, versions or our own loopback."""
    values = KEYS.sub(" ", text)
    found = dict.fromkeys(
        h for h in HOST.findall(values) if not FILES.search(h) and h not in COMMON and not h.startswith("127.")
    )
    return tuple(found)[:MOST]


def mentioned(text: str, services: Collection[str]) -> tuple[str, ...]:
    """Return the services that the text names, however they are spelled (``OrderService``, ``order-svc.shop``)."""
    words = {bare(word) for host in (*WORD.findall(text), *text.split()) for word in (host, host.partition(".")[0])}
    return tuple(sorted(service for service in services if bare(service) in words))[:MOST]
