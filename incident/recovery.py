"""Did the signal that paged recover? Pure: readings in, a check out once it can be told.

Recovered is: below its threshold and back near its own usual level, for the settling time, in readings that still come.
Worse is told before time is up where it is clear: `incident.worsening` says from where on, and here it lasts as long.
"""

from collections.abc import Sequence
from datetime import datetime
from statistics import median
from typing import NamedTuple

from incident.alert import Alert
from incident.facts import Check, Reading, Recovery
from incident.paged import FEWEST, Seen, Signal, measure
from incident.policy import Policy
from incident.usual import growth, is_counter
from incident.values import Window
from incident.worsening import LASTING

KEPT = 240
"""Readings in a check: enough to draw it."""

GONE = 0.1
"""Traffic below this share of what is usual: errors are few where hardly anybody asks."""


class Finding(NamedTuple):
    """A result, and why, as the rest of a sentence that says where the signal is."""

    result: Recovery
    why: str


def assess(alert: Alert, seen: Seen, rollback: Window, now: datetime, policy: Policy) -> Check | None:
    """Return the check, or None while it is too early to tell. What is read during the rollback counts for neither."""
    if is_counter(alert.metric, (*seen.usual, *seen.readings)):
        seen = Seen(growth(seen.readings), growth(seen.usual))
        alert = alert.model_copy(update={"threshold": None, "value": None})
    signal = measure(alert, seen, rollback, now, policy)
    passed = now - rollback.end
    found = _settled(signal, now, policy) or _worsened(signal, now, policy) if passed >= policy.settle else None
    if found is None and passed >= policy.patience:
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


def _settled(signal: Signal, now: datetime, policy: Policy) -> Finding | None:
    """Recovered, where the signal has been quiet, back near its usual level and read for the settling time."""
    long_enough = len(signal.run) >= FEWEST and now - signal.run[0].at >= policy.settle
    if not long_enough or not signal.fresh or not signal.judgeable or signal.back is False:
        return None
    back = ", and it is back near its usual level" if signal.back else "; what is usual could not be read"
    return Finding(Recovery.RECOVERED, f": it stayed quiet{back}")


def _worsened(signal: Signal, now: datetime, policy: Policy) -> Finding | None:
    """Worse, where the signal has been clearly worse for the settling time since instances restarted, and stays so."""
    if signal.trouble is None or len(signal.worse) < LASTING or now - signal.worse[0].at < policy.settle:
        return None
    tellable = signal.fresh and signal.judgeable and not signal.back and not signal.quiet
    if not tellable or signal.trouble.returns(signal.worse):
        return None
    since = f"{signal.worse[0].at:%H:%M}"
    return Finding(Recovery.WORSE, f": it has been clearly worse than before the rollback since {since}")


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
    if signal.grown:
        return Finding(Recovery.WORSE, ": it is worse than before the rollback")
    if signal.run:
        return Finding(Recovery.NOT_RECOVERED, ": below its threshold, and still far from its usual level")
    return Finding(Recovery.NOT_RECOVERED, ": the rollback didn't end it")


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
