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

from bot.app import Place, made_up_place, open_store, team
from bot.config import read_settings
from incident.facts import Diagnosis, Verdict
from incident.hands import Hands
from incident.model import Incident
from incident.ports import Store
from incident.responder import Responder
from incident.values import Window
from scenarios.answers import AnswerKey, answer_key
from scenarios.files import scenarios

QUESTIONS = ("service", "category", "change", "rival", "action", "ends as")
FIRED = datetime(2026, 3, 10, 14, 20, tzinfo=UTC)
"""Always the same moment, so that a seed is always the same incident."""


class Run(NamedTuple):
    """One incident: which answers were right (name by name), what the baseline got right, and what it took."""

    right: dict[str, bool]
    newest_blamed_rightly: bool
    confidence: float
    seconds: float


async def investigated(place: Place, store: Store) -> Incident:
    """Run the whole job, as ``investigate`` does, leaving questions open."""
    settings = read_settings()
    hands = Hands(store, (), team(place, settings), place.telemetry, place.clock, settings.policy(), place.deployer)
    responder = Responder(hands)
    return await responder.advance(await responder.open(place.alert, place.target, place.world, place.environment))


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
    incident = await investigated(place, store)
    seconds = time.perf_counter() - started
    diagnosis = incident.last(Diagnosis)
    key = answer_key(target)
    changes = await place.telemetry.changes(Window(FIRED - timedelta(days=14), FIRED))
    newest = max(changes, key=lambda c: c.at).id if changes else None
    return Run(graded(incident, key), newest == key.culprit_change, diagnosis.confidence if diagnosis else 0.0, seconds)


async def measure(targets: Sequence[str], seeds: int) -> bool:
    """Print a line a scenario; return whether everything was right."""
    print(
        f"{'scenario':<22}"
        + "".join(f"{q:>10}" for q in QUESTIONS)
        + f"{'newest':>10}{'confidence':>14}{'s, median':>11}"
    )
    perfect = True
    with tempfile.TemporaryDirectory() as scratch:
        apart = read_settings().model_copy(update={"database_url": f"sqlite+aiosqlite:///{scratch}/runs.db"})
        async with open_store(apart) as store:
            for target in targets:
                runs = [await run(target, seed, store) for seed in range(seeds)]
                right = Counter(q for one in runs for q, yes in one.right.items() if yes)
                perfect &= all(right[q] == seeds for q in QUESTIONS)
                wrong = [seed for seed, one in enumerate(runs) if not all(one.right.values())]
                low, high = min(r.confidence for r in runs), max(r.confidence for r in runs)
                print(
                    f"{Path(target).stem:<22}"
                    + "".join(f"{right[q]:>7}/{seeds}" for q in QUESTIONS)
                    + f"{sum(r.newest_blamed_rightly for r in runs):>7}/{seeds}"
                    + f"{low:>8.2f}-{high:.2f}{sorted(r.seconds for r in runs)[seeds // 2]:>11.2f}"
                    + (f"  wrong with seeds {', '.join(map(str, wrong))}" if wrong else "")
                )
    return perfect


def main() -> int:
    """Measure and return 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=[listed.name for listed in scenarios()], help="names or files")
    parser.add_argument("--seeds", type=int, default=20)
    wishes = parser.parse_args()
    return 0 if asyncio.run(measure(wishes.targets, wishes.seeds)) else 1


if __name__ == "__main__":
    sys.exit(main())
