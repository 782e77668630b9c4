"""The mixed verdict: code's ranking stands, and a model changes it only by evidence that it cites and code has checked.

A model can make it less sure and never surer. Where the two name different causes, a person has to choose.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from agents.analysis.alternatives import NEAR_RIVAL
from agents.analysis.confidence import RIVAL_TAKES
from agents.analysis.hypotheses import UNCONVINCED, Hypothesis
from agents.analysis.observations import ChangeSeen, CommitSeen, read
from agents.analysis.prose import changed
from agents.investigator import OFFLINE
from agents.judgement import Named, matching, named, same
from incident.diagnosis import Category, Opinion, SecondOpinion
from incident.evidence import CITATION, Evidence
from incident.facts import Agent, Turn, TurnStatus

UNCONFIRMED = 0.6
"""The most that code alone is sure of, where a commander was to decide and didn't: enough to ask, never to act."""
NOTHING = {Category.NONE: "nothing that is still wrong", Category.UNKNOWN: "no cause"}
PLAN_AND_DECISION = 2
"""Turns of a commander that has decided."""
SHOWN = 6
"""Pieces of evidence that each side is shown with."""


class Said(NamedTuple):
    """What was decided: by whom, what it names, the evidence it cites (known to exist), how sure that is."""

    by: str
    names: Named
    cites: tuple[str, ...]
    confidence: float | None


class Judged(NamedTuple):
    """The explanation that is reported, among all; ``gaps`` say what was wrong with the decision."""

    chosen: Hypothesis
    among: tuple[Hypothesis, ...]
    gaps: tuple[str, ...] = ()
    second_opinion: SecondOpinion | None = None

    def no_surer(self, most: float) -> "Judged":
        """Return the same, as sure as something else allows."""
        return self._replace(chosen=self.chosen.model_copy(update={"confidence": min(self.chosen.confidence, most)}))


def decided(turns: Sequence[Turn], among: tuple[Hypothesis, ...], evidence: Sequence[Evidence], broken: str) -> Judged:
    """Return what became of the commander's decision; ``broken`` says why the team broke off, empty where it didn't."""
    spoken = [turn for turn in turns if turn.agent is Agent.COMMANDER]
    if len(spoken) < PLAN_AND_DECISION:
        return undecided(among, broken or "the commander never decided")
    last = spoken[-1]
    if last.status is not TurnStatus.DONE:
        return undecided(
            among, "the commander gave no decision" + (" in time" if last.status is TurnStatus.LATE else "")
        )
    names = named(last)
    if names is None:
        return undecided(among, "the commander's answer named no cause that could be read")
    return mixed(Said(last.by, names, last.cites, last.confidence), among, evidence)


def computed(among: tuple[Hypothesis, ...], most: float = 1.0, *gaps: str) -> Judged:
    """Return what the evidence says by itself, no surer than ``most``."""
    return _first(among[0], among)._replace(gaps=gaps).no_surer(most)


def undecided(among: tuple[Hypothesis, ...], why: str) -> Judged:
    """Return what the evidence says by itself where nobody weighed it who should have."""
    return computed(
        among, UNCONFIRMED, f"{why}: the conclusion was drawn from the evidence alone, and nobody weighed it"
    )


def mixed(said: Said, among: tuple[Hypothesis, ...], evidence: Sequence[Evidence]) -> Judged:
    """Return code's ranking with what was decided on it: reordered where a model has earned it, never surer.

    What the offline reasoner decides is code's own and no second opinion.
    """
    leader, own = among[0], matching(said.names, among, evidence)
    sure = 1.0 if said.confidence is None else said.confidence
    agree = own is not None and _alike(own, leader)
    if said.by == OFFLINE:
        return computed(among, sure if agree else 1.0)
    followed = own is not None and not agree and _earned(own, leader, _inside(said.cites, evidence))
    opinion = SecondOpinion(
        by=said.by,
        agree=agree,
        followed=followed,
        model=Opinion(what=_named(own, evidence) if own else _claimed(said.names), evidence=said.cites[:SHOWN]),
        computed=Opinion(what=_named(leader, evidence), evidence=_rests_on(leader)[:SHOWN]),
    )
    if agree:
        return computed(among, sure)._replace(second_opinion=opinion)
    doubted = tuple(h.model_copy(update={"confidence": _doubted(h)}) for h in among)
    first = doubted[among.index(own)] if own and followed else doubted[0]
    most = min(leader.confidence, sure) if followed else leader.confidence
    return _first(first, doubted)._replace(second_opinion=opinion).no_surer(most)


def _earned(own: Hypothesis, leader: Hypothesis, cites: Iterable[str]) -> bool:
    """Tell whether a model's explanation may go first.

    Code has to find it nearly as strong as its own (as near as a rival that must be told apart before anybody acts)
    and stronger than "we don't know", and the model has to cite something that speaks for it and that nobody outside
    could have written.
    """
    near = own.strength >= NEAR_RIVAL * leader.strength and own.strength > UNCONVINCED
    return near and not set(_rests_on(own)).isdisjoint(cites)


def _doubted(one: Hypothesis) -> float:
    """Return how sure one may be of an explanation that somebody doubts: as sure as beside an equal rival."""
    return min(one.confidence, round(one.strength * (1 - RIVAL_TAKES), 3))


def _alike(one: Hypothesis, other: Hypothesis) -> bool:
    """Tell whether both blame the same: commits of one deployment do, as undoing it undoes all of them."""
    return one is other or ((one.change_id is not None or one.category is not Category.CHANGE) and same(one, other))


def _first(one: Hypothesis, among: tuple[Hypothesis, ...]) -> Judged:
    return Judged(one, (one, *(h for h in among if h is not one)))


def _inside(ids: Iterable[str], evidence: Iterable[Evidence]) -> frozenset[str]:
    return frozenset(ids) & {item.id for item in evidence if not item.outsider_text}


def _rests_on(one: Hypothesis) -> tuple[str, ...]:
    ids = (*one.change, *(reason.evidence for reason in one.support))
    return tuple(dict.fromkeys(i for i in ids if CITATION.fullmatch(i)))


def _named(one: Hypothesis, evidence: Sequence[Evidence]) -> str:
    if one.category is not Category.CHANGE:
        return _claimed(Named(one.category, one.service))
    seen = [s.what for s in read([e for e in evidence if e.id in one.change])]
    change = next((what for what in seen if isinstance(what, ChangeSeen)), None)
    commit = next((what for what in seen if isinstance(what, CommitSeen)), None)
    return changed(change, commit)


def _claimed(names: Named) -> str:
    if names.category in NOTHING:
        return NOTHING[names.category]
    what, at = (names.change, "of") if names.change else (f"a cause of the kind “{names.category}”", "at")
    return f"{what} {at} {names.service}" if names.service else what
