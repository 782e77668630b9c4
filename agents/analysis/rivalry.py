"""Sets explanations against each other: which comes first, and what a near rival leaves of its confidence."""

from collections.abc import Sequence

from agents.analysis.calibration import View, calibrated
from agents.analysis.confidence import CERTAIN, confidence, most
from agents.analysis.explanation import Hypothesis
from agents.analysis.observations import ChangeSeen, LogPattern, MetricShift, RankedService, Seen
from incident.diagnosis import Category

ALIKE = 0.04
"""Strengths closer than this can't be told apart: of two changes the later is named, the earlier is its rival."""
SYMPTOMATIC = frozenset({Category.RESOURCE, Category.CAPACITY})
"""What ran out: often but the way in which another cause works."""
Ordered = tuple[Hypothesis, ...]


def unseen(seen: Sequence[Seen]) -> int:
    """Count the main signals of which there is no evidence at all: metrics, logs, changes."""
    kinds = ((MetricShift,), (LogPattern,), (ChangeSeen,))
    return sum(1 for kind in kinds if not any(isinstance(s.what, kind) for s in seen))


def settle(found: Sequence[Hypothesis], seen: Sequence[Seen], ranking: Sequence[RankedService]) -> Ordered:
    """Return all with their confidence, the strongest first; ``ranking`` is who failed first.

    The first is as sure as such answers were right, and no surer than its rivals and gaps allow; no other is surer.
    """
    ordered = sorted(found, key=lambda h: -h.strength)
    top = [h for h in ordered if h.strength >= ordered[0].strength - ALIKE]
    if ordered[0].category is Category.CHANGE and len({h.change_id for h in top}) > 1:
        latest = max((h for h in top if h.at), key=lambda h: (h.at, h.strength))
        ordered = [latest, *(h for h in ordered if h is not latest)]
    missing = unseen(seen)
    told = [
        h.model_copy(update={"confidence": _belief(h, [o for o in ordered if o is not h], missing)}) for h in ordered
    ]
    first, *others = sorted(told, key=lambda h: not _doubted(h, told[0]))
    view = View(seen, ranking, others, rivals(first, others))
    sure = min(calibrated(first, view), bound(first, view))
    lost = (h.model_copy(update={"confidence": min(sure, h.confidence)}) for h in others)
    return (first.model_copy(update={"confidence": sure}), *lost)


def _doubted(one: Hypothesis, first: Hypothesis) -> bool:
    """Tell whether "we don't know" comes before a first that only names what is busy, and names it with less belief."""
    return one.category is Category.UNKNOWN and first.category in SYMPTOMATIC and first.confidence < one.strength


def bound(leader: Hypothesis, view: View) -> float:
    """Return how sure one may be at most. What may be undone has bounds that nothing learnt can lift."""
    if leader.category is not Category.CHANGE:
        return CERTAIN
    rival = max((o.strength for o in view.rivals), default=0.0)
    return round(min(leader.ceiling, most(leader.strength, rival, unseen(view.seen))), 3)


def _belief(one: Hypothesis, others: Sequence[Hypothesis], missing: int) -> float:
    """Return what an explanation is worth beside the others, before it is known how often such answers were right."""
    if one.category is Category.UNKNOWN:
        return round(min(one.strength, 1 - max((o.strength for o in others), default=0.0)), 3)
    rival = max((o.strength for o in rivals(one, others)), default=0.0)
    return min(one.ceiling, confidence(one.strength, rival, missing))


def rivals(one: Hypothesis, others: Sequence[Hypothesis]) -> list[Hypothesis]:
    """Tell rivals from restatements: what ran out at the changed service is how the change works, not another cause."""
    return [other for other in others if _competes(other, one)]


def _competes(other: Hypothesis, one: Hypothesis) -> bool:
    restates = other.service == one.service and {one.category, other.category} <= {Category.CHANGE, *SYMPTOMATIC}
    return other.category is not Category.UNKNOWN and not (restates and one.category != other.category)
