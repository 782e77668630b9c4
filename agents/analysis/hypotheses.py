"""Weighs every explanation of an incident, with a change or without one, on the evidence alone."""

import math
from collections.abc import Sequence
from datetime import datetime

from agents.analysis.changes import Weighed, weigh_changes
from agents.analysis.confidence import UNPROVEN, Witness, ceiling, strength
from agents.analysis.demand import asks_more, demand
from agents.analysis.diffs import Stuff
from agents.analysis.explanation import Hypothesis, Reason
from agents.analysis.names import mentioned
from agents.analysis.nochange import Case, Natural
from agents.analysis.observations import RankedService, read
from agents.analysis.rivalry import SYMPTOMATIC, settle
from agents.analysis.services import calls, everybody, fuse, nearness
from agents.analysis.shipping import Shipped, shipments, touches
from agents.analysis.symptoms import Signature, signature
from agents.analysis.within import explanations
from agents.analysis.witnesses import CLOCKS, CLOSE, HALF_LIFE, Scene
from incident.alert import Alert
from incident.change import ChangeKind
from incident.diagnosis import Category, Remediation
from incident.evidence import Evidence

__all__ = ["Hypothesis", "Reason", "weigh"]

UNCONVINCED = 0.38
"""The strength of "we don't know": what an explanation must beat to be named."""
KEPT = 12
AMONG_FIRST, OWN_PAGE = 0.75, 0.3
"""The score from which a changed service counts as the one that failed first; less where it paged itself."""
AUDIBLE = 0.05


def weigh(alert: Alert, evidence: Sequence[Evidence]) -> tuple[Hypothesis, ...]:
    """Return all explanations, the strongest first; never empty, "unknown" is always among them."""
    seen = tuple(read(evidence))
    fault = signature(alert, seen)
    ranking = fuse(alert, seen, fault)
    graph = calls(seen)
    scene = Scene(seen, fault, nearness(alert, ranking, fault, graph))
    shipped = shipments(seen, everybody(seen) | {alert.service}, alert.fired_at)
    weighed = weigh_changes(scene, shipped)
    case = Case(alert, seen, fault, graph, {e.service: e.score for e in ranking})
    found = [_changed(w, case, scene) for w in weighed[:KEPT]]
    calm = _calm(shipped, scene)
    found += [_natural(n, (*calm, *_restated(n, weighed)), case) for n in explanations(case)]
    found.append(_unknown(ranking, case))
    return settle(found, seen, ranking)


def _changed(weighed: Weighed, case: Case, scene: Scene) -> Hypothesis:
    shipped = weighed.shipped
    asking = asks_more(shipped.service, weighed.effects, scene)
    failed = shipped.service if asking else _failed_first(shipped.service, case)
    doubts = (*_passed_on(weighed, case), *demand(shipped.service, weighed.effects, scene, case.graph))
    heard = (*weighed.witnesses, *doubts)
    outsiders = frozenset(s.id for s in case.seen if s.outsider_text)
    return Hypothesis(
        category=Category.CHANGE,
        service=failed,
        change=tuple(s.id for s in (shipped.change, shipped.commit) if s),
        change_id=shipped.deployed.id if shipped.deployed else None,
        at=shipped.at,
        what=weighed.effects[0].what if weighed.effects else "touched nothing that runs",
        strength=strength(heard),
        ceiling=UNPROVEN if any(w.worth < 0 for w in doubts) else ceiling(heard, outsiders),
        **_reasons(heard),
        onset=_began(case.fault, case.alert, failed, shipped.service),
        remediation=_undo(weighed),
    )


def _passed_on(weighed: Weighed, case: Case) -> tuple[Witness, ...]:
    """Speak against blaming a service for its calls to somebody silent, unless it changed just those."""
    changed = weighed.shipped.service
    told = [(case.loudness(p), s, case.blamed(p)) for s, p in case.complaints if p.service == changed]
    theirs = [one for one in told if one[-1] in case.silent]
    if not theirs:
        return ()
    says, seen, callee = max(theirs, key=lambda one: one[0])
    if callee and any(mentioned(" ".join(filter(None, e.setting)), [callee]) for e in weighed.effects[:1] if e.setting):
        return ()
    return (Witness("passed-on", says, -1.5, seen.id, f"what fails at {changed} are its calls to {callee}"),)


def _failed_first(changed: str | None, case: Case) -> str | None:
    """Return the changed service where it is among the first to fail, or who did says it is at fault; else that one."""
    enough = OWN_PAGE if changed == case.alert.service else AMONG_FIRST
    if changed and case.scores.get(changed, 0.0) >= enough:
        return changed
    first = next(iter(case.scores), changed)
    told = [case.loudness(p) for _, p in case.complaints if p.service == first and case.blamed(p) == changed]
    return changed if changed and max(told, default=0.0) > AMONG_FIRST else first


def _undo(weighed: Weighed) -> Remediation:
    """Return config-revert where only configuration goes back, by interface.md, else rollback."""
    change, commit = weighed.shipped.deployed, weighed.shipped.committed
    only_values = commit is not None and touches(commit) == {Stuff.CONFIG}
    setting = change is not None and change.change_kind in {ChangeKind.CONFIG, ChangeKind.FLAG} and commit is None
    return Remediation.CONFIG_REVERT if only_values or setting else Remediation.ROLLBACK


def _reasons(witnesses: Sequence[Witness]) -> dict[str, tuple[Reason, ...]]:
    ordered = sorted(witnesses, key=lambda w: -abs(w.says * w.worth))
    told = [
        (w, Reason(name=w.name, evidence=w.evidence, sentence=w.sentence, weight=round(w.says * w.worth, 2)))
        for w in ordered
    ]
    return {
        "support": tuple(r for w, r in told if w.worth > 0 and w.says > AUDIBLE),
        "against": tuple(r for w, r in told if w.worth < 0 and w.says > AUDIBLE),
    }


def _calm(shipped: Sequence[Shipped], scene: Scene) -> tuple[Witness, ...]:
    """Return the witness that nothing near the fault was changed shortly before it, where changes are recorded."""
    onset = scene.fault.onset
    close = [one for one in shipped if one.deployed and scene.near.get(one.service or "", 0.0) > CLOSE]
    before = [(onset - one.at).total_seconds() / 60 for one in close if onset and one.at <= onset + CLOCKS]
    if onset is None or not any(one.deployed for one in shipped):
        return ()
    quiet = 1 - math.exp2(-max(0.0, min(before)) / HALF_LIFE) if before else 1.0
    return (Witness("calm", quiet, 1.0, "", "nothing near the fault was changed shortly before"),)


def _restated(natural: Natural, weighed: Sequence[Weighed]) -> tuple[Witness, ...]:
    """Speak against naming what ran out as the cause as far as a change explains why it ran out."""
    if natural.category not in SYMPTOMATIC or not weighed:
        return ()
    best = weighed[0]
    said = "a change explains why it ran out"
    return (Witness("explained", best.strength, -3.5, best.witnesses[0].evidence if best.witnesses else "", said),)


def _natural(natural: Natural, around: tuple[Witness, ...], case: Case) -> Hypothesis:
    heard = natural.witnesses if natural.category is Category.NONE else (*natural.witnesses, *around)
    return Hypothesis(
        category=natural.category,
        service=natural.service,
        what=natural.what,
        strength=strength(heard),
        **_reasons(heard),
        onset=_began(case.fault, case.alert, natural.service),
        remediation=natural.remediation,
    )


def _unknown(ranking: Sequence[RankedService], case: Case) -> Hypothesis:
    first = ranking[0].service if ranking else None
    return Hypothesis(
        category=Category.UNKNOWN,
        service=first,
        what="nothing explains it well enough",
        strength=UNCONVINCED,
        onset=_began(case.fault, case.alert, first),
    )


def _began(fault: Signature, alert: Alert, *services: str | None) -> datetime | None:
    """Return when it began where an explanation says it did, or at the service that paged."""
    return fault.began(frozenset(s for s in (alert.service, *services) if s))
