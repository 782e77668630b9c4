"""How sure an answer may be: as often as such answers were right on incidents with keys.

``calibration.toml`` beside it holds what `benchmarks/fit_confidence.py` learnt: for each sort of answer a weight for
each thing that speaks for it. No weight is negative, so whatever speaks for an answer never makes it less sure.
"""

import math
import tomllib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from agents.analysis.confidence import CERTAIN, SPECIFIC
from agents.analysis.explanation import Hypothesis
from agents.analysis.observations import (
    CallShift, ChangeSeen, LogPattern, MetricShift, RankedService, Seen, ServiceRanking,
)  # fmt: skip
from incident.diagnosis import Category

PARAMETERS = Path(__file__).with_name("calibration.toml")
SIGNALS = (MetricShift, LogPattern, CallShift, ChangeSeen)
"""One of each main signal: what shows that it could be looked at."""
FURTHEST = 6.0
"""Log-odds beyond which more says nothing more."""
TELLS = 0.4
"""The log-odds that a reason must give to count as a signal of its own."""
RIVALS, SHIFTED = 0.35, 6.0
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
    """What an answer is looked at beside: everything that was seen, who failed first, and the other explanations."""

    seen: Sequence[Seen]
    ranking: Sequence[RankedService]
    rivals: Sequence[Hypothesis]


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
    here = [r for r in view.rivals if r.service == one.service]
    return {
        "strength": _odds(one.strength) / 2,
        "margin": (_odds(one.strength) - _odds(rival)) / 2,
        "unrivalled": 1 / (1 + sum(r.strength >= RIVALS for r in view.rivals)),
        "agreement": sum(r.weight >= TELLS for r in one.support) / 4,
        "uncontradicted": -sum(abs(r.weight) for r in one.against) / 2,
        "specific": max((r.weight for r in one.support if r.name in SPECIFIC), default=0.0) / 2,
        "order": sum(r.weight for r in one.support if r.name == "order"),
        "first": sum(service == one.service for service in firsts) / 2,
        "undivided": firsts.count(one.service or "") / len(firsts) if firsts else 0.0,
        "ahead": own - best,
        "earliest": _earliest(one.service, view.ranking),
        "explained": max((_odds(r.strength) for r in here), default=-FURTHEST) / 2,
        "effect": _effect(one.service, view.seen),
        "apart": _effect(one.service, view.seen) - max((_effect(s, view.seen) for s in scores if s != one.service), default=0),
        "calm": -math.log1p(sum(_score(s) >= SHIFTED for s in view.seen)),
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


def _score(seen: Seen) -> float:
    return abs(seen.what.score) if isinstance(seen.what, MetricShift | LogPattern | CallShift) else 0.0


def _effect(service: str | None, seen: Sequence[Seen]) -> float:
    """Return how loudly a service's own signals moved, logarithmic."""
    own = [_score(s) for s in seen if service in {getattr(s.what, "service", None), getattr(s.what, "callee", None)}]
    return math.log1p(max(own, default=0.0)) / 2


def calibrated(sort: Sort, found: Mapping[str, float], parameters: Mapping[str, Mapping[str, float]]) -> float:
    """Return how often answers of a sort, for which so much speaks, were right."""
    weights = parameters[sort]
    odds = weights["intercept"] + sum(weight * found[name] for name, weight in weights.items() if name != "intercept")
    return min(CERTAIN, 1 / (1 + math.exp(-odds)))


@cache
def learnt() -> dict[str, dict[str, float]]:
    """Return the parameters, read once."""
    return tomllib.loads(PARAMETERS.read_text())
