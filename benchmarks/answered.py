"""Incidents with keys, investigated once: what was found and answered is kept in a folder, to weigh again and again."""

import asyncio
import gzip
import json
import multiprocessing
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from agents.investigator import TeamInvestigator
from bot.app import AFTERMATH, recorded_place
from incident.alert import Alert
from incident.change import Change
from incident.evidence import Evidence
from incident.facts import Diagnosis, Turn
from incident.model import Incident, Remark
from incident.ports import Clock, NotRecorded, Telemetry
from incident.status import World
from incident.values import Window
from scenarios.generator.draft import Unfit
from scenarios.generator.incident import make_up
from scenarios.grading import Known
from scenarios.summary import source_of
from scenarios.truth import Truth, read_truth
from scenarios.world import World as MadeUp

GENERATED = "generated"
LONG_BEFORE = timedelta(days=365)
PATIENCE = timedelta(minutes=10)
"""How long an investigation may take: on a busy machine an answer must not depend on the load."""


class Answered(NamedTuple):
    """One incident: its page, the evidence, what was concluded, and the key. ``cause`` is never split over folds."""

    name: str
    cause: str
    alert: Alert
    evidence: tuple[Evidence, ...]
    conclusion: Diagnosis
    truth: Truth
    known: Known

    @property
    def source(self) -> str:
        """Where it is from: it groups what is printed, and no model hears of it."""
        return source_of(self.name)


def recorded(folders: Iterable[Path], keep: Path) -> Iterator[Answered]:
    """Investigate recorded incidents, or read what came of it."""
    for folder in folders:
        yield _kept(keep / f"{folder.name}.json.gz") or asyncio.run(_recorded(folder, keep))


def generated(seeds: Sequence[int], keep: Path, processes: int) -> Iterator[Answered]:
    """Make incidents up and investigate them, or read what came of it; a seed that nothing comes of is left out."""
    missing = [seed for seed in seeds if not _file(seed, keep).exists()]
    if missing:
        apart = multiprocessing.get_context("spawn")  # polars has threads by now: a fork would wait for them for ever
        with ProcessPoolExecutor(processes, apart) as pool:
            for done, _ in enumerate(pool.map(partial(_made_up, keep=keep), missing, chunksize=8), 1):
                print(f"\r{done} of {len(missing)} investigated", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    for seed in seeds:
        one = _kept(_file(seed, keep))
        if one is not None:
            yield one


def _file(seed: int, keep: Path) -> Path:
    return keep / f"{GENERATED}-{seed}.json.gz"


def _made_up(seed: int, keep: Path) -> None:
    try:
        made = make_up(seed)
    except Unfit:
        _write(_file(seed, keep), None)
        return
    world = MadeUp(made.scenario, seed, made.fired_at)
    team = TeamInvestigator(as_of=made.fired_at + AFTERMATH, clock=world.clock, deadline=PATIENCE)
    one = asyncio.run(_answered(f"{GENERATED}-{seed}", made.kind, made.truth, (team, world.alert, world, world.clock)))
    _write(_file(seed, keep), one)


async def _recorded(folder: Path, keep: Path) -> Answered:
    place = recorded_place(folder)
    truth = read_truth(folder) or Truth()
    team = TeamInvestigator(as_of=place.as_of, clock=place.clock, deadline=PATIENCE)
    key = json.loads((folder / "truth.json").read_text())
    told = (*sorted(truth.services), key.get("culprit_metric"), truth.culprit_commit or truth.culprit_change)
    cause = "/".join(map(str, told)) if any(told) else folder.name
    one = await _answered(folder.name, cause, truth, (team, place.alert, place.telemetry, place.clock))
    _write(keep / f"{folder.name}.json.gz", one)
    return one


async def _answered(
    name: str, cause: str, truth: Truth, place: tuple[TeamInvestigator, Alert, Telemetry, Clock]
) -> Answered:
    team, alert, telemetry, clock = place
    incident = Incident(
        id="INC-1", alert=alert, target=name, world=World.RECORDED, environment="production", opened_at=clock.now()
    )
    facts = [fact async for fact in team.investigate(incident, telemetry, _nobody_speaks)]
    found = {e.id: e for fact in facts if isinstance(fact, Turn) for e in fact.found}
    concluded = next(fact for fact in reversed(facts) if isinstance(fact, Diagnosis))
    return Answered(name, cause, alert, tuple(found.values()), concluded, truth, await _known(telemetry, alert))


async def _nobody_speaks() -> tuple[Remark, ...]:
    return ()


async def _known(telemetry: Telemetry, alert: Alert) -> Known:
    """Return all that was recorded of changes: it tells which commit a deployment shipped."""
    always = Window(alert.fired_at - LONG_BEFORE, alert.fired_at + LONG_BEFORE)
    try:
        changes = await telemetry.changes(always)
        return Known(changes, tuple(c.sha for c in await telemetry.commits(always)))
    except NotRecorded:
        return Known()


def _write(file: Path, one: Answered | None) -> None:
    kept: dict[str, Any] | None = one and {
        "name": one.name,
        "cause": one.cause,
        "alert": one.alert.model_dump(mode="json"),
        "evidence": [e.model_dump(mode="json") for e in one.evidence],
        "conclusion": one.conclusion.model_dump(mode="json"),
        "truth": one.truth.model_dump(mode="json", exclude_unset=True),
        "changes": [c.model_dump(mode="json") for c in one.known.changes],
        "commits": list(one.known.commits),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    whole = file.with_suffix(".part")
    whole.write_bytes(gzip.compress(json.dumps(kept).encode(), 3))
    whole.replace(file)


def _kept(file: Path) -> Answered | None:
    kept = json.loads(gzip.decompress(file.read_bytes())) if file.exists() else None
    return kept and Answered(
        kept["name"],
        kept["cause"],
        Alert.model_validate(kept["alert"]),
        tuple(Evidence.model_validate(e) for e in kept["evidence"]),
        Diagnosis.model_validate(kept["conclusion"]),
        Truth.model_validate(kept["truth"]),
        Known(tuple(Change.model_validate(c) for c in kept["changes"]), tuple(kept["commits"])),
    )
