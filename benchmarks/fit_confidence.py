"""Learn again how sure answers may be, and show how well that holds on incidents that weren't learnt from.

    python benchmarks/fit_confidence.py FOLDER --generated 2000 --keep /tmp/answered

Investigates the recorded incidents in FOLDER and as many made-up ones once (what is kept is read the next time; delete
it where measuring has changed, as weighing alone is done again), fits `agents/analysis/calibration.toml` on all of
them, and draws `docs/images/reliability.png`. What it prints and draws is out of fold: each answer judged by
parameters for which its root cause, or its seed, was left out. docs/diagnosis.md says what is in the tables.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
from answered import GENERATED, Answered, generated, recorded
from logistic import Array, Fitted, chance, fit
from reliability import Shown, draw, table

from agents.analysis.calibration import PARAMETERS, Sort, View, features, sort_of
from agents.analysis.conclusion import conclude
from agents.analysis.confidence import strength
from agents.analysis.explanation import Hypothesis
from agents.analysis.hypotheses import weigh
from agents.analysis.observations import ChangeSeen, CommitSeen, read
from agents.analysis.rivalry import bound, rivals
from agents.analysis.services import fuse
from agents.analysis.symptoms import signature
from bot.evaluation import find_cases
from incident.diagnosis import Category, Usage
from incident.evidence import Evidence
from scenarios.grading import Answer, grade
from scenarios.truth import Truth

USED: Mapping[Sort, tuple[str, ...]] = {
    Sort.CHANGE: ("strength", "margin", "agreement", "uncontradicted", "specific", "ahead", "coverage", "order"),
    Sort.NATURAL: ("strength", "unchanged", "margin", "agreement", "uncontradicted", "coverage", "ahead"),
    Sort.NOTHING: ("strength", "unchanged", "coverage"),
    Sort.PLACE: ("ahead", "undivided", "earliest", "coverage"),
    Sort.OPEN: (),
}
"""What each sort of answer is judged by."""
FOLDS = 10
FIRST_SEED = 50_000
"""Seeds from here on are for fitting: those below are what others measure on."""
RIDGE = 1.0
RECORDED = 0.25
"""The share that recorded incidents count for together: of made-up ones, which resemble each other, there is no end."""
ANCHOR = 10.0
"""What it counts that an answer for which nothing speaks at all is wrong: no case shows that, and people expect it."""
PICTURE = Path(__file__).parent.parent / "docs" / "images" / "reliability.png"


class Row(NamedTuple):
    """One answer: what it claims, what speaks for it, how sure it may be at most, and whether it was right.

    ``told`` is the answer that was given; the others are the same incidents with their changes withheld.
    """

    source: str
    cause: str
    sort: Sort
    speaks: tuple[float, ...]
    bound: float
    right: bool
    told: bool


def rows(cases: Iterator[Answered]) -> Iterator[Row]:
    """Weigh what was found; made-up incidents a second time without their changes, to learn where trouble began."""
    for case in cases:
        whole = _row(case, case.evidence)
        yield whole
        if case.source == GENERATED and whole.sort is not Sort.PLACE:
            less = [e for e, seen in zip(case.evidence, read(case.evidence), strict=True) if not _changed(seen.what)]
            yield _row(case, less)._replace(told=False)


def _changed(what: object) -> bool:
    return isinstance(what, ChangeSeen | CommitSeen)


def _row(case: Answered, evidence: Sequence[Evidence]) -> Row:
    found, seen = weigh(case.alert, evidence), tuple(read(evidence))
    first = found[0]
    view = View(seen, fuse(case.alert, seen, signature(case.alert, seen)), found[1:], rivals(first, found[1:]))
    sort = sort_of(first, seen)
    said = Answer(case.name, conclude(case.alert, evidence, found, first, ()), None, Usage(model=""))
    key = _place(case.truth) if sort is Sort.PLACE else case.truth
    speaks = features(first, view)
    right = grade(said, key, case.known).right is True
    cause = case.name if case.source == GENERATED else case.cause
    return Row(
        case.source, cause, sort, tuple(speaks[name] for name in USED[sort]), bound(first, view), right, told=True
    )


def _place(truth: Truth) -> Truth:
    """Return a key that doesn't tell of changes: who could not look at any can't be asked which it was."""
    return Truth(culprit_services=tuple(sorted(truth.services))) if truth.services else Truth(culprit_service=None)


def learnt(among: Sequence[Row], sort: Sort) -> Fitted:
    """Fit one sort of answer."""
    mine = [row for row in among if row.sort is sort]
    right = np.array([0.0, *(float(row.right) for row in mine)])
    made_up = sum(row.source == GENERATED for row in among)
    worth = RECORDED / (1 - RECORDED) * made_up / max(1, len(among) - made_up)
    counts = np.array([ANCHOR, *(1.0 if row.source == GENERATED else worth for row in mine)])
    if not USED[sort]:
        share = (float(right @ counts) + 1) / (float(counts.sum()) + 2)
        return Fitted(float(np.log(share / (1 - share))), ())
    return fit(np.vstack([_for_nothing(sort), _matrix(mine)]), right, counts, RIDGE)


def _for_nothing(sort: Sort) -> list[float]:
    nothing = Hypothesis(category=Category.UNKNOWN, service=None, what="nothing", strength=strength(()))
    speaks = features(nothing, View())
    return [speaks[name] for name in USED[sort]]


def _matrix(mine: Sequence[Row]) -> Array:
    return np.array([row.speaks for row in mine], dtype=float)


def out_of_fold(every: Sequence[Row]) -> list[Shown]:
    """Judge each answer that was given by parameters that its cause was left out of."""
    folds = [crc32(row.cause.encode()) % FOLDS for row in every]
    found = []
    for fold in range(FOLDS):
        others = [row for row, its in zip(every, folds, strict=True) if its != fold]
        held = [row for row, its in zip(every, folds, strict=True) if its == fold and row.told]
        for sort in Sort:
            mine = [row for row in held if row.sort is sort]
            if mine:
                sure = chance(learnt(others, sort).odds(_matrix(mine)))
                found += [
                    Shown(row.source, row.sort, fold, min(float(p), row.bound), row.right)
                    for row, p in zip(mine, sure, strict=True)
                ]
    return found


def written(every: Sequence[Row]) -> str:
    """Return the parameters as TOML."""
    lines = ["# Made by benchmarks/fit_confidence.py; docs/diagnosis.md says from what."]
    for sort in Sort:
        fitted = learnt(every, sort)
        kept = {name: w for name, w in zip(USED[sort], fitted.weights, strict=True) if w >= 0.0005}  # noqa: PLR2004 - it would be written as 0
        lines += ["", f"[{sort}]", f"intercept = {fitted.intercept:.3f}"]
        lines += [f"{name} = {weight:.3f}" for name, weight in kept.items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Collect, fit, print, draw and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="folders of recorded incidents")
    parser.add_argument("--generated", type=int, default=2000)
    parser.add_argument("--keep", type=Path, required=True, help="a folder outside the tree")
    parser.add_argument("--processes", type=int, default=2)
    wishes = parser.parse_args()
    seeds = range(FIRST_SEED, FIRST_SEED + wishes.generated)
    every = [
        *rows(recorded(sorted(find_cases(wishes.folders)), wishes.keep)),
        *rows(generated(seeds, wishes.keep, wishes.processes)),
    ]
    shown = out_of_fold(every)
    print(table(shown))
    PARAMETERS.write_text(written(every))
    draw(shown, PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
