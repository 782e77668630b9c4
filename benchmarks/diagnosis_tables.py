"""The tables that `diagnosis.py` prints, as Markdown: one a source, never pooled."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from statistics import fmean, median
from typing import NamedTuple

from intervals import interval

from scenarios.grading import ChangeGrade, Grade
from scenarios.summary import equal_mass, summarise

SURE = 0.85


class Outcome(NamedTuple):
    """What one method made of one case. ``cause`` is shared by cases of one root cause, ``why_not``: no answer.

    ``names``: somebody or something is blamed.
    """

    source: str
    method: str
    kind: str
    cause: str
    grade: Grade
    cpu: float
    why_not: str
    names: bool
    said: str
    key: str


Figure = Callable[[Grade], float | None]


def report(outcomes: Sequence[Outcome], ours: str) -> Iterator[str]:
    """Yield the lines of all tables."""
    by_source = sorted(outcomes, key=lambda one: one.source)
    for source, group in groupby(by_source, lambda one: one.source):
        of_source = list(group)
        mine = [one for one in of_source if one.method == ours]
        yield from (f"### {source}: {len(mine)} cases", "", *_methods(of_source), "", *_of_ours(mine), "")
        if len({one.kind for one in mine}) > 1:
            yield from (*_kinds(mine), "")
        yield from (*_calibration(mine), "", *_wrong(mine))


def _methods(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield from _head(
        "method", "AC@1", "AC@3", "AC@5", "Avg@5", "change right", "decoys", "other innocents", "reward", "no answer",
        "seconds, median / worst",
    )  # fmt: skip
    for method in dict.fromkeys(one.method for one in outcomes):
        yield _row(method, *_figures([one for one in outcomes if one.method == method]))


def _figures(of_method: Sequence[Outcome]) -> Iterator[str]:
    if all(one.why_not for one in of_method):
        yield from ("-",) * 8
    else:
        blamed = [one.grade.change for one in of_method]
        graded = any(blamed)
        yield _mean(of_method, lambda g: g.within(1))
        yield _mean(of_method, lambda g: g.within(3), spread=False)
        yield _mean(of_method, lambda g: g.within(5), spread=False)
        yield _mean(of_method, lambda g: g.avg5)
        yield _mean(of_method, _change_right)
        yield str(blamed.count(ChangeGrade.DECOY)) if graded else "-"
        yield str(blamed.count(ChangeGrade.INNOCENT)) if graded else "-"
        yield _mean(of_method, lambda g: g.reward)
    yield str(sum(bool(one.why_not) for one in of_method))
    yield _typical([one.grade.seconds for one in of_method])


def _change_right(graded: Grade) -> float | None:
    return None if graded.change is None else float(graded.change is ChangeGrade.RIGHT)


def _mean(outcomes: Sequence[Outcome], figure: Figure, *, spread: bool = True) -> str:
    told = [(one.cause, value) for one in outcomes if (value := figure(one.grade)) is not None]
    if not told:
        return "-"
    mean = f"{fmean(value for _, value in told):.2f}"
    return f"{mean} [{' to '.join(f'{end:.2f}' for end in interval(told))}]" if spread else mean


def _of_ours(mine: Sequence[Outcome]) -> Iterator[str]:
    (total,) = summarise(one.grade for one in mine)
    sure = [one.grade.right for one in mine if one.grade.right is not None and one.grade.confidence >= SURE]
    graded = sum(one.grade.right is not None for one in mine)
    yield from _head("our method", "")
    yield _row("Brier score / expected calibration error", f"{_share(total.brier)} / {_share(total.calibration_error)}")
    yield _row(f"right of those with confidence ≥ {SURE} / all", f"{sum(sure)} of {len(sure)} / {graded}")
    yield _row("wrong rollbacks done / asked for", f"{total.wrong_rollbacks} / {total.wrong_asks}")
    yield _row("right ones done + offered / guilty", f"{total.right_done} + {total.right_offered} / {total.guilty}")
    yield _row("missed / abstained", f"{total.missed} / {total.abstained}")
    yield _row("CPU seconds, median / worst", _typical([one.cpu for one in mine]))
    yield _row("peak MB, median / worst", _typical([one.grade.peak_mb for one in mine], digits=0))


def _kinds(mine: Sequence[Outcome]) -> Iterator[str]:
    yield from _head(
        "kind", "cases", "AC@1", "change right", "decoys and innocents", "names a culprit", "confidence", "right"
    )
    for kind in sorted({one.kind for one in mine}):
        of_kind = [one for one in mine if one.kind == kind]
        blamed = [one.grade.change for one in of_kind]
        yield _row(
            kind,
            str(len(of_kind)),
            _mean(of_kind, lambda g: g.within(1), spread=False),
            _mean(of_kind, _change_right, spread=False),
            str(blamed.count(ChangeGrade.DECOY) + blamed.count(ChangeGrade.INNOCENT)),
            str(sum(one.names for one in of_kind)),
            f"{fmean(one.grade.confidence for one in of_kind):.2f}",
            _mean(of_kind, lambda g: None if g.right is None else float(g.right), spread=False),
        )


def _calibration(mine: Sequence[Outcome]) -> Iterator[str]:
    """Yield the ten bins of equally many answers; those that look the same, by many equal confidences, in one line."""
    yield from _head("confidence from", "to", "mean", "right", "cases")
    parts = equal_mass([(one.grade.confidence, one.grade.right) for one in mine if one.grade.right is not None])
    for looks, alike in groupby(parts, _bin):
        yield _row(*looks, str(sum(map(len, alike))))


def _bin(part: Sequence[tuple[float, float]]) -> tuple[str, ...]:
    said, right = [confidence for confidence, _ in part], [worth for _, worth in part]
    return tuple(f"{figure:.2f}" for figure in (min(said), max(said), fmean(said), fmean(right)))


def _wrong(mine: Sequence[Outcome]) -> Iterator[str]:
    """Yield what our method got wrong: its first three services, change or category, beside the key."""
    for one in mine:
        if one.why_not or not one.grade.right or one.grade.rank not in {None, 1}:
            yield f"- {one.grade.case}: said {one.said}; the key: {one.key}{one.why_not and f'; {one.why_not}'}"


def _head(*names: str) -> tuple[str, str]:
    return _row(*names), _row(*("---" for _ in names))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _typical(values: Sequence[float], digits: int = 2) -> str:
    return f"{median(values):.{digits}f} / {max(values):.{digits}f}"


def _share(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.2f}"
