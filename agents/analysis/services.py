"""One ranking of services out of several: who failed first, as metrics, spans and logs each see it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from agents.analysis.lexicon import Symptom
from agents.analysis.observations import Calls, ChangeSeen, LogPattern, MetricShift, RankedService, Seen, ServiceRanking
from agents.analysis.symptoms import Signature
from incident.alert import Alert
from incident.change import Topology

TRUST = {"spans": 1.0, "metrics": 0.9, "logs": 0.6}
"""How far each is trusted: spans see calls, metrics effects, logs what somebody thought of writing."""
UNDECIDED = 0.3
"""What is left of the trust in a ranking whose second is as likely as its first."""
CLEAR = 0.4
"""The weight from which a sign is clear."""
BEFORE = timedelta(minutes=5)
FELT = frozenset({
    Symptom.ERRORS, Symptom.LATENCY, Symptom.TIMEOUTS, Symptom.UNREACHABLE, Symptom.ACCESS, Symptom.CRASH,
    Symptom.SHAPE, Symptom.THROTTLING, Symptom.DNS, Symptom.CERTIFICATE,
})  # fmt: skip
"""What those who call a service notice; a busy processor they don't."""


def calls(seen: Sequence[Seen]) -> Topology:
    """Return the declared call graph, else the inferred one, else none."""
    found = sorted((s.what for s in seen if isinstance(s.what, Calls)), key=lambda c: c.inferred)
    return Topology(depends_on=found[0].depends_on, inferred=found[0].inferred) if found else Topology(inferred=True)


def fuse(alert: Alert, seen: Sequence[Seen], fault: Signature) -> tuple[RankedService, ...]:
    """Return every service that was seen, the one that most likely failed first in front, best score 1.

    Scores are the trust-weighted means of the rankings; where there is none, the fault's own signs take their place.
    A ranking is trusted as far as it tells its first from its second.
    """
    rankings = [s.what for s in seen if isinstance(s.what, ServiceRanking) and s.what.entries]
    trust = {r: TRUST[r.by] * _decided(r) for r in rankings}
    total = sum(trust.values())
    scores: dict[str, float] = {}
    why: dict[str, str] = {}
    for ranking in sorted(rankings, key=lambda r: -trust[r]):
        for entry in ranking.entries:
            scores[entry.service] = scores.get(entry.service, 0.0) + entry.score * trust[ranking] / total
            why.setdefault(entry.service, entry.why)
    if not scores:
        scores = {
            s: 0.5 * max(x.weight for x in fault.signs if x.service == s) for s in {x.service for x in fault.signs}
        }
    scores.setdefault(alert.service, 0.3 if not rankings else 0.0)
    for service in everybody(seen):
        scores.setdefault(service, 0.0)
    best = max(scores.values()) or 1.0
    begun = onsets(fault)
    entries = [
        RankedService(service=s, score=round(v / best, 4), why=why.get(s, ""), onset=begun.get(s))
        for s, v in scores.items()
    ]
    return tuple(sorted(entries, key=lambda e: (-e.score, e.service != alert.service, e.service)))


def _decided(ranking: ServiceRanking) -> float:
    """Return 1 where only the first is suspect, `UNDECIDED` where the second is as well."""
    first, second, *_ = *(entry.score for entry in ranking.entries), 0.0, 0.0
    return UNDECIDED + (1 - UNDECIDED) * (first - second)


def everybody(seen: Sequence[Seen]) -> frozenset[str]:
    """Return the services that any signal names as its own."""
    graph = calls(seen).depends_on
    told = {
        s.what.service for s in seen if isinstance(s.what, MetricShift | LogPattern | ChangeSeen) and s.what.service
    }
    return frozenset(told | set(graph) | {callee for needs in graph.values() for callee in needs})


def onsets(fault: Signature) -> dict[str, datetime]:
    """Return when each service first showed a clear sign."""
    found: dict[str, datetime] = {}
    for sign in sorted((s for s in fault.signs if s.onset and s.weight >= CLEAR), key=lambda s: s.onset, reverse=True):  # type: ignore[arg-type,return-value]
        if sign.onset:
            found[sign.service] = sign.onset
    return found


def nearness(alert: Alert, ranking: Sequence[RankedService], fault: Signature, graph: Topology) -> dict[str, float]:
    """Return how close each service is to where the fault is, 0 to 1.

    Near are the top of the ranking, the service that paged, whoever shows clear signs, and those that they call.
    """
    near = {entry.service: max(0.1, 0.9 * entry.score) for entry in ranking}
    for sign in fault.signs:
        near[sign.service] = max(near.get(sign.service, 0.0), 0.6 * sign.weight)
    for service in graph.depends_on.get(alert.service, ()):
        near[service] = max(near.get(service, 0.0), 0.35)
    for service in graph.callers(alert.service):
        near[service] = max(near.get(service, 0.0), 0.3)
    near[alert.service] = max(near.get(alert.service, 0.0), 0.85)
    return near | ({ranking[0].service: 1.0} if ranking else {})


def suffering(fault: Signature, culprit: str | None, graph: Topology) -> tuple[str, ...]:
    """Return the other services whose requests suffer, callers of the culprit first.

    Of a declared graph only callers count where any suffers; one read off spans may lack some, so all count.
    """
    since = fault.onset - BEFORE if fault.onset else None
    clear = [s for s in fault.signs if s.weight >= CLEAR and s.evidence and s.symptom in FELT and s.service != culprit]
    hurt = {s.service for s in clear if since is None or s.onset is None or s.onset >= since}
    upstream = graph.callers(culprit) if culprit else frozenset()
    if not graph.inferred and hurt & upstream:
        hurt &= upstream
    return tuple(sorted(hurt, key=lambda s: (s not in upstream, s)))
