"""The cases of `diagnosis.py`: recorded folders and generated incidents, opened alike, their keys beside them."""

import asyncio
import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from generated_worlds import generated

from bot.app import AFTERMATH, Place, recorded_place
from bot.evaluation import KEY, known
from incident.ports import NotRecorded
from incident.status import WORLD_LABEL, World
from incident.values import Window
from scenarios.grading import Known
from scenarios.summary import source_of
from scenarios.truth import Truth, read_truth
from scenarios.world import World as MadeUp

FIRED = datetime(2026, 3, 2, 14, 20, tzinfo=UTC)
"""Always the same moment, so that a number is always the same incident."""
GENERATED = "generated"


class Case(NamedTuple):
    """One incident to measure on: a folder, or the number of a generated one."""

    name: str
    folder: Path | None = None
    number: int = 0

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


def generated_case(number: int) -> Case:
    """Name a generated incident."""
    return Case(f"{GENERATED}-{number}", number=number)


async def opened(case: Case) -> Opened:
    """Open a case and its key. The key stays here: methods get the place, or its alert and telemetry."""
    if case.folder is None:
        return await _made_up(case.number)
    truth = read_truth(case.folder) or Truth()
    place = await asyncio.to_thread(recorded_place, case.folder)
    return Opened(place, truth, await known(case.folder), case.source, _cause(case.folder, truth))


def _cause(folder: Path, truth: Truth) -> str:
    """Return what a bootstrap must not take apart: service, metric and commit of the cause, as far as the key says."""
    metric = json.loads((folder / KEY).read_text()).get("culprit_metric")
    told = (*sorted(truth.services), metric, truth.culprit_commit or truth.culprit_change)
    return "/".join(map(str, told)) if any(told) else folder.name


async def _made_up(number: int) -> Opened:
    made = generated(number)
    fault = made.scenario.faults[0]
    world = MadeUp(made.scenario, number, FIRED)
    alert = world.alert.model_copy(update={"labels": {**world.alert.labels, WORLD_LABEL: secrets.token_hex(8)}})
    place = Place(
        GENERATED, World.SCENARIO, world.environment, alert, world, world, world.clock, FIRED + AFTERMATH
    )  # fmt: skip
    truth = Truth(culprit_service=fault.service, culprit_change=next(iter(fault.caused_by), None))
    return Opened(place, truth, await _shipped(world), made.kind, str(number))


async def _shipped(world: MadeUp) -> Known:
    always = Window(FIRED - timedelta(days=365), FIRED)
    try:
        return Known(await world.changes(always), tuple(c.sha for c in await world.commits(always)))
    except NotRecorded:
        return Known()
