"""Logistic regression whose weights can't be negative: more of what speaks for an answer never makes it less likely."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
STEPS = 4000
SETTLED = 1e-7


class Fitted(NamedTuple):
    """The log-odds of being right are the intercept and each feature times its weight."""

    intercept: float
    weights: tuple[float, ...]

    def odds(self, features: Array) -> Array:
        """Return the log-odds of each row."""
        result: Array = self.intercept + features @ np.array(self.weights)
        return result


def fit(features: Array, right: Array, counts: Array, ridge: float) -> Fitted:
    """Return what makes the answers likeliest; ``counts`` say how much each row weighs, ``ridge`` shrinks weights.

    A projected gradient with momentum: small, and the same on every machine.
    """
    middle, spread = np.average(features, axis=0, weights=counts), features.std(axis=0)
    spread[spread < SETTLED] = np.inf  # what never differs can't tell
    scaled = np.column_stack([np.ones(len(features)), (features - middle) / spread])
    shrink = np.array([0.0] + [ridge] * features.shape[1])
    found = _descend(scaled, right, counts, shrink)
    weights = found[1:] / spread
    return Fitted(float(found[0] - weights @ middle), tuple(float(w) for w in weights))


def _descend(x: Array, right: Array, counts: Array, shrink: Array) -> Array:
    step = 1 / (0.25 * np.linalg.norm(x * np.sqrt(counts)[:, None], 2) ** 2 + shrink.max())
    now = ahead = np.zeros(x.shape[1])
    pace = 1.0
    for _ in range(STEPS):
        slope = x.T @ (counts * (chance(x @ ahead) - right)) + shrink * ahead
        new = ahead - step * slope
        new[1:] = np.maximum(new[1:], 0.0)
        faster = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead = new + (pace - 1) / faster * (new - now)
        moved, now, pace = float(np.abs(new - now).max()), new, faster
        if moved < SETTLED:
            break
    return now


def chance(odds: Array | Sequence[float]) -> Array:
    """Return the probabilities of log-odds."""
    result: Array = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    return result
