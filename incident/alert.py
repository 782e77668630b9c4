"""What paged, and what makes two pages the same problem."""

import hashlib
from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field, FiniteFloat

from incident.values import Instant, Name, Text, Value

IDENTIFYING = frozenset({"world", "cluster", "namespace", "region", "zone", "job", "deployment", "queue", "topic"})
"""Labels that tell one problem of a service from another; pods, instances and values come and go.

``world`` is ours: docs/decisions/0003."""


class Severity(StrEnum):
    """How much it hurts, in the words of incident-format.md."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Alert(Value):
    """One page. ``metric``, ``value`` and ``threshold`` are in the metric's own unit; None where the alert has none."""

    service: Name
    name: Name = "alert"
    summary: Text = ""
    severity: Severity = Severity.HIGH
    fired_at: Instant
    metric: Name | None = None
    value: FiniteFloat | None = None
    threshold: FiniteFloat | None = None
    labels: Mapping[str, str] = Field(default_factory=dict)

    @property
    def fires_below(self) -> bool:
        """True where the signal is bad when it is low (a success rate, say)."""
        return self.value is not None and self.threshold is not None and self.value < self.threshold

    def breached_by(self, reading: float) -> bool | None:
        """Tell whether a reading is still bad; None where no threshold says what bad is."""
        if self.threshold is None:
            return None
        return reading < self.threshold if self.fires_below else reading >= self.threshold

    def fingerprint(self, environment: str) -> str:
        """Return what two pages of the same problem have in common, as 16 hex digits."""
        return fingerprint(environment, self.service, self.name, self.labels)


def fingerprint(environment: str, service: str, name: str, labels: Mapping[str, str]) -> str:
    """Return the fingerprint of a problem, also where nothing pages (any more): a page that healed has the same."""
    told = sorted((k, v) for k, v in labels.items() if k in IDENTIFYING)
    parts = [environment, service, name, *(f"{k}={v}" for k, v in told)]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
