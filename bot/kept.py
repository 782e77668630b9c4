"""Opens the database, for a command or for a server: an embedded one a server has for itself, others are shared."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import NamedTuple

from bot.config import Settings
from bot.mistakes import Mistake
from storage.audit import SqlAudit
from storage.database import Database, UnusableDatabase
from storage.feedback import SqlFeedback
from storage.leases import SqlLeases
from storage.lock import DatabaseInUse, served_alone
from storage.memory import SqlMemory
from storage.outbox import SqlOutbox
from storage.overrides import SqlOverrides
from storage.pause import SqlSwitch
from storage.store import SqlStore


class Storage(NamedTuple):
    """Everything that outlives the process. ``database`` is what all of it is in."""

    store: SqlStore
    memory: SqlMemory
    leases: SqlLeases
    outbox: SqlOutbox
    feedback: SqlFeedback
    audit: SqlAudit
    overrides: SqlOverrides
    database: Database


@asynccontextmanager
async def open_storage(settings: Settings) -> AsyncIterator[Storage]:
    """Open the database for a server; raises `Mistake` where it may have only one and has it, or can't be used."""
    async with _opened(settings) as database:
        with served_alone(database.file) if database.file else nullcontext():
            await database.upgrade()
            async with SqlLeases(database) as leases:
                yield _kept(database, leases, settings)


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[SqlStore]:
    """Open the store of a database, which is `open_database`'s."""
    async with open_database(settings) as database:
        yield _store(database, settings)


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """Open the database beside whoever has it open, migrated; raises `Mistake` where it can't be used."""
    async with _opened(settings) as database:
        await database.upgrade()
        yield database


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    try:
        async with Database(settings.database_url) as database:
            yield database
    except (UnusableDatabase, DatabaseInUse) as wrong:
        message = f"SFA_DATABASE_URL: {wrong}"
        raise Mistake(message) from wrong


def _kept(database: Database, leases: SqlLeases, settings: Settings) -> Storage:
    return Storage(
        store=_store(database, settings),
        memory=SqlMemory(database),
        leases=leases,
        outbox=SqlOutbox(database, leases=leases),
        feedback=SqlFeedback(database),
        audit=SqlAudit(database),
        overrides=SqlOverrides(database),
        database=database,
    )


def _store(database: Database, settings: Settings) -> SqlStore:
    return SqlStore(database, switch=SqlSwitch(database, settings.held))
