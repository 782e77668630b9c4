"""The composition root: the only module that puts the rooms together."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from bot.config import BadSetting, Settings, odd_settings, read_settings
from bot.logs import keep_log
from bot.mistakes import Mistake
from bot.nowhere import Nowhere
from bot.slack_settings import SlackSettings, read_slack_settings
from bot.targets import means_a_folder, one_case
from incident.ports import Clock, Deployer, Telemetry
from incident.status import WORLD_LABEL, World
from incident.values import Window

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from agents.investigator import TeamInvestigator
    from incident.alert import Alert
    from incident.model import Incident
    from scenarios.files import Listed
    from storage.feedback import SqlFeedback
    from storage.memory import SqlMemory
    from storage.outbox import SqlOutbox
    from storage.store import SqlStore

AFTERMATH = timedelta(minutes=10)
"""How long after the alert telemetry is used; incident-format.md."""
RECORDED_LEAD = timedelta(hours=3)
SEED_LABEL = "seed"
NAMED = re.compile(r"[\w-]{1,80}")
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


def slack_settings() -> SlackSettings:
    """Return the settings that bear on Slack; raises `Mistake` for one that can't be used."""
    try:
        return read_slack_settings()
    except BadSetting as wrong:
        raise Mistake(str(wrong)) from wrong


def find_place(target: str, seed: int = 0, as_of: datetime | None = None) -> Place:
    """Return the place that a TARGET of interface.md names; raises `Mistake`."""
    if not means_a_folder(target, is_scenario):
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
        clock=Clock(lambda: latest + timedelta(seconds=time.monotonic() - opened), _wait_on_the_wall),
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


def named_place(name: str, since: datetime | None = None) -> Place:
    """Return the place that somebody in a chat names, where files and folders don't count; raises `Mistake`."""
    plain = name.strip().removeprefix("scenario:").lower()
    if not NAMED.fullmatch(plain):
        there = ", ".join(scenario.name for scenario in listed_scenarios())
        message = f"{name[:80]!r} is not a name; there are {there}"
        raise Mistake(message)
    return made_up_place(plain, 0, since)


def unseen_place(alert: Alert, environment: str) -> Place:
    """Return the place of a real alert while no system is connected: nothing can be read or done there."""
    return Place(
        target=alert.service,
        world=World.REAL,
        environment=environment,
        alert=alert,
        telemetry=Nowhere(),
        deployer=None,
        clock=Clock(lambda: datetime.now(UTC), _wait_on_the_wall),
        as_of=alert.fired_at + AFTERMATH,
    )


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[SqlStore]:
    """Open the database, migrated; raises `Mistake` where it can't be used."""
    from storage.database import Database, UnusableDatabase
    from storage.store import SqlStore

    try:
        async with Database(settings.database_url) as database:
            await database.upgrade()
            yield SqlStore(database)
    except UnusableDatabase as wrong:
        message = f"SFA_DATABASE_URL: {wrong}"
        raise Mistake(message) from wrong


class Storage(NamedTuple):
    """What a server keeps, in one database."""

    store: SqlStore
    memory: SqlMemory
    outbox: SqlOutbox
    feedback: SqlFeedback


@asynccontextmanager
async def open_storage(settings: Settings) -> AsyncIterator[Storage]:
    """Open the database for the one server that it may have; raises `Mistake` where it has one or can't be used."""
    from storage.database import Database, UnusableDatabase
    from storage.feedback import SqlFeedback
    from storage.lock import DatabaseInUse, served_alone
    from storage.memory import SqlMemory
    from storage.outbox import SqlOutbox
    from storage.store import SqlStore

    try:
        async with Database(settings.database_url) as database:
            with served_alone(database.file) if database.file else nullcontext():
                await database.upgrade()
                yield Storage(SqlStore(database), SqlMemory(database), SqlOutbox(database), SqlFeedback(database))
    except (UnusableDatabase, DatabaseInUse) as wrong:
        message = f"SFA_DATABASE_URL: {wrong}"
        raise Mistake(message) from wrong


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


def known_services() -> frozenset[str]:
    """Return the services of all made-up productions."""
    from scenarios.files import load_scenario

    return frozenset(name for each in listed_scenarios() for name in load_scenario(each.name).system.services)


def team(place: Place, settings: Settings, working: Callable[[str, str], None] | None = None) -> TeamInvestigator:
    """Return a team for one place; ``working`` hears which agent does what."""
    from agents.investigator import TeamInvestigator

    return TeamInvestigator(
        as_of=place.as_of,
        deadline=settings.investigation_deadline,
        window=settings.window,
        clock=place.clock,
        working=working,
    )


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


async def _wait_on_the_wall(length: timedelta) -> None:
    await asyncio.sleep(length.total_seconds())
