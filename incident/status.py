"""Where an incident stands, and in what kind of world it happened."""

from enum import StrEnum


class Status(StrEnum):
    """Where an incident stands; docs/architecture.md has the table."""

    INVESTIGATING = "investigating"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_VETO = "awaiting_veto"
    ROLLING_BACK = "rolling_back"
    VERIFYING = "verifying"
    RESOLVED = "resolved"
    REPORTED = "reported"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"

    @property
    def ended(self) -> bool:
        """True where nothing more happens by itself."""
        return self in {Status.RESOLVED, Status.REPORTED, Status.HANDED_OVER, Status.CLOSED}


WAITING = frozenset({Status.AWAITING_APPROVAL, Status.AWAITING_VETO})
"""A rollback is proposed and has not been started."""


BEFORE_ACTION = WAITING | {Status.ROLLING_BACK}
"""Where a rollback may be called off, as long as none has been started."""

CLOSABLE = frozenset({Status.REPORTED, Status.HANDED_OVER})
"""Ended, and still holding its fingerprint: a repeat of the problem joins it."""

DRILL_LABEL = "drill"
"""Marks the alert of a made-up world in which people rehearse, where real incidents are worked on, too."""

WORLD_LABEL = "world"
"""The opaque label by which a fired alert belongs to one made-up world."""


class World(StrEnum):
    """What kind of production it happened in, and so what may be done there."""

    SCENARIO = "scenario"
    RECORDED = "recorded"
    REAL = "real"
