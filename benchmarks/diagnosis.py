"""How well causes are found, beside published methods and simple scripts, in one run.

    python benchmarks/diagnosis.py FOLDER... [--source NAME] [--generated N] [--ablate]

Prints tables in Markdown, one a source, with 95 % intervals; docs/diagnosis.md says what is measured. Each case runs in
a process of its own, so that its peak of memory is its own. Exits with 1 where our method did a wrong rollback or
gave no answer.
"""

import argparse
import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from diagnosis_cases import Case, generated_case, recorded_case
from diagnosis_methods import OURS, measured
from diagnosis_tables import Outcome, report

from bot.evaluation import find_cases
from scenarios.grading import ActionGrade


def everything(cases: Sequence[Case], *, ablate: bool) -> Iterator[Outcome]:
    """Yield the outcomes of all cases, each from a fresh process; one that dies costs its own case."""
    fresh = multiprocessing.get_context("spawn")
    for number, case in enumerate(cases, 1):
        print(f"{number} of {len(cases)}: {case.name}", file=sys.stderr, flush=True)
        with ProcessPoolExecutor(1, mp_context=fresh) as alone:
            try:
                yield from alone.submit(measured, case, ablate=ablate).result()
            except BrokenProcessPool:
                sys.exit(f"{case.name}: its process died; is there enough memory?")


def main() -> int:
    """Measure and print; return 1 where our method did harm, or gave no answer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="cases, or folders of cases, with answer keys")
    parser.add_argument("--source", action="append", help="only cases whose name begins with this and a hyphen")
    parser.add_argument("--generated", type=int, default=0, metavar="N", help="and so many generated incidents")
    parser.add_argument("--ablate", action="store_true", help="our method with fewer signals, too")
    wishes = parser.parse_args()
    cases = [recorded_case(folder) for folder in sorted(set(find_cases(wishes.folders)))]
    cases += [generated_case(seed) for seed in range(wishes.generated)]
    cases = [case for case in cases if not wishes.source or case.source in wishes.source]
    if not cases:
        parser.error("no case: name folders that hold alert.json and truth.json, or --generated N")
    outcomes = list(everything(cases, ablate=wishes.ablate))
    print("\n".join(report(outcomes, OURS)))
    mine = [one for one in outcomes if one.method == OURS]
    return int(any(one.why_not or one.grade.action is ActionGrade.WRONG_ROLLBACK for one in mine))


if __name__ == "__main__":
    sys.exit(main())
