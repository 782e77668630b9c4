"""Runs our method, the same with signals withheld, and the baselines on one case of `diagnosis.py`, and grades them."""

import asyncio
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from baselines import METHODS, CannotTell, Sight
from diagnosis_cases import Case, Opened, opened
from diagnosis_tables import Outcome
from withheld import Part, Withheld

from bot.config import read_settings
from bot.evaluation import KIB_PER_MB, Ungraded, answer, investigated
from incident.diagnosis import Category, Conclusion, Usage
from incident.ports import NotRecorded, Store, Telemetry, Unreadable
from scenarios.grading import Answer, grade
from storage.database import Database
from storage.store import SqlStore

OURS = "ours"
LEVELS = {
    "metrics only": (Part.METRICS,),
    "+ logs": (Part.METRICS, Part.LOGS),
    "+ spans": (Part.METRICS, Part.LOGS, Part.SPANS),
}
"""Our method with less; with changes, too, it is whole."""
NO_ANSWER = Conclusion(cause="no answer", category=Category.UNKNOWN)


class Tried(NamedTuple):
    """What a method answered and took; ``why_not`` where it gave no answer."""

    answer: Answer
    why_not: str
    seconds: float
    cpu: float


def measured(case: Case, *, ablate: bool) -> list[Outcome]:
    """Run every method on a case in this process, ours first."""
    import agents.session  # noqa: F401 - a server has loaded its libraries long before it is paged

    return asyncio.run(_measured(case, ablate=ablate))


async def _measured(case: Case, *, ablate: bool) -> list[Outcome]:
    async with _a_store() as store:
        one = await opened(case)
        whole = await _ours(case, one, tuple(Part), store)
        outcomes = [_outcome(case, one, OURS, whole)]
        recorded = await _recorded(one.place.telemetry)
        done = {recorded: whole}
        for level, parts in LEVELS.items() if ablate else ():
            told = recorded & set(parts)
            if told not in done:
                done[told] = await _ours(case, await opened(case), parts, store)
            outcomes.append(_outcome(case, one, level, done[told]))
    return [*outcomes, *await _baselines(case)]


async def _baselines(case: Case) -> list[Outcome]:
    """Run the baselines; what they need is loaded and read beforehand, and our memory was measured before that."""
    import sklearn.feature_extraction.text  # noqa: F401

    one = await opened(case)
    await _recorded(one.place.telemetry)
    return [_outcome(case, one, method, await _beside(case, one, method)) for method in METHODS]


@asynccontextmanager
async def _a_store() -> AsyncIterator[SqlStore]:
    with tempfile.TemporaryDirectory() as scratch:
        async with Database(f"sqlite+aiosqlite:///{scratch}/diagnosis.db") as database:
            await database.upgrade()
            yield SqlStore(database)


async def _recorded(telemetry: Telemetry) -> frozenset[Part]:
    """Return what there is to withhold: where there is none of it, a level is the same as the one before."""
    window = await telemetry.extent()
    found = set()
    for part in Part:
        try:
            await getattr(telemetry, part)(window)
            found.add(part)
        except NotRecorded:
            continue
        except Unreadable:
            found.add(part)
    return frozenset(found)


async def _ours(case: Case, one: Opened, parts: Sequence[Part], store: Store) -> Tried:
    telemetry = Withheld(one.place.telemetry, parts)
    started, cpu = time.perf_counter(), time.process_time()
    try:
        ended = await investigated(one.place._replace(telemetry=telemetry), read_settings(), store)
        given, why_not = answer(case.name, ended), ""
    except Ungraded as why:
        given, why_not = Answer(case.name, NO_ANSWER, None, Usage(model=OURS)), str(why)
    seconds, spent = time.perf_counter() - started, time.process_time() - cpu
    return Tried(given._replace(peak_mb=_peak()), why_not, seconds, spent)


async def _beside(case: Case, one: Opened, method: str) -> Tried:
    started, cpu = time.perf_counter(), time.process_time()
    try:
        said, why_not = await METHODS[method](Sight(one.place.alert, one.place.telemetry)), ""
    except (CannotTell, Unreadable) as why:
        said, why_not = NO_ANSWER, str(why)
    except NotRecorded as lacking:
        said, why_not = NO_ANSWER, f"not recorded: {lacking}"
    seconds, spent = time.perf_counter() - started, time.process_time() - cpu
    return Tried(Answer(case.name, said, None, Usage(model=method)), why_not, seconds, spent)


def _peak() -> float:
    """Return this process's peak of memory in MB: Linux's own figure, as that of `getrusage` survives `exec`."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / KIB_PER_MB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MB


def _outcome(case: Case, one: Opened, method: str, tried: Tried) -> Outcome:
    graded = grade(tried.answer, one.truth, one.known)
    if tried.why_not:  # an answer that wasn't given is not half right because the key says "none"
        graded = graded.model_copy(
            update={
                "rank": None if graded.rank is None else 0,
                "reward": None if graded.reward is None else 0.0,
                "right": None if graded.right is None else False,
            }
        )
    graded = graded.model_copy(update={"seconds": tried.seconds})
    said = tried.answer.conclusion
    return Outcome(
        source=case.source,
        method=method,
        kind=one.kind,
        cause=one.cause,
        grade=graded,
        cpu=tried.cpu,
        why_not=tried.why_not,
        names=said.culprit_service is not None or said.culprit_change is not None,
        said=_said(said),
        key=_key(one),
    )


def _said(said: Conclusion) -> str:
    blamed = said.culprit_change
    named = (blamed.commit or blamed.id or "a change")[:12] if blamed else said.category.value
    return f"{', '.join(said.ranking[:3]) or 'nobody'}; {named}; confidence {said.confidence:.2f}"


def _key(one: Opened) -> str:
    truth = one.truth
    change = (truth.culprit_commit or truth.culprit_change or "no change")[:12] if truth.tells_change else ""
    return "; ".join(filter(None, (", ".join(sorted(truth.services)) or "nobody", change)))
