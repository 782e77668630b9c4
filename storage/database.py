"""One database: its engine, its migrations. SQLite is embedded, PostgreSQL is for several replicas."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL, Connection, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from incident.ports import Unkept
from storage.postgresql import PATIENCE, named_as_the_driver_does, options, take_turn
from storage.sqlite import begin, prepare, try_file

HEAD = "0006"
"""The newest migration; a test holds it equal to the folder, so that Alembic is imported only to migrate."""

MIGRATIONS = Path(__file__).parent / "migrations"
DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class UnusableDatabase(Unkept):
    """The database can't be used as it is; the message says why and what would help."""


class Database:
    """An engine that is disposed of by `close` (or ``async with``); its connections are threads on SQLite."""

    def __init__(self, url: str | URL, patience: float | None = PATIENCE) -> None:
        self.url = _parse(url)
        self.engine = _engine(self.url, patience)
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", prepare)
            event.listen(self.engine.sync_engine, "begin", begin)
        self._writing: AsyncEngine = self.engine.execution_options(writing=True)
        self._turn = asyncio.Lock() if self.is_sqlite else nullcontext()

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
        with self._usable():
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self, alone: str | None = None) -> AsyncIterator[AsyncConnection]:
        """Lend a connection whose transaction is kept when the block ends well; raises `UnusableDatabase`.

        What breaks a constraint stays SQLAlchemy's `IntegrityError`: it says who was second. SQLite has one writer at a
        time and no queue, so that of many one can starve: those of this process take turns. On PostgreSQL only those
        take turns, of all processes, that are to be ``alone`` with the same thing.
        """
        with self._usable():
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
            where = _without_secrets(self.url)
            cause = error.orig if isinstance(error, DBAPIError) else error
            message = f"the database {where} can't be used: {cause}{_remedy(str(cause))}"
            raise UnusableDatabase(message) from error

    async def close(self) -> None:
        """Give the connections back."""
        await self.engine.dispose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def _parse(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or parsed.drivername not in DRIVERS:
        message = (
            "no such database: use sqlite+aiosqlite:///FILE or postgresql+asyncpg://…"  # what was said may be secret
        )
        raise UnusableDatabase(message)
    return named_as_the_driver_does(parsed)


def _without_secrets(url: URL) -> str:
    """Return where it is: passwords hide in queries as well, and in what an unescaped @ has torn apart."""
    host = url.host.rpartition("@")[2] if url.host else None
    kept = {name: value for name, value in url.query.items() if name == "host"}
    return URL.create(url.drivername, host=host, port=url.port, database=url.database, query=kept).render_as_string()


def _engine(url: URL, patience: float | None) -> AsyncEngine:
    more = {} if url.get_backend_name() == "sqlite" else options(patience)
    return create_async_engine(url, hide_parameters=True, **more)  # an error's text is no place for payloads


def _remedy(cause: str) -> str:
    """Return what would help against what SQLite says, empty where it says enough."""
    told = {
        "unable to open": "the file and its folder have to be writable, for reading as well",
        "readonly": "the file and its folder have to be writable, for reading as well",
        "locked": "another process holds it for too long",
        "full": "make room; what was stored before is kept",
        "disk I/O": "look at the disk and its limits; what was stored before is kept",
        "malformed": "put it aside and restore a copy; a new file begins empty",
        "not a database": "put it aside, or name another file",
    }
    return next((f" ({help_})" for said, help_ in told.items() if said in cause), "")


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
