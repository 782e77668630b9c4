"""Times as senders write them: epoch seconds, Slack's `ts`, RFC 3339."""

import math
from datetime import UTC, datetime, timedelta

SKEW = timedelta(minutes=2)
"""How far ahead of ours a sender's clock may be before it isn't believed."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing paged before; Go writes an unset time as the year 1."""


def moment(value: object) -> datetime | None:
    """Return an aware UTC time, None where the value is no time that an alert can have."""
    found = _epoch(value) or (_written(value) if isinstance(value, str) else None)
    return found if found and found >= EARLIEST else None


def believed(told: datetime | None, sent: datetime | None, seen_at: datetime) -> datetime:
    """Return when it fired: what the alert says, else when it was sent, else when we saw it; never ahead of us."""
    for candidate in (told, sent):
        if candidate and candidate <= seen_at + SKEW:
            return candidate
    return seen_at


def _epoch(value: object) -> datetime | None:
    try:
        seconds = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)  # noqa: PLR2004 - milliseconds
    except (ValueError, OverflowError, OSError):
        return None


def _written(text: str) -> datetime | None:
    text = text.strip()[:64].replace(" UTC", "+00:00")
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
