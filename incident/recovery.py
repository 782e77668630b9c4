"""Did the signal that paged recover? Pure: readings in, a check out once it can be told."""

from collections.abc import Sequence
from datetime import datetime
from statistics import median

from incident.alert import Alert
from incident.facts import Check, Reading, Recovery
from incident.policy import Policy

KEPT = 240
"""Readings in a check: enough to draw it."""

NOTABLE = 1.1
"""Beyond what it was before by this factor is worse, less is noise."""

FEWEST = 2
"""Quiet readings that it takes to call a signal quiet: one alone may be an outlier."""


def assess(alert: Alert, readings: Sequence[Reading], since: datetime, now: datetime, policy: Policy) -> Check | None:
    """Return the check, or None while it is too early to tell. ``since`` is when the rollback ended."""
    earlier = [r.value for r in readings if r.at < since]
    later = [r for r in readings if r.at >= since]
    recent = [r.value for r in later if r.at > now - policy.settle]
    settled = recent if len(recent) >= FEWEST else [r.value for r in later[-FEWEST:]]
    before = _worst(alert, earlier)
    after = median(settled) if settled else None
    result = _early(alert, settled) if now - since >= policy.settle else None
    if result is None and now - since >= policy.patience:
        result = _late(alert, before, after)
    if result is None:
        return None
    return Check(
        at=now,
        result=result,
        before=before,
        after=after,
        threshold=alert.threshold,
        readings=_thinned(readings),
        reason=_reason(result, after, alert.threshold),
    )


def _early(alert: Alert, settled: Sequence[float]) -> Recovery | None:
    if alert.threshold is None and settled:
        return Recovery.UNKNOWN
    quiet = len(settled) >= FEWEST and not any(alert.breached_by(value) for value in settled)
    return Recovery.RECOVERED if quiet else None


def _late(alert: Alert, before: float | None, after: float | None) -> Recovery:
    if after is None:
        return Recovery.UNKNOWN
    if before is None:
        return Recovery.NOT_RECOVERED
    worse = after * NOTABLE < before if alert.fires_below else after > before * NOTABLE
    return Recovery.WORSE if worse else Recovery.NOT_RECOVERED


def _worst(alert: Alert, values: Sequence[float]) -> float | None:
    if not values:
        return alert.value
    return min(values) if alert.fires_below else max(values)


def _thinned(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Keep evenly spread readings, the newest among them."""
    step = -(-len(readings) // KEPT) or 1
    return tuple(readings[::-1][::step][::-1])


def _reason(result: Recovery, after: float | None, threshold: float | None) -> str:
    now = "can't be read" if after is None else f"is at {after:g}"
    limit = "which has no threshold" if threshold is None else f"threshold {threshold:g}"
    match result:
        case Recovery.RECOVERED:
            return f"The signal that paged {now}, {limit}, and stayed quiet."
        case Recovery.NOT_RECOVERED:
            return f"The signal that paged {now}, {limit}: the rollback didn't end it."
        case Recovery.WORSE:
            return f"The signal that paged {now}, {limit}: it is worse than before the rollback."
        case Recovery.UNKNOWN:
            return f"The signal that paged {now}, {limit}, so nobody can say whether it recovered."
