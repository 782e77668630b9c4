"""One database: its engine, its migrations. SQLite is embedded, PostgreSQL is for several replicas."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL, Connection, event, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.address import UnusableDatabase, parsed_address, remedy, without_secrets
from storage.postgresql import PATIENCE, options, take_turn
from storage.sqlite import begin, prepare, try_file

__all__ = ["HEAD", "MIGRATIONS", "Database", "UnusableDatabase"]

HEAD = "0007"
"""The newest migration; a test holds it equal to the folder, so that Alembic is imported only to migrate."""

MIGRATIONS = Path(__file__).parent / "migrations"
GOODBYE = 5.0
"""Seconds that what is under way has to end when the database is closed."""


class Database:
    """An engine that is disposed of by `close` (or ``async with``); its connections are threads on SQLite."""

    def __init__(self, url: str | URL, patience: float | None = PATIENCE) -> None:
        self.url = parsed_address(url)
        self.engine = _engine(self.url, patience)
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", prepare)
            event.listen(self.engine.sync_engine, "begin", begin)
        self._writing: AsyncEngine = self.engine.execution_options(writing=True)
        self._turn = asyncio.Lock() if self.is_sqlite else nullcontext()
        self._closed, self._lent, self._all_back = False, 0, asyncio.Event()

    @property
    def is_sqlite(self) -> bool:
        """True for the embedded engine."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database; None in memory and elsewhere."""
        name = self.url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    async def upgrade(self) -> bool:
        """Bring the tables up to date and tell whether there was anything to do; may be repeated, also at once.

        Raises `UnusableDatabase` where it can't be opened or where a newer program has made its tables.
        """
        await self._tried()
        async with self.reading() as connection:
            if await connection.run_sync(_revision) == HEAD:
                return False
        if self.is_sqlite:
            return await self._migrated()
        async with Database(self.url, patience=None) as patient:  # others' migrations, and each one, take time
            return await patient._migrated()

    async def revision(self) -> str | None:
        """Return how far the tables are, None where there are none; raises `UnusableDatabase`."""
        await self._tried()
        async with self.writing() as connection:
            found = await connection.run_sync(_revision)
            if found is not None:
                await connection.execute(text("UPDATE alembic_version SET version_num = version_num WHERE 1 = 0"))
            return found

    async def _migrated(self) -> bool:
        async with self.writing(MIGRATIONS.name) as connection:
            return await connection.run_sync(_migrate)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection to look something up; raises `UnusableDatabase`."""
        with self._usable(), self._lending():
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self, alone: str | None = None) -> AsyncIterator[AsyncConnection]:
        """Lend a connection whose transaction is kept when the block ends well; raises `UnusableDatabase`.

        What breaks a constraint stays SQLAlchemy's `IntegrityError`: it says who was second. SQLite has one writer at a
        time and no queue, so that of many one can starve: those of this process take turns. On PostgreSQL only those
        take turns, of all processes, that are to be ``alone`` with the same thing.
        """
        with self._usable(), self._lending():
            async with self._turn, self._writing.begin() as connection:
                if alone is not None:
                    await take_turn(connection, alone)
                yield connection

    async def _tried(self) -> None:
        if self.file is not None:
            with self._usable():
                await asyncio.to_thread(try_file, self.file)

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except (OSError, DBAPIError, PoolTimeout, sqlite3.Error) as error:
            where = without_secrets(self.url)
            cause = error.orig if isinstance(error, DBAPIError) else error
            message = f"the database {where} can't be used: {cause}{remedy(str(cause))}"
            raise UnusableDatabase(message) from error

    @contextmanager
    def _lending(self) -> Iterator[None]:
        """Count what is lent: a connection that comes back after the end would never be closed."""
        if self._closed:
            message = "the database has been closed"
            raise UnusableDatabase(message)
        self._lent += 1
        self._all_back.clear()
        try:
            yield
        finally:
            self._lent -= 1
            if not self._lent:
                self._all_back.set()

    async def close(self) -> None:
        """Lend nothing more, wait a while for what is lent, and let all connections go."""
        self._closed = True
        if self._lent:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_back.wait(), GOODBYE)
        await self.engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _engine(url: URL, patience: float | None) -> AsyncEngine:
    more = {} if url.get_backend_name() == "sqlite" else options(patience)
    return create_async_engine(url, hide_parameters=True, **more)  # an error's text is no place for payloads


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(connection: Connection) -> bool:
    found = _revision(connection)
    if found == HEAD:  # another process was faster
        return False
    from alembic.command import upgrade
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        upgrade(config, "head")
    except CommandError as error:
        message = f"the database is at revision {found}, which this version doesn't know: use the newer program"
        raise UnusableDatabase(message) from error
    return True
