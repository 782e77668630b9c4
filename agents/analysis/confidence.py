"""How strong an explanation is, and how sure one may be of it at most: near rivals and missing signals take away."""

import math
from collections.abc import Iterable
from typing import NamedTuple

PRIOR = -3.2
"""Log-odds that an explanation about which nothing is known is the right one: about one in twenty-five."""
RIVAL_TAKES = 0.38
"""What an equal rival costs: two that explain all equally end at six tenths each, where a person has to choose."""
SHARPNESS = 4
"""How near a rival has to be before it counts: at half the strength it costs a fortieth."""
UNSEEN_COSTS = 0.85
"""What each main signal that could not be seen (metrics, logs, changes) leaves of the confidence."""
CERTAIN = 0.98
UNPROVEN = 0.84
"""The most where no witness is specific, only an outsider's words are, or something speaks for another cause."""
SPECIFIC = {"mechanism": 0.5, "figures": 0.5, "names": 0.5, "source": 0.5, "message": 0.5}
"""What ties a change to this very fault, and how much at least; place and time fit any newest deploy."""


class Witness(NamedTuple):
    """One independent signal: ``says`` is 0 to 1, ``worth`` the log-odds it gives at 1, negative against."""

    name: str
    says: float
    worth: float
    evidence: str
    sentence: str


def strength(witnesses: Iterable[Witness]) -> float:
    """Return 1 / (1 + e^-(PRIOR + sum of says * worth)): naive Bayes with worths for likelihood ratios."""
    return 1 / (1 + math.exp(-(PRIOR + sum(w.says * w.worth for w in witnesses))))


def ceiling(witnesses: Iterable[Witness], outsiders: frozenset[str]) -> float:
    """Return the most confidence that a change's witnesses can carry; ``outsiders`` may have written some evidence."""
    solid = [w for w in witnesses if w.evidence not in outsiders]
    proven = any(w.says >= SPECIFIC.get(w.name, math.inf) for w in solid)
    return CERTAIN if proven and strength(solid) > UNPROVEN else UNPROVEN


def confidence(own: float, rival: float, unseen: int) -> float:
    """Return own * (1 - RIVAL_TAKES * (rival / own) ** SHARPNESS) * UNSEEN_COSTS ** unseen, at most CERTAIN.

    Grows with the own strength, falls with the best rival's and with each signal that could not be seen.
    """
    if own <= 0:
        return 0.0
    return round(min(CERTAIN, own * _left(own, rival, unseen)), 3)


def most(own: float, rival: float, unseen: int) -> float:
    """Return the most confidence in a change, however often such ones were right: what its rival and gaps leave."""
    return CERTAIN * _left(own, rival, unseen) if own > 0 else 0.0


def _left(own: float, rival: float, unseen: int) -> float:
    share = min(1.0, rival / own) ** SHARPNESS
    return (1 - RIVAL_TAKES * share) * UNSEEN_COSTS**unseen
