"""The cases of `diagnosis.py`: recorded folders and generated incidents, opened alike, their keys beside them."""

import asyncio
import json
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bot.app import AFTERMATH, Place, recorded_place
from bot.evaluation import KEY, known
from incident.ports import NotRecorded
from incident.status import WORLD_LABEL, World
from incident.values import Window
from scenarios.generator.incident import make_up
from scenarios.grading import Known
from scenarios.summary import source_of
from scenarios.truth import Truth, read_truth
from scenarios.world import World as MadeUp

GENERATED = "generated"


class Case(NamedTuple):
    """One incident to measure on: a folder, or the seed of a generated one."""

    name: str
    folder: Path | None = None
    seed: int = 0

    @property
    def source(self) -> str:
        """Where it is from; it groups the tables and is told to no method."""
        return source_of(self.name)


class Opened(NamedTuple):
    """A case that can be investigated, once. ``cause`` is what cases of one root cause have in common."""

    place: Place
    truth: Truth
    known: Known
    kind: str
    cause: str


def recorded_case(folder: Path) -> Case:
    """Name a folder."""
    return Case(folder.name, folder)


def generated_case(seed: int) -> Case:
    """Name a generated incident."""
    return Case(f"{GENERATED}-{seed}", seed=seed)


async def opened(case: Case) -> Opened:
    """Open a case and its key. The key stays here: methods get the place, or its alert and telemetry."""
    if case.folder is None:
        return await _made_up(case.seed)
    truth = read_truth(case.folder) or Truth()
    place = await asyncio.to_thread(recorded_place, case.folder)
    return Opened(place, truth, await known(case.folder), case.source, _cause(case.folder, truth))


def _cause(folder: Path, truth: Truth) -> str:
    """Return what a bootstrap must not take apart: service, metric and commit of the cause, as far as the key says."""
    metric = json.loads((folder / KEY).read_text()).get("culprit_metric")
    told = (*sorted(truth.services), metric, truth.culprit_commit or truth.culprit_change)
    return "/".join(map(str, told)) if any(told) else folder.name


async def _made_up(seed: int) -> Opened:
    made = make_up(seed)
    world = MadeUp(made.scenario, seed, made.fired_at)
    labels = {**world.alert.labels, WORLD_LABEL: secrets.token_hex(8)}
    place = Place(
        target=GENERATED,
        world=World.SCENARIO,
        environment=world.environment,
        alert=world.alert.model_copy(update={"labels": labels}),
        telemetry=world,
        deployer=world,
        clock=world.clock,
        as_of=made.fired_at + AFTERMATH,
    )
    return Opened(place, made.truth, await _shipped(world, made.fired_at), made.kind, str(seed))


async def _shipped(world: MadeUp, fired_at: datetime) -> Known:
    always = Window(fired_at - timedelta(days=365), fired_at)
    try:
        return Known(await world.changes(always), tuple(c.sha for c in await world.commits(always)))
    except NotRecorded:
        return Known()
