"""What code asks of a specialist's tools ahead of its turn: all of them first, later what fits the question."""

import re
from collections.abc import Mapping, Sequence

NAMED = re.compile(r"(the metric )?`([^`\n]{1,200})`")
MOST = 4
"""Names in a question that are looked up."""
SEARCH = "search_logs"
"""It needs a text, and nobody has named one at first."""
Order = tuple[str, Mapping[str, str]]


def orders(tools: Sequence[str], question: str = "") -> list[Order]:
    """Return the calls, those that fit what a question names in backticks; one that names nothing asks for all."""
    names = list(dict.fromkeys(NAMED.findall(question)))
    if not names:
        return [(tool, {}) for tool in tools if tool != SEARCH]
    calls = (call for metric, name in names[:MOST] for call in (_about_metric(name) if metric else _about(name)))
    return [call for call in calls if call[0] in tools]


def written(tool: str, arguments: str) -> str:
    """Return a call as whoever watches sees it; ``arguments`` are JSON."""
    return f"{tool}({arguments.strip('{}')[:120]})"


def _about_metric(name: str) -> list[Order]:
    return [("metric_shifts", {"metric": name})]


def _about(name: str) -> list[Order]:
    """Return every call that can say more about a service or a change."""
    return [
        ("metric_shifts", {"service": name}), ("call_shifts", {"service": name}), ("error_patterns", {"service": name}),
        (SEARCH, {"text": re.escape(name)}), ("changes", {"service": name}), ("commits", {"text": name}),
    ]  # fmt: skip
