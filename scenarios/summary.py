"""Grades of many cases as the figures of one table row per source."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, pairwise
from statistics import fmean

from incident.values import Value
from scenarios.grading import ActionGrade, ChangeGrade, Grade

BINS = 10
"""Equal-mass bins of the calibration error."""
Share = float | None


class Summary(Value):
    """All figures of one source. Shares are of the cases whose key tells (``services_graded``, ``changes_graded``).

    None where no case tells. ``seconds`` is the mean, ``seconds_max`` and ``peak_mb`` the worst case, ``tokens`` and
    ``model_calls`` are means. ``guilty`` counts cases in which a change did it: what right actions are out of.
    """

    source: str
    cases: int
    services_graded: int
    ac1: Share
    ac3: Share
    ac5: Share
    avg5: Share
    changes_graded: int
    change_right: int
    decoy_hits: int
    innocent_blamed: int
    missed: int
    abstained: int
    reward: Share
    guilty: int
    right_done: int
    right_offered: int
    wrong_rollbacks: int
    wrong_asks: int
    brier: Share
    calibration_error: Share
    seconds: float
    seconds_max: float
    peak_mb: float
    model_calls: float
    tokens: float


def source_of(case: str) -> str:
    """Return what a case's name has before its first hyphen: it groups the table and nothing else."""
    return case.split("-", 1)[0]


def summarise(grades: Iterable[Grade]) -> tuple[Summary, ...]:
    """Return one summary per source, by name: never pooled."""
    ordered = sorted(grades, key=lambda grade: (source_of(grade.case), grade.case))
    return tuple(_summary(source, tuple(group)) for source, group in groupby(ordered, lambda g: source_of(g.case)))


def _summary(source: str, grades: tuple[Grade, ...]) -> Summary:
    changes = [grade.change for grade in grades if grade.change is not None]
    actions = [grade.action for grade in grades if grade.action is not None]
    sure = [(grade.confidence, grade.right) for grade in grades if grade.right is not None]
    return Summary(
        source=source,
        cases=len(grades),
        services_graded=sum(grade.rank is not None for grade in grades),
        ac1=_mean(grades, lambda grade: grade.within(1)),
        ac3=_mean(grades, lambda grade: grade.within(3)),
        ac5=_mean(grades, lambda grade: grade.within(5)),
        avg5=_mean(grades, lambda grade: grade.avg5),
        changes_graded=len(changes),
        change_right=changes.count(ChangeGrade.RIGHT),
        decoy_hits=changes.count(ChangeGrade.DECOY),
        innocent_blamed=changes.count(ChangeGrade.INNOCENT),
        missed=changes.count(ChangeGrade.MISSED),
        abstained=changes.count(ChangeGrade.ABSTAINED),
        reward=_mean(grades, lambda grade: grade.reward),
        guilty=sum(grade.guilty is True for grade in grades),
        right_done=actions.count(ActionGrade.RIGHT_DONE),
        right_offered=actions.count(ActionGrade.RIGHT_OFFERED),
        wrong_rollbacks=actions.count(ActionGrade.WRONG_ROLLBACK),
        wrong_asks=actions.count(ActionGrade.WRONG_ASK),
        brier=brier(sure),
        calibration_error=calibration_error(sure),
        seconds=fmean(grade.seconds for grade in grades),
        seconds_max=max(grade.seconds for grade in grades),
        peak_mb=max(grade.peak_mb for grade in grades),
        model_calls=fmean(grade.model_calls for grade in grades),
        tokens=fmean(grade.tokens for grade in grades),
    )


def _mean(grades: Sequence[Grade], figure: Callable[[Grade], Share]) -> Share:
    told = [value for grade in grades if (value := figure(grade)) is not None]
    return fmean(told) if told else None


def brier(sure: Sequence[tuple[float, bool]]) -> Share:
    """Return the mean squared distance of confidence from the truth (Brier 1950): 0 is perfect, 0.25 a coin."""
    return fmean((confidence - right) ** 2 for confidence, right in sure) if sure else None


def calibration_error(sure: Sequence[tuple[float, bool]]) -> Share:
    """Return the expected calibration error over 10 bins of equally many answers (Nguyen and O'Connor 2015)."""
    parts = equal_mass(sure)
    return sum(abs(sum(c - right for c, right in part)) for part in parts) / len(sure) if sure else None


def equal_mass(sure: Sequence[tuple[float, bool]]) -> list[list[tuple[float, float]]]:
    """Return up to 10 bins of equally many answers, each as confidence and correctness, the least sure first.

    Answers of the same confidence share their mean correctness, so that no order among them changes a bin.
    """
    level: list[tuple[float, float]] = []
    for confidence, ties in groupby(sorted(sure), key=lambda answer: answer[0]):
        rights = [float(right) for _, right in ties]
        level += [(confidence, fmean(rights))] * len(rights)
    edges = [round(len(level) * i / BINS) for i in range(BINS + 1)]
    return [level[a:b] for a, b in pairwise(edges) if a < b]
