"""Grades one investigation against its answer key, as incident-format.md lays down. Pure."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from incident.change import Change
from incident.diagnosis import Category, Conclusion, CulpritChange, Usage
from incident.facts import Action, Verdict
from incident.values import Value
from scenarios.truth import Truth, same_commit


class Answer(NamedTuple):
    """What came out of one case, and at what price. ``peak_mb`` is the process's highest memory."""

    case: str
    conclusion: Conclusion
    verdict: Verdict | None
    usage: Usage
    peak_mb: float = 0.0


class Known(NamedTuple):
    """What the case records of changes: it tells which commit a deployment shipped and which prefixes are unique."""

    changes: Sequence[Change] = ()
    commits: Sequence[str] = ()


class ChangeGrade(StrEnum):
    """What the named change, or the lack of one, is worth. ``innocent``: neither guilty nor a listed decoy.

    ``missed``: "no change did it" where one did. ``abstained``: no change named, and no other cause either.
    """

    RIGHT = "right"
    DECOY = "decoy"
    INNOCENT = "innocent"
    MISSED = "missed"
    ABSTAINED = "abstained"


class ActionGrade(StrEnum):
    """What the verdict is worth: done is without a person asking, offered is with one."""

    RIGHT_DONE = "right-done"
    RIGHT_OFFERED = "right-offered"
    WRONG_ROLLBACK = "wrong-rollback"
    WRONG_ASK = "wrong-ask"
    REPORTED = "reported"


class Grade(Value):
    """One case. None is "the key doesn't say". ``rank`` is the culprit's place from 1; 0 where it isn't ranked."""

    case: str
    rank: int | None
    change: ChangeGrade | None
    guilty: bool | None
    reward: float | None
    action: ActionGrade | None
    right: bool | None
    confidence: float
    seconds: float
    peak_mb: float
    model_calls: int
    tokens: int

    def within(self, k: int) -> float | None:
        """Return AC@k: 1.0 where the culprit is among the first k."""
        return None if self.rank is None else float(0 < self.rank <= k)

    @property
    def avg5(self) -> float | None:
        """Avg@5: the mean of AC@1 to AC@5."""
        return None if self.rank is None else sum(self.within(k) or 0.0 for k in range(1, 6)) / 5


def grade(answer: Answer, truth: Truth, known: Known = Known()) -> Grade:  # noqa: B008 - immutable
    """Return what the answer is worth."""
    said = answer.conclusion
    change = _grade_change(said, truth, known)
    usage = answer.usage
    return Grade(
        case=answer.case,
        rank=_rank(said, truth),
        change=change,
        guilty=not truth.no_change if truth.tells_change else None,
        reward=_reward(said, truth, change),
        action=_grade_action(answer, truth, known) if truth.tells_change else None,
        right=change is ChangeGrade.RIGHT if change else _first_service_right(said, truth),
        confidence=said.confidence,
        seconds=usage.seconds,
        peak_mb=answer.peak_mb,
        model_calls=usage.model_calls,
        tokens=usage.prompt_tokens + usage.completion_tokens,
    )


def _ranking(said: Conclusion) -> tuple[str, ...]:
    return tuple(dict.fromkeys(said.ranking)) or ((said.culprit_service,) if said.culprit_service else ())


def _rank(said: Conclusion, truth: Truth) -> int | None:
    if not truth.services:
        return None
    return next((place for place, name in enumerate(_ranking(said), 1) if name in truth.services), 0)


def _first_service_right(said: Conclusion, truth: Truth) -> bool | None:
    if not truth.tells_service:
        return None
    return _rank(said, truth) == 1 if truth.services else said.culprit_service is None


def _service_right(said: Conclusion, truth: Truth) -> bool:
    return said.culprit_service in truth.services if truth.services else said.culprit_service is None


def _grade_change(said: Conclusion, truth: Truth, known: Known) -> ChangeGrade | None:
    if not truth.tells_change:
        return None
    if (named := said.culprit_change) is not None:
        return _grade_named(named, truth, known)
    if said.category in {Category.UNKNOWN, Category.CHANGE}:
        return ChangeGrade.ABSTAINED
    return ChangeGrade.RIGHT if truth.no_change else ChangeGrade.MISSED


def _grade_named(named: CulpritChange, truth: Truth, known: Known) -> ChangeGrade:
    commit = named.commit or next((c.commit for c in known.changes if c.id == named.id), None)
    shas = (*known.commits, *truth.decoy_commits, *(c.commit for c in known.changes if c.commit))
    if (
        commit and truth.culprit_commit
    ):  # a deployment may ship several commits: where both are known, the commit decides
        if same_commit(commit, truth.culprit_commit, shas):
            return ChangeGrade.RIGHT
    elif named.id is not None and named.id == truth.culprit_change:
        return ChangeGrade.RIGHT
    decoy = named.id in truth.decoy_commits or any(
        same_commit(commit, sha, ()) for sha in truth.decoy_commits if commit
    )
    return ChangeGrade.DECOY if decoy else ChangeGrade.INNOCENT


def _grade_action(answer: Answer, truth: Truth, known: Known) -> ActionGrade:
    verdict = answer.verdict
    if verdict is None or verdict.action is Action.REPORT:
        return ActionGrade.REPORTED
    right = _undoes_culprit(answer.conclusion, verdict, truth, known)
    if verdict.action is Action.ROLLBACK:
        return ActionGrade.RIGHT_DONE if right else ActionGrade.WRONG_ROLLBACK
    return ActionGrade.RIGHT_OFFERED if right else ActionGrade.WRONG_ASK


def _undoes_culprit(said: Conclusion, verdict: Verdict, truth: Truth, known: Known) -> bool:
    """Tell whether what would be undone is the culprit, whatever the diagnosis names beside it."""
    named = said.culprit_change
    if verdict.plan is None or (named is not None and verdict.plan.change in {named.id, named.commit}):
        return named is not None and _grade_named(named, truth, known) is ChangeGrade.RIGHT
    undone = verdict.plan.change
    commit = next((c.commit for c in known.changes if c.id == undone), undone)
    if undone == truth.culprit_change:
        return True
    return bool(commit and truth.culprit_commit and same_commit(commit, truth.culprit_commit, known.commits))


def _reward(said: Conclusion, truth: Truth, change: ChangeGrade | None) -> float | None:
    """Graded reward of RootCauseBench. What the key leaves out weighs nothing, the rest makes up for it."""
    if change is None:
        return None
    if change in {ChangeGrade.RIGHT, ChangeGrade.DECOY}:
        return float(change is ChangeGrade.RIGHT)
    parts: list[tuple[float, float]] = []
    if truth.tells_service:
        parts.append((0.5, float(_service_right(said, truth))))
    if truth.blast_radius is not None:
        parts.append((0.3, _jaccard(frozenset(said.blast_radius), frozenset(truth.blast_radius))))
    if truth.remediation is not None:
        parts.append((0.2, float(said.remediation is truth.remediation)))
    weight = sum(w for w, _ in parts)
    return 0.5 * sum(w * worth for w, worth in parts) / weight if weight else 0.0


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0
