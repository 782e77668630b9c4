"""What a decision names, and which of the explanations that code found that is."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from agents.analysis.hypotheses import Hypothesis
from incident.diagnosis import Category
from incident.evidence import Evidence
from incident.facts import Agent, Turn, TurnStatus

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


def named(turn: Turn) -> Named | None:
    """Read back what a commander's turn concludes, None where it concludes nothing."""
    lines = list(CONCLUSION.finditer(turn.text)) if turn.agent is Agent.COMMANDER else []
    found = lines[-1] if lines else None
    if turn.status is not TurnStatus.DONE or found is None:
        return None
    category = next((c for c, words in IN_WORDS.items() if words == found["words"]), found["category"])
    return Named(Category(category), found["service"], found["change"]) if category in set(Category) else None


def matching(said: Named, among: Iterable[Hypothesis], evidence: Sequence[Evidence]) -> Hypothesis | None:
    """Return the explanation of code's that somebody names, None where code found no such thing."""
    return next((h for h in among if _is(h, said, evidence)), None)


def _is(one: Hypothesis, said: Named, evidence: Sequence[Evidence]) -> bool:
    changed = {item.service for item in evidence if item.id in one.change}
    if one.category is not said.category or said.service not in {None, one.service, *changed}:
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
