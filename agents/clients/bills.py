"""What this process has had of language models: by incident for its report, by model for the metrics."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple

REMEMBERED = 1000
"""Incidents; the one that was called for longest ago goes first."""


class Bill(NamedTuple):
    """Calls and tokens. ``cached`` are some of ``prompt``; ``dollars`` is None where a price isn't known."""

    calls: int = 0
    prompt: int = 0
    completion: int = 0
    cached: int = 0
    dollars: float | None = 0.0

    def and_also(self, other: "Bill") -> "Bill":
        """Return both together."""
        known = self.dollars is not None and other.dollars is not None
        return Bill(
            self.calls + other.calls,
            self.prompt + other.prompt,
            self.completion + other.completion,
            self.cached + other.cached,
            (self.dollars or 0.0) + (other.dollars or 0.0) if known else None,
        )


class Bills:
    """Grows with every call that is settled."""

    def __init__(self) -> None:
        self._incidents: OrderedDict[str, Bill] = OrderedDict()
        self._models: dict[str, Bill] = {}

    def enter(self, incident: str, model: str, bill: Bill) -> None:
        """Add a call."""
        self._incidents[incident] = self.of(incident).and_also(bill)
        self._incidents.move_to_end(incident)
        if len(self._incidents) > REMEMBERED:
            self._incidents.popitem(last=False)
        self._models[model] = self._models.get(model, Bill()).and_also(bill)

    def of(self, incident: str) -> Bill:
        """Return an incident's."""
        return self._incidents.get(incident, Bill())

    @property
    def models(self) -> Mapping[str, Bill]:
        """Each model's."""
        return self._models
