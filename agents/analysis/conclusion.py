"""Writes the answer down: cause, causal chain, what was ruled out and why, what could not be seen."""

from collections.abc import Iterable, Sequence

from agents.analysis.alternatives import NAMED_RIVAL, Ground, alternatives, near_rival, settles
from agents.analysis.calibration import Sort, sort_of
from agents.analysis.explanation import Hypothesis
from agents.analysis.observations import AlertSignal, read
from agents.analysis.prose import Shown, ago, clock, healed, trouble
from agents.analysis.services import calls, fuse, suffering
from agents.analysis.symptoms import signature
from incident.alert import Alert
from incident.change import ChangeKind
from incident.diagnosis import Category, Conclusion, CulpritChange, Link
from incident.evidence import CITATION, Evidence

MOST_LINKS = 8
SURE = 0.85
"""The confidence of the highest band of interface.md: below it a sentence must not sound certain."""


def conclude(
    alert: Alert,
    evidence: Sequence[Evidence],
    hypotheses: Sequence[Hypothesis],
    chosen: Hypothesis,
    gaps: Sequence[str],
) -> Conclusion:
    """Write down the chosen explanation; ``gaps`` are what the caller knows was not seen."""
    seen = tuple(read(evidence))
    fault = signature(alert, seen)
    others = [h for h in hypotheses if not h.same_as(chosen) and h.category is not Category.UNKNOWN]
    ground = Ground(alert, seen, fault, fuse(alert, seen, fault), chosen, others)
    chain = _chain(ground)
    rivals, ruled_out = alternatives(ground)
    return Conclusion(
        cause=_cause(ground),
        category=chosen.category,
        culprit_service=chosen.service,
        ranking=_ranking(ground),
        culprit_change=_culprit(ground),
        rivals=rivals,
        onset=chosen.onset if chosen.category is not Category.NONE else None,
        blast_radius=_blast(ground),
        remediation=chosen.remediation,
        confidence=chosen.confidence,
        confidence_because=tuple(_because(ground)),
        evidence=_cited(ground, chain),
        causal_chain=chain,
        ruled_out=ruled_out,
        gaps=(*gaps, *settles(ground)),
    )


def _cause(ground: Ground) -> str:
    chosen, shows = ground.chosen, trouble(ground.seen, ground.chosen.service)
    after = _after(shows[0]) if shows else ""
    match chosen.category:
        case Category.CHANGE:
            when = ago(chosen.at, ground.alert) if chosen.at else "before the page"
            because = "because of" if chosen.confidence >= SURE else "most likely because of"
            return (
                f"{chosen.service} failed {because} {ground.name(chosen)}: {when} it {chosen.what}{after}.{_or(ground)}"
            )
        case Category.NONE:
            signal = next((s.what for s in ground.seen if isinstance(s.what, AlertSignal)), None)
            return f"Nothing is wrong any more: {healed(signal)}." if signal else "Nothing is wrong any more."
        case Category.UNKNOWN:
            first = f"; {chosen.service} is where it shows first{after}" if chosen.service and shows else ""
            return f"The cause is not known: {chosen.what}{first}."
        case _:
            because = f", as {chosen.support[0].sentence}" if chosen.support else ""
            return f"No change did this: {chosen.what}{because}{after}."


def _or(ground: Ground) -> str:
    """Name the other change that explains nearly as much, where there is one."""
    other = near_rival(ground)
    return f" {ground.name(other)[:1].upper()}{ground.name(other)[1:]} would explain nearly as much." if other else ""


def _after(what: Shown) -> str:
    return f", and from {clock(what.at)} {what.said}" if what.at else f", and {what.said}"


def _chain(ground: Ground) -> tuple[Link, ...]:
    """Return the cause, what it did to the culprit, then the victims in the order in which they suffered."""
    chosen = ground.chosen
    if chosen.category in {Category.NONE, Category.UNKNOWN}:
        return ()
    links = []
    change = ground.change(chosen)
    if chosen.category is Category.CHANGE:
        where = (change.service if change else None) or chosen.service or ground.alert.service
        links.append(
            Link(service=where, what=f"{ground.name(chosen)} {chosen.what}", at=chosen.at, evidence=chosen.change)
        )
    elif chosen.support:
        cited = tuple(dict.fromkeys(r.evidence for r in chosen.support if r.evidence))
        links.append(
            Link(service=chosen.service or ground.alert.service, what=chosen.what, at=chosen.onset, evidence=cited)
        )
    own = sorted(trouble(ground.seen, chosen.service)[:3], key=lambda s: (s.at is None, s.at))
    victims = [trouble(ground.seen, s)[:1] for s in _blast(ground)]
    hurt = sorted((s for some in victims for s in some), key=lambda s: (s.at is None, s.at))
    links += [Link(service=s.service, what=s.said, at=s.at, evidence=(s.evidence,)) for s in (*own, *hurt)]
    return tuple(links[:MOST_LINKS])


def _blast(ground: Ground) -> tuple[str, ...]:
    if ground.chosen.category is Category.NONE:
        return ()
    return suffering(ground.fault, ground.chosen.service, calls(ground.seen))


def _ranking(ground: Ground) -> tuple[str, ...]:
    names = [e.service for e in ground.ranking]
    first = [ground.chosen.service] if ground.chosen.service else []
    return tuple(dict.fromkeys((*first, *names)))


def _culprit(ground: Ground) -> CulpritChange | None:
    change, commit = ground.change(ground.chosen), ground.commit(ground.chosen)
    if ground.chosen.category is not Category.CHANGE or (change is None and commit is None):
        return None
    at = change.at if change else commit.at if commit else ground.alert.fired_at
    return CulpritChange(
        id=change.id if change else None,
        service=change.service if change else None,
        kind=change.change_kind if change else ChangeKind.OTHER,
        commit=commit.sha if commit else change.commit if change else None,
        version=change.version if change else None,
        author=(change and change.author) or (commit and commit.author) or None,
        at=at,
    )


def _because(ground: Ground) -> list[str]:
    found = [reason.sentence for reason in ground.chosen.support[:5]]
    found += [f"but {reason.sentence}" for reason in ground.chosen.against[:2]]
    rival = max(ground.others, key=lambda h: h.strength, default=None)
    if rival and rival.strength >= NAMED_RIVAL:
        found.append(f"the best other explanation is {ground.name(rival)}")
    if sort_of(ground.chosen, ground.seen) is Sort.PLACE:
        found.append(f"no change could be looked at, so that it is about where it began: {ground.chosen.service}")
    return found


def _cited(ground: Ground, chain: Iterable[Link]) -> tuple[str, ...]:
    ids = [
        *ground.chosen.change,
        *(r.evidence for r in ground.chosen.support),
        *(i for link in chain for i in link.evidence),
    ]
    ids += [s.evidence for s in trouble(ground.seen, ground.chosen.service)[:1]]
    return tuple(sorted({i for i in ids if CITATION.fullmatch(i)}, key=lambda i: int(i[1:])))
