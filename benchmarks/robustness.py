"""Whether an answer hangs on what shouldn't matter: ``python benchmarks/robustness.py FOLDER...``.

Each recorded incident is investigated again with its names, units, dates, gaps and row order changed in memory, and
its first service and its change are graded. The table has a line a change and a column a source.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from mutations import MUTATIONS, Mutated, Mutation

from bot.app import Place, recorded_place
from bot.config import Settings, read_settings
from bot.evaluation import Ungraded, answer, find_cases, investigated, known
from bot.kept import open_store
from incident.ports import Store
from scenarios.grading import Grade, grade
from scenarios.summary import source_of
from scenarios.truth import Truth, read_truth


async def graded(case: Path, mutation: Mutation, settings: Settings, store: Store) -> Grade | None:
    """Investigate a case as one mutation leaves it; None where there is no diagnosis."""
    place = mutated(recorded_place(case), mutation)
    truth = renamed(read_truth(case) or Truth(), mutation)
    try:
        return grade(answer(case.name, await investigated(place, settings, store)), truth, await known(case))
    except Ungraded:
        return None


def mutated(place: Place, mutation: Mutation) -> Place:
    """Return a place whose page and telemetry are another's."""
    alert = mutation.alert(place.alert)
    as_of = None if place.as_of is None else place.as_of + mutation.later
    clock = type(place.clock)(lambda: place.clock.now() + mutation.later)
    telemetry = Mutated(place.telemetry, mutation, place.alert)
    return place._replace(alert=alert, telemetry=telemetry, as_of=as_of, clock=clock)


def renamed(truth: Truth, mutation: Mutation) -> Truth:
    """Return the answer key with the services' new names."""
    one, hurt = truth.culprit_service, truth.blast_radius
    names = {
        "culprit_service": None if one is None else mutation.service(one),
        "culprit_services": tuple(map(mutation.service, truth.culprit_services)),
        "blast_radius": None if hurt is None else tuple(map(mutation.service, hurt)),
    }
    return truth.model_copy(update={k: v for k, v in names.items() if k in truth.model_fields_set})


async def measure(cases: Sequence[Path], mutations: Sequence[Mutation], *, verbose: bool) -> None:
    """Print the table line by line."""
    sources = sorted({source_of(case.name) for case in cases})
    print(f"{'AC@1 / reward':<24}" + "".join(f"{f'{s} ({n(cases, s)})':>24}" for s in sources), flush=True)
    settings = read_settings()
    with tempfile.TemporaryDirectory() as scratch:
        apart = settings.model_copy(update={"database_url": f"sqlite+aiosqlite:///{scratch}/runs.db"})
        async with open_store(apart) as store:
            for mutation in mutations:
                grades: dict[str, list[Grade]] = defaultdict(list)
                for case in cases:
                    one = await graded(case, mutation, settings, store)
                    if one is not None:
                        grades[source_of(case.name)].append(one)
                print(f"{mutation.name:<24}" + "".join(f"{column(grades[s]):>24}" for s in sources), flush=True)
                if verbose:
                    every = [g for found in grades.values() for g in found]
                    wrong = [f"{g.case} {g.rank} {g.change or ''}" for g in every if g.rank != 1 or not g.right]
                    print(f"{'':<24}{'; '.join(wrong)}", flush=True)


def n(cases: Sequence[Path], source: str) -> int:
    """Count a source's cases."""
    return sum(source_of(case.name) == source for case in cases)


def column(grades: Sequence[Grade]) -> str:
    """Return the figures of one source: AC@1, and where changes are graded the reward, decoys and wrong rollbacks."""
    ranked = [g.within(1) for g in grades if g.rank is not None]
    first = f"{sum(x or 0.0 for x in ranked) / len(ranked):.2f}" if ranked else "-"
    rewards = [g.reward for g in grades if g.reward is not None]
    if not rewards:
        return first
    decoys = sum(g.change == "decoy" for g in grades)
    return f"{first} / {sum(rewards) / len(rewards):.2f}, {decoys} decoys"


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--only", nargs="*", default=[m.name for m in MUTATIONS], help="names of mutations")
    parser.add_argument("--verbose", action="store_true", help="name the cases that went wrong")
    wishes = parser.parse_args()
    chosen = [m for m in MUTATIONS if m.name in wishes.only]
    asyncio.run(measure(sorted(set(find_cases(wishes.folders))), chosen, verbose=wishes.verbose))
    return 0


if __name__ == "__main__":
    sys.exit(main())
