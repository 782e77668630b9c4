"""An explanation of an incident, weighed: what it says, how strong it is, what speaks for and against it."""

from incident.diagnosis import Category, Confidence, Remediation
from incident.values import Instant, Value


class Reason(Value):
    """One sentence about an explanation and the evidence it rests on."""

    name: str
    evidence: str
    sentence: str
    weight: float


class Hypothesis(Value):
    """An explanation. ``change`` holds the evidence ids of the deployment and the commit, as far as known.

    ``strength`` is what its own witnesses add up to; ``confidence`` has rivals and unseen signals taken off.
    """

    category: Category
    service: str | None
    change: tuple[str, ...] = ()
    change_id: str | None = None
    at: Instant | None = None
    what: str
    strength: Confidence
    confidence: Confidence = 0.0
    ceiling: Confidence = 1.0
    support: tuple[Reason, ...] = ()
    against: tuple[Reason, ...] = ()
    onset: Instant | None = None
    remediation: Remediation = Remediation.UNKNOWN

    def same_as(self, other: "Hypothesis") -> bool:
        """Tell whether both explain the same by the same, however sure each is of it."""
        return (self.category, self.service, self.change, self.what) == (
            other.category,
            other.service,
            other.change,
            other.what,
        )
