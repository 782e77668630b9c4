"""The time by which rows are stamped where nobody gives another clock."""

from datetime import UTC, datetime


def wall_clock() -> datetime:
    """Return now, aware, in UTC."""
    return datetime.now(UTC)
