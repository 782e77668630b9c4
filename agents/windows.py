"""Which stretches of time an investigation reads, and what an agent's wish for a narrower one means."""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from agents.analysis.split import Split
from incident.alert import Alert
from incident.values import Window

BACK = re.compile(r"^\s*(\d{1,5})\s*(m|min|minutes?|h|hours?|d|days?)?\s*$", re.IGNORECASE)
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class BadWindow(ValueError):
    """No stretch of time: the message says what would be one."""


class Scope(NamedTuple):
    """How far back an investigation looks from the alert; ``as_of`` is the last moment it may know of."""

    signals: timedelta = timedelta(hours=3)
    changes: timedelta = timedelta(days=3)
    aftermath: timedelta = timedelta(minutes=10)
    as_of: datetime | None = None

    def until(self, alert: Alert) -> datetime:
        """Return the moment up to which anything may be used."""
        return max(alert.fired_at, self.as_of or alert.fired_at + self.aftermath)

    def split(self, alert: Alert) -> Split:
        """Return what analysis needs to know about time."""
        return Split(alert.fired_at - self.signals, alert.fired_at, self.until(alert))

    def signal_window(self, alert: Alert) -> Window:
        """Return where metrics, logs and spans are read."""
        return Window(alert.fired_at - self.signals, self.until(alert))

    def change_window(self, alert: Alert) -> Window:
        """Return where changes, commits and events are read."""
        return Window(alert.fired_at - self.changes, self.until(alert))


def narrowed(whole: Window, fired_at: datetime, since: str, until: str) -> Window:
    """Return the part of a window that was asked for; empty wishes mean all of it. Raises `BadWindow`.

    A wish is an ISO time, or a distance before the alert: ``45m``, ``2h``, ``1d``; bare figures are minutes.
    """
    start = _moment(since, fired_at) or whole.start
    end = _moment(until, fired_at) or whole.end
    part = Window(max(start, whole.start), min(end, whole.end))
    if part.start >= part.end:
        message = f"there is nothing between these times: the window is {stamp(whole.start)} to {stamp(whole.end)}"
        raise BadWindow(message)
    return part


def stamp(moment: datetime) -> str:
    """Return a time as queries write it: RFC 3339 to the second, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(wish: str, fired_at: datetime) -> datetime | None:
    wish = wish.strip()[:40]
    if not wish:
        return None
    back = BACK.match(wish)
    if back:
        return fired_at - int(back[1]) * UNITS[(back[2] or "m")[0].lower()]
    try:
        moment = datetime.fromisoformat(wish)
    except ValueError as wrong:
        message = f"'{wish}' is no time: write 2026-03-01T12:00:00Z, or 45m for that long before the alert"
        raise BadWindow(message) from wrong
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
