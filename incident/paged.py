"""The signal that paged, before and after a rollback, as figures that can be judged. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from incident.alert import Alert
from incident.facts import Reading
from incident.policy import Policy
from incident.usual import Usual, cadence, usual_of
from incident.values import Window
from incident.worsening import RESTARTING, Trouble, is_worse, trouble_of

FEWEST = 2
"""Quiet readings that it takes to call a signal quiet: one alone may be an outlier."""

MISSED = 3
"""Readings that are overdue mean that the signal has stopped: pods restart, exporters die."""


class Seen(NamedTuple):
    """The signal that paged: ``readings`` from before the alert until now, ``usual`` before the trouble began."""

    readings: Sequence[Reading]
    usual: Sequence[Reading] = ()


class Signal(NamedTuple):
    """What the readings come to, in the signal's own unit.

    ``run``: the last readings, as long as all are quiet. ``worse``: as long as all are clearly worse than ``trouble``.
    """

    alert: Alert
    usual: Usual | None
    trouble: Trouble | None
    before: float | None
    after: float | None
    run: Sequence[Reading]
    worse: Sequence[Reading]
    fresh: bool

    @property
    def sign(self) -> int:
        """1 where high is bad, -1 where low is."""
        return -1 if self.alert.fires_below else 1

    @property
    def back(self) -> bool | None:
        """Tell whether it is back near its usual level; None where nobody knows what is usual."""
        if self.usual is None or self.after is None:
            return None
        bad = self.before if self.alert.threshold is None else self.alert.threshold
        return self.usual.is_near(self.after, bad)

    @property
    def judgeable(self) -> bool:
        """Tell whether anything says what bad is: a threshold, or a usual level that it had clearly left."""
        left = self.usual is not None and self.before is not None and self.usual.was_left(self.before)
        return self.alert.threshold is not None or left

    @property
    def quiet(self) -> bool:
        """Tell whether the last reading is below the threshold; False where there is none to be below."""
        return bool(self.run) and self.alert.threshold is not None

    @property
    def grown(self) -> bool:
        """Tell whether it is notably beyond the worst of before."""
        if self.before is None or self.after is None:
            return False
        return is_worse(self.after, self.before, self.sign)


def measure(alert: Alert, seen: Seen, rollback: Window, now: datetime, policy: Policy) -> Signal:
    """Return what the readings come to: before the rollback began, and since it has ended."""
    earlier = [r for r in seen.readings if r.at < rollback.start]
    later = [r for r in seen.readings if r.at >= rollback.end]
    pace = cadence(seen.readings) or policy.settle
    recent = [r.value for r in later if r.at > now - policy.settle]
    settled = recent if len(recent) >= FEWEST else [r.value for r in later[-FEWEST:]]
    overdue = max(policy.settle, MISSED * pace)
    before = _worst(alert, [r.value for r in earlier])
    trouble = trouble_of(earlier, before, low=alert.fires_below)
    restarted = [r for r in later if r.at >= rollback.end + RESTARTING]
    return Signal(
        alert=alert,
        usual=usual_of(seen.usual, low=alert.fires_below),
        trouble=trouble,
        before=before,
        after=median(settled) if settled else None,
        run=_run(later, overdue, lambda value: not alert.breached_by(value)),
        worse=() if trouble is None else _run(restarted, overdue, trouble.left_by),
        fresh=bool(later) and now - later[-1].at <= overdue,
    )


def _run(later: Sequence[Reading], overdue: timedelta, holds: Callable[[float], bool]) -> Sequence[Reading]:
    """Return the last readings, as long as it holds for all, since the last gap: what wasn't read says nothing."""
    start = len(later)
    while start > 0 and holds(later[start - 1].value):
        if start < len(later) and later[start].at - later[start - 1].at > overdue:
            break
        start -= 1
    return later[start:]


def _worst(alert: Alert, values: Sequence[float]) -> float | None:
    if not values:
        return alert.value
    return min(values) if alert.fires_below else max(values)
