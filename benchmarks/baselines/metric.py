"""Baselines that rank services by their metrics, some with the call graph. They know of no changes and blame none."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from baselines.sight import CannotTell, Matrix, Readings, Sight
from incident.alert import Alert
from incident.change import Topology
from incident.diagnosis import Category, Conclusion

FLOOR = 0.05
"""Of a series' own level: a near-constant gauge must not get an enormous z-score."""
TINY = 1e-9
RECENT = 12
"""Readings before the fault that are compared with those since."""
BACKWARD, TELEPORT, STEPS = 0.2, 0.15, 100


async def baro(sight: Sight) -> Conclusion:
    """BARO (Pham, Ha and Zhang, FSE 2024): its RobustScorer, from its authors' package.

    Its change point detection is left out: the alert tells when, and it takes quadratic time.
    """
    from baro.root_cause_analysis import robust_scorer

    return _ranked(_published(robust_scorer, await sight.readings()))


async def nsigma(sight: Sight) -> Conclusion:
    """NSigma, as the same package has it: the largest z-score since the fault."""
    from baro.root_cause_analysis import nsigma as largest_z

    return _ranked(_published(largest_z, await sight.readings()))


async def ranked_correlation(sight: Sight) -> Conclusion:
    """PetShop's strongest baseline (Hardt et al. 2023): whose readings follow the signal that paged."""
    return _ranked(_by_worth(correlations(await sight.readings(), sight.alert)))


async def random_walk(sight: Sight) -> Conclusion:
    """MonitorRank and MicroRCA in short: a walk along the calls to whoever follows the signal that paged."""
    graph = await sight.graph()
    if not graph.depends_on:
        message = "there is no call graph"
        raise CannotTell(message)
    return _ranked(_by_worth(_visits(graph, correlations(await sight.readings(), sight.alert))))


def _published(method: Callable[..., dict[str, Any]], seen: Readings) -> list[str]:
    """Let a method of the package rank the series; neutral column names keep its rules on names out of it."""
    import pandas as pd

    table = pd.DataFrame(np.vstack([seen.before, seen.since]), columns=[str(n) for n in range(len(seen.series))])
    table.insert(0, "time", np.arange(len(table)))
    try:
        ranks = method(table, inject_time=len(seen.before))["ranks"]
    except (ValueError, IndexError, KeyError, TypeError) as broken:
        message = f"the package failed: {broken}"
        raise CannotTell(message) from broken
    if not ranks:
        message = "every series is constant on one side of the alert"
        raise CannotTell(message)
    return [seen.series[int(column)][0] for column in ranks]


def correlations(seen: Readings, alert: Alert) -> dict[str, float]:
    """Return how well each service's readings of the kind that paged follow the signal that paged.

    Of every kind where the alert names none, or nobody else has it: then the alerting service's series speak together.
    Of the variants tried on the recorded cases (raw or absolute, Pearson or Spearman, all or recent) the best one.
    """
    usual = np.median(seen.before, axis=0)
    spread = np.maximum(np.std(seen.before, axis=0), np.maximum(np.abs(usual) * FLOOR, TINY))
    moving: Matrix = (np.vstack([seen.before[-RECENT:], seen.since]) - usual) / spread
    paged = [n for n, (service, name) in enumerate(seen.series) if service == alert.service and _pages(alert, name)]
    if not paged or math.isclose(float(np.std(signal := moving[:, paged].mean(axis=1))), 0.0):
        message = "the signal that paged was not recorded, or never moves"
        raise CannotTell(message)
    moves = [n for n in range(len(seen.series)) if n not in paged and np.std(moving[:, n]) > 0]
    same = [n for n in moves if alert.metric == seen.series[n][1]]
    best: dict[str, float] = {}
    for n in same or moves:
        together = abs(float(np.corrcoef(moving[:, n], signal)[0, 1]))
        best[seen.series[n][0]] = max(best.get(seen.series[n][0], 0.0), together)
    return best


def _pages(alert: Alert, metric: str) -> bool:
    return alert.metric is None or alert.metric == metric


def _visits(graph: Topology, worth: Mapping[str, float]) -> dict[str, float]:
    """Return how often a walker is at each service: down the calls by worth, sometimes back up, or staying."""
    names = sorted({*graph.depends_on, *(c for needs in graph.depends_on.values() for c in needs)})
    place = {name: n for n, name in enumerate(names)}
    step: Matrix = np.zeros((len(names), len(names)))
    for caller, needs in graph.depends_on.items():
        for callee in needs:
            step[place[caller], place[callee]] += worth.get(callee, 0.0)
            step[place[callee], place[caller]] += BACKWARD * worth.get(caller, 0.0)
    here = np.array([worth.get(name, 0.0) for name in names]) + TINY
    step += np.diag(np.maximum(here - step.max(axis=1, initial=0.0), TINY))
    step /= step.sum(axis=1, keepdims=True)
    home = here / here.sum()
    visits = home
    for _ in range(STEPS):
        visits = TELEPORT * home + (1 - TELEPORT) * visits @ step
    return dict(zip(names, visits.tolist(), strict=True))


def _by_worth(worth: Mapping[str, float]) -> list[str]:
    return sorted(worth, key=lambda service: (-worth[service], service))


def _ranked(services: Iterable[str]) -> Conclusion:
    ranking = tuple(dict.fromkeys(services))
    if not ranking:
        message = "no service can be ranked"
        raise CannotTell(message)
    return Conclusion(cause="ranked first", category=Category.UNKNOWN, culprit_service=ranking[0], ranking=ranking)
