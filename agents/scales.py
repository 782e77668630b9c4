"""Weighs each set of cited evidence once, whoever asks: commander, checks and diagnosis ask for the same set."""

import threading
from collections.abc import Sequence

from agents.analysis.hypotheses import Hypothesis, weigh
from incident.alert import Alert
from incident.evidence import Evidence


class Scales:
    """For one incident, whose evidence never changes under its id."""

    def __init__(self, alert: Alert) -> None:
        self._alert = alert
        self._weighed: dict[tuple[str, ...], tuple[Hypothesis, ...]] = {}
        self._one_at_a_time = threading.Lock()

    def weigh(self, evidence: Sequence[Evidence]) -> tuple[Hypothesis, ...]:
        """Return all explanations, the strongest first."""
        ids = tuple(item.id for item in evidence)
        with self._one_at_a_time:
            if ids not in self._weighed:
                self._weighed[ids] = weigh(self._alert, evidence)
            return self._weighed[ids]
