"""Who failed first, as far as logs can tell."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from agents.analysis.names import mentioned
from agents.analysis.observations import Calls, LogPattern, RankedService, ServiceRanking, Trend

BY_TREND: Final = {Trend.NEW: 1.0, Trend.BURSTING: 0.7, Trend.VANISHED: 0.3, Trend.STEADY: 0.05}
BY_LEVEL: Final = {"FATAL": 1.4, "ERROR": 1.0, "WARN": 0.5, "INFO": 0.15, "DEBUG": 0.1}
MOST: Final = 15.0
"""What one pattern counts at most: many lines of one kind are still one symptom."""
PASSED_ON: Final = 0.7
"""The share of a complaint that goes to the service it names."""
AMBIENT: Final = 0.4
"""What is left of a complaint that other services made while all was well."""
HOPS: Final = 3
"""How far blame travels along those who blame each other."""
SECOND: Final = 0.5
"""Each further pattern of a service counts this much of the one before."""
REMOTE: Final = re.compile(
    r"(?i)\b(?:upstream|downstream|remote|connection refused|bad gateway|50[234]|calling|call to"
    r"|resttemplate|feign|httpclient"
    r"|httpservererror|resourceaccess|webclient|rpc error|deadline exceeded|timed? ?out|no instances available"
    r"|unreachable)\b"
)
"""Words of those who complain about somebody else."""


class _Complaint(NamedTuple):
    service: str
    weight: float
    pattern: LogPattern
    by: str


def rank_by_logs(patterns: Sequence[LogPattern], services: Collection[str], calls: Calls | None) -> ServiceRanking:
    """Rank all ``services``: new error signatures weigh most, whoever is named by others takes over their blame."""
    everyone = sorted({*services, *(p.service for p in patterns)})
    usual = {(p.template, p.exception) for p in patterns if p.before}
    first: list[_Complaint] = []
    for pattern in patterns:
        known = (pattern.template, pattern.exception) in usual and not pattern.before
        first += _complaints(pattern, _weight(pattern) * (AMBIENT if known else 1.0), everyone, calls)
    complaints: dict[str, list[_Complaint]] = defaultdict(list)
    for complaint in _passed_on(first):
        complaints[complaint.service].append(complaint)
    earliest = _earliest(complaints)
    scores = {name: _score(complaints[name], earliest.get(name, 1.0)) for name in everyone}
    top = max(scores.values(), default=0.0) or 1.0
    ranked = sorted(everyone, key=lambda name: (-scores[name], name))
    return ServiceRanking(by="logs", entries=tuple(_entry(n, scores[n] / top, complaints[n]) for n in ranked))


def _complaints(pattern: LogPattern, weight: float, services: Sequence[str], calls: Calls | None) -> list[_Complaint]:
    """Split a pattern's weight between who wrote it and whom it blames."""
    blamed = [
        name
        for name in mentioned(f"{pattern.template} {pattern.example} {' '.join(pattern.names)}", services)
        if name != pattern.service
    ]
    if calls is not None:
        blamed = [name for name in blamed if pattern.service not in calls.depends_on.get(name, ())] or blamed
    if not blamed or pattern.trend is Trend.VANISHED or pattern.level in {"INFO", "DEBUG"}:
        own = weight * (0.5 if REMOTE.search(pattern.template) and not blamed else 1.0)
        return [_Complaint(pattern.service, own, pattern, pattern.service)]
    share = PASSED_ON * weight / len(blamed)
    kept = _Complaint(pattern.service, (1 - PASSED_ON) * weight, pattern, pattern.service)
    return [kept, *(_Complaint(name, share, pattern, pattern.service) for name in blamed)]


def _passed_on(first: Sequence[_Complaint]) -> list[_Complaint]:
    """Let blame travel on: who is blamed and blames others in turn hands on the share that its own complaints do."""
    blames: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for complaint in first:
        if complaint.pattern.level not in {"INFO", "DEBUG"}:
            blames[complaint.by][complaint.service] += complaint.weight
    settled, moving = [c for c in first if c.by == c.service], [c for c in first if c.by != c.service]
    for _ in range(HOPS):
        following: list[_Complaint] = []
        for complaint in moving:
            shares = blames.get(complaint.service, {})
            total = sum(shares.values()) or 1.0
            onward = {
                name: share / total for name, share in shares.items() if name not in {complaint.service, complaint.by}
            }
            settled.append(complaint._replace(weight=complaint.weight * (1 - sum(onward.values()))))
            following += [complaint._replace(service=n, weight=complaint.weight * part) for n, part in onward.items()]
        moving = following
    return settled + moving


def _weight(pattern: LogPattern) -> float:
    level = BY_LEVEL.get(pattern.level, 0.5)
    if pattern.trend is Trend.VANISHED:
        level = max(level, BY_LEVEL["WARN"])
    own = 1.3 if pattern.frame and not REMOTE.search(pattern.template) else 1.0
    return min(MOST, pattern.score) * BY_TREND[pattern.trend] * level * own


def _earliest(complaints: Mapping[str, Sequence[_Complaint]]) -> dict[str, float]:
    """Return up to 1.3 for who complained first, 1.0 for who complained last."""
    onsets = {name: when for name, own in complaints.items() if (when := _onset(own)) is not None}
    order = sorted(set(onsets.values()))
    return {name: 1 + 0.3 * (1 - order.index(when) / len(order)) for name, when in onsets.items()}


def _onset(complaints: Sequence[_Complaint]) -> datetime | None:
    bad = (
        c.pattern for c in complaints if c.pattern.trend is Trend.NEW and c.pattern.level in {"WARN", "ERROR", "FATAL"}
    )
    return min((p.first_at for p in bad if p.first_at is not None), default=None)


def _score(complaints: Sequence[_Complaint], earliness: float) -> float:
    weights = sorted((c.weight for c in complaints), reverse=True)
    return earliness * sum(weight * SECOND**at for at, weight in enumerate(weights[:20]))


def _entry(service: str, score: float, complaints: Sequence[_Complaint]) -> RankedService:
    best = max(complaints, key=lambda c: c.weight, default=None)
    if best is None or not score:
        return RankedService(service=service, score=0.0, why="nothing in the logs points to it")
    said = f"{best.pattern.trend} {best.pattern.level}: {best.pattern.template[:160]}"
    why = said if best.by == service else f"{best.by} names it, {said}"
    return RankedService(service=service, score=round(score, 4), why=why, onset=_onset(complaints))
