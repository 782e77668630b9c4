"""How sure an answer may be: as often as such answers were right on incidents with keys.

``calibration.toml`` beside it holds what `benchmarks/fit_confidence.py` learnt: for each sort of answer a weight for
each thing that speaks for it. No weight is negative, so whatever speaks for an answer never makes it less sure.
"""

import math
import tomllib
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from agents.analysis.confidence import CERTAIN, SPECIFIC
from agents.analysis.explanation import Hypothesis
from agents.analysis.observations import (
    CallShift,
    ChangeSeen,
    LogPattern,
    MetricShift,
    RankedService,
    Seen,
    ServiceRanking,
)  # fmt: skip
from incident.diagnosis import Category

PARAMETERS = Path(__file__).with_name("calibration.toml")
SIGNALS = (MetricShift, LogPattern, CallShift, ChangeSeen)
"""One of each main signal: what shows that it could be looked at."""
FURTHEST = 6.0
"""Log-odds beyond which more says nothing more."""
TELLS = 0.4
"""The log-odds that a reason must give to count as a signal of its own."""
TOGETHER = timedelta(seconds=60)
"""Onsets that no clock tells apart."""


class Sort(StrEnum):
    """What an answer claims: which change it was, that it was none, that nothing is wrong, or only where it began.

    ``open`` claims nothing: changes could be looked at, and none of them nor anything else explains it.
    """

    CHANGE = "change"
    NATURAL = "natural"
    NOTHING = "nothing"
    PLACE = "place"
    OPEN = "open"


class View(NamedTuple):
    """What an answer is looked at beside: everything that was seen, who failed first, and the other explanations.

    Of ``others`` the ``rivals`` are those that can't be true beside it.
    """

    seen: Sequence[Seen] = ()
    ranking: Sequence[RankedService] = ()
    others: Sequence[Hypothesis] = ()
    rivals: Sequence[Hypothesis] = ()


def sort_of(one: Hypothesis, seen: Sequence[Seen]) -> Sort:
    """Return what an explanation claims; where no change could be looked at, it only says where it began."""
    if one.category is Category.CHANGE:
        return Sort.CHANGE
    if one.category is Category.NONE:
        return Sort.NOTHING
    if not any(isinstance(s.what, ChangeSeen) for s in seen):
        return Sort.PLACE
    return Sort.OPEN if one.category is Category.UNKNOWN else Sort.NATURAL


def features(one: Hypothesis, view: View) -> dict[str, float]:
    """Return what speaks for an answer, each so that more of it makes surer; about as large as 1."""
    firsts = [s.what.entries[0].service for s in view.seen if isinstance(s.what, ServiceRanking) and s.what.entries]
    scores = {entry.service: entry.score for entry in view.ranking}
    own = scores.get(one.service or "", 0.0)
    best = max((score for service, score in scores.items() if service != one.service), default=0.0)
    rival = max((r.strength for r in view.rivals), default=0.0)
    change = max((o.strength for o in view.others if o.category is Category.CHANGE), default=0.0)
    return {
        "strength": _odds(one.strength) / 2,
        "margin": (_odds(one.strength) - _odds(rival)) / 2,
        "unchanged": -_odds(change) / 2,
        "agreement": sum(r.weight >= TELLS for r in one.support) / 4,
        "uncontradicted": -sum(abs(r.weight) for r in one.against) / 2,
        "specific": max((r.weight for r in one.support if r.name in SPECIFIC), default=0.0) / 2,
        "order": sum(r.weight for r in one.support if r.name == "order"),
        "undivided": firsts.count(one.service or "") / len(firsts) if firsts else 0.0,
        "ahead": own - best if firsts else 0.0,
        "earliest": _earliest(one.service, view.ranking),
        "coverage": sum(any(isinstance(s.what, kind) for s in view.seen) for kind in SIGNALS) / len(SIGNALS),
    }


def _odds(share: float) -> float:
    inside = min(max(share, 1e-9), 1 - 1e-9)
    return min(max(math.log(inside / (1 - inside)), -FURTHEST), FURTHEST)


def _earliest(service: str | None, ranking: Sequence[RankedService]) -> float:
    """Return 1 where nobody showed clear signs before a service, 0 where somebody did, between where nobody knows."""
    own = next((e.onset for e in ranking if e.service == service), None)
    others = [e.onset for e in ranking if e.onset and e.service != service]
    if own is None:
        return 0.5 if not others else 0.25
    return float(not others or own <= min(others) + TOGETHER)


def calibrated(one: Hypothesis, view: View) -> float:
    """Return how often answers were right for which so much spoke."""
    weights = learnt()[sort_of(one, view.seen)]
    found = features(one, view)
    odds = weights["intercept"] + sum(weight * found[name] for name, weight in weights.items() if name != "intercept")
    return round(min(CERTAIN, 1 / (1 + math.exp(-odds))), 3)


@cache
def learnt() -> dict[str, dict[str, float]]:
    """Return the parameters, read once."""
    return tomllib.loads(PARAMETERS.read_text())
