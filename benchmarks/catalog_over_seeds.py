"""Made-up incidents, over many seeds, against their answer keys: ``python benchmarks/catalog_over_seeds.py``.

Beside it, in the same run, what a script would do that always blames (and undoes) the newest change.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bot.app import Place, made_up_place
from bot.config import read_settings
from bot.evaluation import investigated
from bot.kept import open_store
from incident.facts import Action, Diagnosis, Verdict
from incident.model import Incident
from incident.ports import NotRecorded, Store
from incident.values import Window
from scenarios.answers import AnswerKey, answer_key
from scenarios.files import scenarios

QUESTIONS = ("service", "category", "change", "rival", "action", "ends as")
FIRED = datetime(2026, 3, 10, 14, 20, tzinfo=UTC)
"""Always the same moment, so that a seed is always the same incident."""


class Run(NamedTuple):
    """One incident: which answers were right, whether a wrong rollback was done or offered, and what it took.

    ``newest_guilty``: blaming the newest change, as a script would, would have been right.
    """

    right: dict[str, bool]
    harm: bool
    newest_guilty: bool
    confidence: float
    seconds: float


def graded(incident: Incident, key: AnswerKey) -> dict[str, bool]:
    """Compare what was concluded and done with the answer key."""
    diagnosis, verdict = incident.last(Diagnosis), incident.last(Verdict)
    if diagnosis is None or verdict is None:
        return dict.fromkeys(QUESTIONS, False)
    change = diagnosis.culprit_change.id if diagnosis.culprit_change else None
    services = key.culprit_services or (None,)
    named = diagnosis.culprit_service in services or (change is None and "none" in key.categories)
    return {
        "service": named,
        "category": diagnosis.category in key.categories,
        "change": change == key.culprit_change,
        "rival": key.rival_change is None or key.rival_change in {r.change for r in diagnosis.rivals},
        "action": verdict.action == key.action,
        "ends as": incident.status == key.ends_as,
    }


async def run(target: str, seed: int, store: Store) -> Run:
    """Investigate one scenario with one seed."""
    started = time.perf_counter()
    place = made_up_place(target, seed, FIRED)
    incident = await investigated(place, read_settings(), store)
    seconds = time.perf_counter() - started
    diagnosis = incident.last(Diagnosis)
    key = answer_key(target)
    newest = await newest_change(place)
    verdict = incident.last(Verdict)
    proposed = verdict.plan.change if verdict and verdict.plan and verdict.action is not Action.REPORT else None
    return Run(
        right=graded(incident, key),
        harm=proposed not in {None, key.culprit_change, key.rival_change},
        newest_guilty=newest == key.culprit_change,
        confidence=diagnosis.confidence if diagnosis else 0.0,
        seconds=seconds,
    )


async def newest_change(place: Place) -> str | None:
    """Return what a script would blame that always blames the newest change before the alert."""
    try:
        changes = await place.telemetry.changes(Window(FIRED - timedelta(days=14), FIRED))
    except NotRecorded:
        return None
    return max(changes, key=lambda c: c.at).id if changes else None


async def measure(targets: Sequence[str], seeds: int, *, only_harm: bool) -> bool:
    """Print a line a scenario; return whether everything was right, or at least nobody was harmed."""
    width = max(22, *(len(Path(target).stem) + 1 for target in targets))
    heads = (*QUESTIONS, "harm", "newest")
    print(f"{'scenario':<{width}}" + "".join(f"{head:>10}" for head in heads) + f"{'confidence':>14}{'s, median':>11}")
    well = True
    with tempfile.TemporaryDirectory() as scratch:
        apart = read_settings().model_copy(update={"database_url": f"sqlite+aiosqlite:///{scratch}/runs.db"})
        async with open_store(apart) as store:
            for target in targets:
                runs = [await run(target, seed, store) for seed in range(seeds)]
                print(f"{Path(target).stem:<{width}}{line(runs)}", flush=True)
                well &= not any(one.harm if only_harm else one.harm or not all(one.right.values()) for one in runs)
    return well


def line(runs: Sequence[Run]) -> str:
    """Return the figures of one scenario."""
    right = Counter(question for one in runs for question, yes in one.right.items() if yes)
    counts = (*(right[q] for q in QUESTIONS), sum(one.harm for one in runs), sum(one.newest_guilty for one in runs))
    shares = "".join(f"{f'{n}/{len(runs)}':>10}" for n in counts)
    low, high = (pick(one.confidence for one in runs) for pick in (min, max))
    wrong = ", ".join(str(seed) for seed, one in enumerate(runs) if not all(one.right.values()))
    median = sorted(one.seconds for one in runs)[len(runs) // 2]
    return f"{shares}{f'{low:.2f}-{high:.2f}':>14}{median:>11.2f}" + (f"  wrong with seeds {wrong}" if wrong else "")


def main() -> int:
    """Measure and return 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=[listed.name for listed in scenarios()], help="names or files")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--only-harm", action="store_true", help="fail only where a wrong rollback was done or offered")
    wishes = parser.parse_args()
    return 0 if asyncio.run(measure(wishes.targets, wishes.seeds, only_harm=wishes.only_harm)) else 1


if __name__ == "__main__":
    sys.exit(main())
