"""Bootstrap intervals of a mean over cases of which several may share a root cause."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

RESAMPLES = 2000
OUTER = (2.5, 97.5)


def interval(values: Sequence[tuple[str, float]]) -> tuple[float, float]:
    """Return the 95 % percentile interval of the mean of (cluster, value): whole clusters are drawn, always the same.

    With one cluster there is nothing to draw from, and the interval is all that is possible: 0 to 1.
    """
    clusters: defaultdict[str, list[float]] = defaultdict(list)
    for cluster, value in values:
        clusters[cluster].append(value)
    if len(clusters) == 1:
        return 0.0, 1.0
    sums = np.array([sum(members) for members in clusters.values()])
    counts = np.array([len(members) for members in clusters.values()])
    drawn = np.random.default_rng(0).integers(len(clusters), size=(RESAMPLES, len(clusters)))
    low, high = np.percentile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), OUTER)
    return float(low), float(high)
