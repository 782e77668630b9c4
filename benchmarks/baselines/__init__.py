"""What our method is measured beside: published methods, and what a script of an afternoon does.

Each takes the same alert and telemetry and returns a `Conclusion`, or raises `CannotTell`, which counts as wrong.
"""

from collections.abc import Awaitable, Callable

from baselines import changed, metric
from baselines.sight import CannotTell, Sight
from incident.diagnosis import Conclusion

Method = Callable[[Sight], Awaitable[Conclusion]]

METHODS: dict[str, Method] = {
    "BARO": metric.baro,
    "NSigma": metric.nsigma,
    "ranked correlation": metric.ranked_correlation,
    "random walk": metric.random_walk,
    "last change": changed.last_change,
    "scripted RCA": changed.scripted,
    "TF-IDF of diffs": changed.diffs_against_errors,
}

__all__ = ["METHODS", "CannotTell", "Sight"]
