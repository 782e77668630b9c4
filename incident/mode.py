"""How much may happen without a person."""

from enum import StrEnum


class Mode(StrEnum):
    """The most that may happen without a person, the least first. ``off`` opens no new investigations."""

    OFF = "off"
    REPORT = "report"
    ASK = "ask"
    AUTO = "auto"

    def at_most(self, other: "Mode | None") -> "Mode":
        """Return the stricter of two; None is no limit."""
        order = list(Mode)
        return self if other is None else order[min(order.index(self), order.index(other))]
