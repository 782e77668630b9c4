"""Holds a decision against what the evidence says: the explanation it names must be one that code found too."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from agents.analysis.hypotheses import Hypothesis
from incident.diagnosis import Category
from incident.evidence import Evidence
from incident.facts import Agent, Turn, TurnStatus

UNCONFIRMED = 0.6
"""The most that code alone is sure of, where no commander decided: enough to ask, never to act."""
SHA = 7
"""Digits of a commit from which a prefix names it."""
COMMIT = re.compile(r"[0-9a-f]{40}")
SHORT = 10
"""Digits of a commit that a conclusion names it by."""
IN_WORDS = {Category.NONE: "nothing is wrong any more", Category.UNKNOWN: "the cause is not known"}
CONCLUSION = re.compile(
    rf"^Conclusion: (?:(?P<words>{'|'.join(IN_WORDS.values())})|(?P<category>[a-z]+))"
    r"(?: at (?P<service>.+?))?(?: by (?P<change>.+?))?$",
    re.MULTILINE,
)


class Named(NamedTuple):
    """What a commander names as the cause."""

    category: Category
    service: str | None = None
    change: str | None = None

    def __str__(self) -> str:
        """Write it so that `named` reads it back from the commander's turn."""
        at = f" at {self.service}" if self.service else ""
        change = self.change[:SHORT] if self.change and COMMIT.fullmatch(self.change) else self.change
        said = IN_WORDS.get(self.category, self.category.value)
        return f"Conclusion: {said}{at}" + (f" by {change}" if change else "")


class Judged(NamedTuple):
    """The explanation that stands, among all; ``gaps`` say what was wrong with the decision."""

    chosen: Hypothesis
    among: tuple[Hypothesis, ...]
    gaps: tuple[str, ...] = ()


def named(turn: Turn) -> Named | None:
    """Read back what a commander's turn concludes, None where it concludes nothing."""
    lines = list(CONCLUSION.finditer(turn.text)) if turn.agent is Agent.COMMANDER else []
    found = lines[-1] if lines else None
    if turn.status is not TurnStatus.DONE or found is None:
        return None
    category = next((c for c, words in IN_WORDS.items() if words == found["words"]), found["category"])
    return Named(Category(category), found["service"], found["change"]) if category in set(Category) else None


def judge(
    said: Named | None, confidence: float | None, among: tuple[Hypothesis, ...], evidence: Sequence[Evidence]
) -> Judged:
    """Return the explanation that a decision names, as sure as both code and commander are.

    ``said`` None is an answer that named nothing. What code has no support for is not believed.
    """
    if said is None:
        return _abstained(among, Category.UNKNOWN, None, "the commander's answer named no cause that could be read")
    match = next((h for h in among if _is(h, said, evidence)), None)
    if match is None:
        category = Category.UNKNOWN if said.category is Category.CHANGE else said.category
        why = f"the commander's answer ({str(said).removeprefix('Conclusion: ')}) has no support in the evidence"
        return _abstained(among, category, said.service, why)
    sure = match.confidence if confidence is None else min(match.confidence, confidence)
    return _stands(match, sure, among)


def undecided(among: tuple[Hypothesis, ...], why: str) -> Judged:
    """Return what the evidence says by itself where no commander decided."""
    judged = _stands(among[0], min(among[0].confidence, UNCONFIRMED), among)
    return judged._replace(
        gaps=(f"{why}: the conclusion was drawn from the cited evidence alone, and nobody weighed it",)
    )


def _stands(match: Hypothesis, confidence: float, among: tuple[Hypothesis, ...]) -> Judged:
    chosen = match.model_copy(update={"confidence": confidence})
    return Judged(chosen, tuple(chosen if h is match else h for h in among))


def _abstained(among: tuple[Hypothesis, ...], category: Category, service: str | None, why: str) -> Judged:
    unknown = next((h for h in among if h.category is Category.UNKNOWN), among[-1])
    known = {h.service for h in among}
    update = {"category": category, "confidence": 0.0, "service": service if service in known else unknown.service}
    chosen = Hypothesis(what=unknown.what, strength=0.0, onset=unknown.onset, **update)
    return Judged(chosen, (chosen, *(h for h in among if h is not unknown)), (why,))


def _is(one: Hypothesis, said: Named, evidence: Sequence[Evidence]) -> bool:
    if one.category is not said.category or said.service not in {None, one.service}:
        return False
    if one.category is not Category.CHANGE:
        return True
    shas = commits(one, evidence)
    change = said.change or ""
    return change in {one.change_id, *one.change} or (
        len(change) >= SHA and any(sha.startswith(change) for sha in shas)
    )


def same(one: Hypothesis, other: Hypothesis) -> bool:
    """Tell whether two explanations, of less and of more evidence, blame the same."""
    return (one.category, one.service, one.change_id) == (other.category, other.service, other.change_id)


def commits(one: Hypothesis, evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Return the full shas of the commits that an explanation blames."""
    return tuple(
        str(item.values["sha"]) for item in evidence if item.id in one.change and item.values.get("kind") == "commit"
    )
