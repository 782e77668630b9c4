"""Did the signal that paged recover? Pure: readings in, a check out once it can be told.

Recovered is: below its threshold and back near its own usual level, for the settling time, in readings that still come.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from incident.alert import Alert
from incident.facts import Check, Reading, Recovery
from incident.policy import Policy
from incident.usual import Usual, cadence, growth, is_counter, usual_of

KEPT = 240
"""Readings in a check: enough to draw it."""

NOTABLE = 0.1
"""Beyond what it was before by this share of it is worse, less is noise."""

FEWEST = 2
"""Quiet readings that it takes to call a signal quiet: one alone may be an outlier."""

MISSED = 3
"""Readings that are overdue mean that the signal has stopped: pods restart, exporters die."""

GONE = 0.1
"""Traffic below this share of what is usual: errors are few where hardly anybody asks."""


class Seen(NamedTuple):
    """The signal that paged: ``readings`` from before the alert until now, ``usual`` before the trouble began."""

    readings: Sequence[Reading]
    usual: Sequence[Reading] = ()


class Finding(NamedTuple):
    """A result, and why, as the rest of a sentence that says where the signal is."""

    result: Recovery
    why: str


class Signal(NamedTuple):
    """What the readings come to, in the signal's own unit. ``run``: the last readings, as long as all are quiet."""

    alert: Alert
    usual: Usual | None
    before: float | None
    after: float | None
    run: Sequence[Reading]
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


def assess(alert: Alert, seen: Seen, since: datetime, now: datetime, policy: Policy) -> Check | None:
    """Return the check, or None while it is too early to tell. ``since`` is when the rollback ended."""
    if is_counter(alert.metric, (*seen.usual, *seen.readings)):
        seen = Seen(growth(seen.readings), growth(seen.usual))
        alert = alert.model_copy(update={"threshold": None, "value": None})
    signal = _signal(alert, seen, since, now, policy)
    found = _settled(signal, now, policy) if now - since >= policy.settle else None
    if found is None and now - since >= policy.patience:
        found = _out_of_time(signal)
    if found is None:
        return None
    return Check(
        at=now,
        result=found.result,
        before=signal.before,
        after=signal.after,
        threshold=alert.threshold,
        usual=None if signal.usual is None else signal.usual.level,
        readings=_thinned(seen),
        reason=_reason(signal, found),
    )


def unasked(check: Check, usual: Sequence[Reading], lately: Sequence[Reading]) -> Check | None:
    """Return the check without its "recovered" where traffic has gone; None where it hasn't, or can't be seen."""
    level = median([r.value for r in usual]) if usual else 0.0
    if level <= 0 or not lately or median([r.value for r in lately]) > GONE * level:
        return None
    now = f"{median([r.value for r in lately]):.3g}, where {level:.3g} is usual"
    reason = f"The signal that paged is quiet, but hardly anybody asks: traffic is at {now}. That isn't recovery."
    return check.model_copy(update={"result": Recovery.UNKNOWN, "reason": reason})


def _signal(alert: Alert, seen: Seen, since: datetime, now: datetime, policy: Policy) -> Signal:
    earlier = [r.value for r in seen.readings if r.at < since]
    later = [r for r in seen.readings if r.at >= since]
    pace = cadence(seen.readings) or policy.settle
    recent = [r.value for r in later if r.at > now - policy.settle]
    settled = recent if len(recent) >= FEWEST else [r.value for r in later[-FEWEST:]]
    overdue = max(policy.settle, MISSED * pace)
    return Signal(
        alert=alert,
        usual=usual_of(seen.usual, low=alert.fires_below),
        before=_worst(alert, earlier),
        after=median(settled) if settled else None,
        run=_quiet(alert, later, overdue),
        fresh=bool(later) and now - later[-1].at <= overdue,
    )


def _quiet(alert: Alert, later: Sequence[Reading], overdue: timedelta) -> Sequence[Reading]:
    """Return the readings since the last that was bad, and since the last gap: what wasn't read wasn't quiet."""
    start = len(later)
    while start > 0 and not alert.breached_by(later[start - 1].value):
        if start < len(later) and later[start].at - later[start - 1].at > overdue:
            break
        start -= 1
    return later[start:]


def _settled(signal: Signal, now: datetime, policy: Policy) -> Finding | None:
    """Recovered, where the signal has been quiet, back near its usual level and read for the settling time."""
    long_enough = len(signal.run) >= FEWEST and now - signal.run[0].at >= policy.settle
    if not long_enough or not signal.fresh or not signal.judgeable or signal.back is False:
        return None
    back = ", and it is back near its usual level" if signal.back else "; what is usual could not be read"
    return Finding(Recovery.RECOVERED, f": it stayed quiet{back}")


def _out_of_time(signal: Signal) -> Finding:
    """What can be said when time is up and it hasn't settled."""
    if not signal.fresh:
        return Finding(Recovery.UNKNOWN, ": its readings have stopped, so nobody can say whether it recovered")
    if not signal.judgeable:
        return Finding(Recovery.UNKNOWN, ": nothing says from where on it is bad, so nobody can say if it recovered")
    if signal.run and signal.back is not False:
        return Finding(Recovery.UNKNOWN, ": it went quiet too late or in too few readings to say that it stays so")
    if signal.back and not signal.run:
        return Finding(Recovery.UNKNOWN, ": that is usual for it, so the threshold can't tell whether it recovered")
    if _worse(signal):
        return Finding(Recovery.WORSE, ": it is worse than before the rollback")
    if signal.run:
        return Finding(Recovery.NOT_RECOVERED, ": below its threshold, and still far from its usual level")
    return Finding(Recovery.NOT_RECOVERED, ": the rollback didn't end it")


def _worse(signal: Signal) -> bool:
    if signal.before is None or signal.after is None:
        return False
    return signal.sign * (signal.after - signal.before) > NOTABLE * abs(signal.before)


def _worst(alert: Alert, values: Sequence[float]) -> float | None:
    if not values:
        return alert.value
    return min(values) if alert.fires_below else max(values)


def _thinned(seen: Seen) -> tuple[Reading, ...]:
    """Keep evenly spread readings from before the trouble until now, the newest among them."""
    once = {r.at: r for r in (*seen.usual, *seen.readings)}
    readings = [once[at] for at in sorted(once)]
    step = -(-len(readings) // KEPT) or 1
    return tuple(readings[::-1][::step][::-1])


def _reason(signal: Signal, found: Finding) -> str:
    now = "can't be read" if signal.after is None else f"is at {signal.after:.4g}"
    limit = "no threshold" if signal.alert.threshold is None else f"threshold {signal.alert.threshold:.4g}"
    usual = "" if signal.usual is None else f", usually {signal.usual.level:.4g}"
    return f"The signal that paged {now} ({limit}{usual}){found.why}."
