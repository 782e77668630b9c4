"""Who failed first, as far as metrics and spans can tell: every service that was seen, ranked, with its reason."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np

from agents.analysis.metric_kinds import signal_of
from agents.analysis.observations import Calls, CallShift, MetricShift, RankedService, ServiceRanking, Signal
from agents.analysis.reasons import Part, Reason, of_calls, of_metrics
from incident.alert import Alert

FADE = 0.5
"""Each further reason for one service counts half of the one before: ten latency series are not ten facts."""
METRICS_BESIDE_SPANS = 0.6
PASSED_ON = 0.8
"""How much of a symptom a callee with the same symptom explains away."""
ENOUGH_ALIKE = 0.5
"""Scores are logarithmic where they are large: a callee half as bad by score is bad enough to explain its caller."""
INHERITED = 0.5
ONE_WITNESS = 0.5
"""A leaf that only the alerting service calls is seen with that one's eyes: whose symptoms they are can't be told."""
OUT_OF_REACH = 0.4
OTHER_SYMPTOM = 0.6
EARLIER = 0.15
LONG_NAME = 6


def rank_services(
    alert: Alert, shifts: Sequence[MetricShift], call_shifts: Sequence[CallShift], calls: Calls | None
) -> ServiceRanking:
    """Rank all services that were seen; 1.0 is the likeliest place of the fault, 0 means that nothing points there.

    A symptom that a callee shows too is that callee's; what the alerting service can't reach through calls counts less.
    """
    graph = calls.depends_on if calls else {}
    beside = METRICS_BESIDE_SPANS if call_shifts else 1.0
    services = _seen(
        alert, (*(s.service for s in shifts), *(s.callee for s in call_shifts), *(s.caller for s in call_shifts)), graph
    )
    reasons = [r._replace(points=r.points * beside) for r in _agreeing(alert, shifts, services)] + list(
        of_calls(call_shifts)
    )
    own = _points(r for r in reasons if r.part is Part.OWN)
    kept = _unexplained(alert.service, [r for r in reasons if r.part is Part.SYMPTOM], graph)
    near = frozenset(_along_calls(alert.service, graph))
    total = {
        s: (own.get(s, 0.0) + kept.get(s, 0.0)) * (1.0 if not near or s in near else OUT_OF_REACH) for s in services
    }
    onsets = _onsets(reasons)
    total = _favour_early(total, onsets)
    best = max(total.values(), default=0.0)
    ordered = sorted(services, key=lambda s: (-total[s], s != alert.service, s))
    by = "spans" if call_shifts else "metrics"
    return ServiceRanking(
        by=by,
        entries=tuple(
            RankedService(
                service=s,
                score=round(total[s] / best, 4) if best else 0.0,
                why=_why(s, reasons, onsets),
                onset=onsets.get(s),
            )
            for s in ordered
        ),
    )


def _agreeing(alert: Alert, shifts: Sequence[MetricShift], services: Iterable[str]) -> list[Reason]:
    """Weigh symptoms by whether they are of the alert's kind and move with its signal.

    A metric that is named after another service is about that one.
    """
    wanted = signal_of(alert.metric) if alert.metric else Signal.OTHER
    paged = next((s for s in shifts if s.service == alert.service and s.metric == alert.metric), None)
    names = [s for s in services if len(s) >= LONG_NAME]
    kinds = {Signal.LATENCY, Signal.ERRORS}
    found = []
    for shift, reason in zip(shifts, of_metrics(shifts, alert.service), strict=True):
        same = 1.0 if wanted not in kinds or shift.signal not in kinds or shift.signal is wanted else OTHER_SYMPTOM
        about = max((s for s in names if s in shift.metric), key=len, default=shift.service)
        found.append(reason._replace(service=about, points=reason.points * same * _together(paged, shift)))
    return found


def _together(paged: MetricShift | None, shift: MetricShift) -> float:
    """Return 0.5 for a series that moves on its own, 1 for one that moves with the alerting signal."""
    if paged is None:
        return 1.0
    ours, theirs = dict(paged.readings), dict(shift.readings)
    both = sorted(ours.keys() & theirs.keys())
    x, y = np.array([ours[t] for t in both]), np.array([theirs[t] for t in both])
    if len(both) < 4 or not np.ptp(x) or not np.ptp(y):  # noqa: PLR2004 - three points always lie nearly on a line
        return 0.75
    return 0.5 + 0.5 * abs(float(np.corrcoef(x, y)[0, 1]))


def _points(reasons: Iterable[Reason]) -> dict[str, float]:
    """Add up each service's reasons: the strongest of each group, each further group fading."""
    groups: dict[str, dict[str, float]] = defaultdict(dict)
    for reason in reasons:
        mine = groups[reason.service]
        mine[reason.group] = max(mine.get(reason.group, 0.0), reason.points)
    return {
        s: sum(p * FADE**i for i, p in enumerate(sorted(mine.values(), reverse=True))) for s, mine in groups.items()
    }


def _unexplained(front: str, reasons: Sequence[Reason], graph: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Explain each kind of symptom by the same kind only: a slow callee makes nobody's answers wrong."""
    alone = _unwitnessed(front, graph)
    left: dict[str, list[float]] = defaultdict(list)
    for kind in sorted({r.group for r in reasons}):
        points = _points(r for r in reasons if r.group == kind)
        seen = {s: p * (ONE_WITNESS if s in alone else 1.0) for s, p in points.items()}
        for service, rest in explain_away(front, seen, graph).items():
            left[service].append(rest)
    return {s: _faded(rest) for s, rest in left.items()}


def _faded(points: Iterable[float]) -> float:
    return sum(p * FADE**i for i, p in enumerate(sorted(points, reverse=True)))


def explain_away(front: str, symptoms: Mapping[str, float], graph: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Take from each service the part of its symptoms that a callee explains, and give some of it to that callee.

    Goes along the calls from ``front``, so that blame flows on; a dependency that several callers share gathers it.
    """
    kept, along = dict(symptoms), _along_calls(front, graph)
    for service in (*sorted(symptoms.keys() - set(along)), *along):
        callee = max(graph.get(service, ()), key=lambda c: (symptoms.get(c, 0.0), c), default=None)
        if callee is None or callee == service or not symptoms.get(callee) or service not in kept:
            continue
        explained = PASSED_ON * kept[service] * min(1.0, symptoms[callee] / (ENOUGH_ALIKE * symptoms[service]))
        kept[service] -= explained
        kept[callee] += INHERITED * explained
    return kept


def _unwitnessed(service: str, graph: Mapping[str, Sequence[str]]) -> frozenset[str]:
    leaves = {s for s in graph.get(service, ()) if not graph.get(s)}
    return frozenset(leaves - {s for caller, needs in graph.items() if caller != service for s in needs})


def _along_calls(service: str, graph: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the alerting service and all that it calls, callers before callees; nothing where no calls are known."""
    done: list[str] = []
    known = {service}
    path = [(service, iter(graph.get(service, ())))]
    while path:
        following = next((s for s in path[-1][1] if s not in known), None)
        if following is None:
            done.append(path.pop()[0])
        else:
            known.add(following)
            path.append((following, iter(graph.get(following, ()))))
    return tuple(reversed(done)) if graph.get(service) else ()


def _seen(alert: Alert, names: Iterable[str | None], graph: Mapping[str, Sequence[str]]) -> list[str]:
    return sorted(
        {alert.service, *graph, *(s for needs in graph.values() for s in needs), *(name for name in names if name)}
    )


def _onsets(reasons: Sequence[Reason]) -> dict[str, datetime]:
    """Return when each service's strongest reason began."""
    found: dict[str, tuple[float, datetime]] = {}
    for reason in reasons:
        if reason.onset and reason.points > found.get(reason.service, (0.0, reason.onset))[0]:
            found[reason.service] = (reason.points, reason.onset)
    return {service: onset for service, (_, onset) in found.items()}


def _favour_early(total: Mapping[str, float], onsets: Mapping[str, datetime]) -> dict[str, float]:
    """Add up to 15 % to whoever of the serious suspects moved first."""
    best = max(total.values(), default=0.0)
    serious = sorted({onsets[s] for s, points in total.items() if s in onsets and points >= best / 2})
    place = {onset: 1 - i / len(serious) for i, onset in enumerate(serious)}
    return {
        s: points * (1 + EARLIER * place.get(onsets[s], 0.0)) if s in onsets else points for s, points in total.items()
    }


def _why(service: str, reasons: Sequence[Reason], onsets: Mapping[str, datetime]) -> str:
    mine = sorted((r for r in reasons if r.service == service), key=lambda r: -r.points)
    first: dict[str, str] = {}
    for reason in mine:
        first.setdefault(reason.group, reason.text)
    if not first:
        return "nothing of its own moved"
    others = [onset for s, onset in onsets.items() if s != service]
    lead = (min(others) - onsets[service]).total_seconds() if others and service in onsets else 0.0
    earlier = f", {lead:,.0f} s before anybody else" if lead > 0 else ""
    return "; ".join(list(first.values())[:2]) + earlier
