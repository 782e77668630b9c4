"""The composition root: the only module that puts the rooms together."""

from __future__ import annotations

import secrets
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from bot.config import Settings, odd_settings, read_settings
from bot.logs import keep_log
from bot.mistakes import Mistake
from bot.sources import BadSetting
from bot.targets import means_a_folder, one_case, refuse_real
from incident.ports import Clock, Deployer, Telemetry
from incident.status import WORLD_LABEL, World
from incident.values import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agents.clients.budget import Budget
    from agents.investigator import TeamInvestigator
    from agents.questions.answering import Answerer
    from bot.llm_settings import LLMSettings
    from bot.thinking import Thinking
    from incident.alert import Alert
    from incident.catalog import Catalog
    from incident.model import Incident
    from scenarios.files import Listed
    from storage.database import Database

AFTERMATH = timedelta(minutes=10)
"""How long after the alert telemetry is used; incident-format.md."""
RECORDED_LEAD = timedelta(hours=3)
SEED_LABEL = "seed"
RECORDED_ENVIRONMENT = "production"
"""Recordings don't say where they were made; nothing is executed there whatever it is called."""


class Place(NamedTuple):
    """Where an incident happens: what can be read there, who can roll back, if anybody, and whose time it is."""

    target: str
    world: World
    environment: str
    alert: Alert
    telemetry: Telemetry
    deployer: Deployer | None
    clock: Clock
    as_of: datetime


def settings() -> Settings:
    """Return the settings, say what is odd about them, and begin the log; raises `Mistake` for one that is wrong."""
    try:
        chosen = read_settings()
    except BadSetting as wrong:
        raise Mistake(str(wrong)) from wrong
    keep_log(chosen.log_level)
    for sentence in odd_settings():
        click.echo(f"warning: {sentence}", err=True)
    return chosen


def find_place(target: str, seed: int = 0, as_of: datetime | None = None, catalog: Catalog | None = None) -> Place:
    """Return the place that a TARGET of interface.md names; raises `Mistake`."""
    if not means_a_folder(target, is_scenario):
        refuse_real(target, catalog)
        return made_up_place(target, seed, as_of)
    folder = one_case(Path(target))
    from scenarios.papers import NotAnIncident

    try:
        return recorded_place(folder, as_of)
    except NotAnIncident as wrong:
        raise Mistake(str(wrong)) from wrong


def recorded_place(folder: Path, as_of: datetime | None = None) -> Place:
    """Open a recorded incident right after the last moment that may be used; raises `NotAnIncident`."""
    from scenarios.recorded import open_recording

    recording = open_recording(folder)
    latest = as_of or recording.alert.fired_at + AFTERMATH
    opened = time.monotonic()
    return Place(
        target=str(folder),
        world=World.RECORDED,
        environment=RECORDED_ENVIRONMENT,
        alert=_in_a_world_of_its_own(recording.alert),
        telemetry=recording,
        deployer=None,
        clock=Clock(lambda: latest + timedelta(seconds=time.monotonic() - opened)),
        as_of=latest,
    )


def made_up_place(target: str, seed: int, as_of: datetime | None = None) -> Place:
    """Make up a world in which the alert has just fired (or fired at ``as_of``); raises `Mistake`."""
    from scenarios.documents import BadScenario
    from scenarios.files import UnknownScenario, load_scenario

    try:
        scenario = load_scenario(target.removeprefix("scenario:"))
    except (BadScenario, UnknownScenario) as wrong:
        raise Mistake(str(wrong)) from wrong
    from scenarios.world import World as MadeUp

    fired_at = (as_of or datetime.now(UTC)).replace(second=0, microsecond=0)
    world = MadeUp(scenario, seed, fired_at)
    return Place(
        target=target,
        world=World.SCENARIO,
        environment=world.environment,
        alert=_in_a_world_of_its_own(world.alert, {SEED_LABEL: str(seed)}),
        telemetry=world,
        deployer=world,
        clock=world.clock,
        as_of=fired_at + AFTERMATH,
    )


async def record_again(incident: Incident, folder: Path) -> None:
    """Write a stored incident as a recorded one, its telemetry read again; raises `Mistake`."""
    from agents.analysis.redact import Redactor
    from scenarios.record import CannotRecord, record

    place = place_again(incident)
    fired_at = incident.alert.fired_at
    await place.clock.wait(max(fired_at + AFTERMATH - place.clock.now(), timedelta(0)))
    window = Window(fired_at - RECORDED_LEAD, fired_at + AFTERMATH)
    try:
        await record(incident, place.telemetry, window, folder, Redactor().redact)
    except CannotRecord as why:
        raise Mistake(str(why)) from why


def is_scenario(name: str) -> bool:
    """Tell whether a made-up incident of the catalog has this name, or had it."""
    from scenarios.files import UnknownScenario, find

    with suppress(UnknownScenario):
        return bool(find(name))
    return False


def listed_scenarios() -> list[Listed]:
    """Return the made-up incidents and what pages in them."""
    from scenarios.files import scenarios

    return scenarios()


def team(
    place: Place,
    settings: Settings,
    working: Callable[[str, str], None] | None = None,
    thinking: Thinking | None = None,
) -> TeamInvestigator:
    """Return a team for one place; ``working`` hears which agent does what, ``thinking`` None is the offline one."""
    from agents.investigator import TeamInvestigator

    return TeamInvestigator(
        as_of=place.as_of,
        deadline=settings.investigation_deadline,
        window=settings.window,
        clock=place.clock,
        working=working,
        crew=thinking and thinking.crew(place.world, place.alert.service, settings.catalog),
    )


def budget(llm: LLMSettings, database: Database) -> Budget:
    """Return what the process's investigations may ask of language models, shared by all who share the database."""
    from agents.clients.budget import Budget, Terms
    from storage.quota import SqlQuota

    return Budget(SqlQuota(database), Terms(llm.caps, llm.prices))


def answerer(settings: Settings, thinking: Thinking | None = None) -> Answerer:
    """Return who answers questions in threads: by search over evidence, in an LLM's words where it may hear of it."""
    from agents.questions.answering import Answerer
    from agents.questions.wording import Writer

    if thinking is None:
        return Answerer(settings.window)
    writer = Writer(lambda incident: thinking.client(incident, settings.catalog), thinking.settings.models[0])
    return Answerer(settings.window, writer)


def place_again(incident: Incident) -> Place:
    """Return the place of a stored incident as it was when it fired, before anything was done; raises `Mistake`."""
    if incident.world is World.REAL:
        message = f"{incident.id} happened on a real system, and none is connected"
        raise Mistake(message)
    seed = incident.alert.labels.get(SEED_LABEL, "0")
    as_of = incident.alert.fired_at if incident.world is World.SCENARIO else None
    return find_place(incident.target, int(seed), as_of)


def _in_a_world_of_its_own(alert: Alert, labels: Mapping[str, str] | None = None) -> Alert:
    """Mark the alert with an opaque label, so that two runs are never taken for one problem (docs/decisions/0003)."""
    own = {**alert.labels, **(labels or {}), WORLD_LABEL: secrets.token_hex(8)}
    return alert.model_copy(update={"labels": own})
