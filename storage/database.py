"""One database: its engine, its migrations. SQLite is embedded, PostgreSQL is for several replicas."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import URL, Connection, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

HEAD = "0003"
"""The newest migration; a test holds it equal to the folder, so that Alembic is imported only to migrate."""

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 10_000
DRIVERS = ("sqlite+aiosqlite", "postgresql+asyncpg")


class UnusableDatabase(Exception):
    """The database can't be used as it is; the message says why and what would help."""


class Database:
    """An engine that is disposed of by `close` (or ``async with``); its connections are threads on SQLite."""

    def __init__(self, url: str) -> None:
        self.url = _parse(url)
        self.engine = _engine(self.url)
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
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
        if self.file is not None:
            with self._usable():
                self.file.parent.mkdir(parents=True, exist_ok=True)
                await asyncio.to_thread(_try, self.file)
        async with self.reading() as connection:
            if await connection.run_sync(_revision) == HEAD:
                return False
        async with self.writing() as connection:
            return await connection.run_sync(_migrate)

    async def revision(self) -> str | None:
        """Return how far the tables are, None where there are none; changes nothing in a database that is there.

        Raises `UnusableDatabase` where it can't be written.
        """
        if self.file is not None:
            with self._usable():
                await asyncio.to_thread(_try, self.file)
        async with self.writing() as connection:
            found = await connection.run_sync(_revision)
            if found is not None:
                await connection.execute(text("UPDATE alembic_version SET version_num = version_num WHERE 1 = 0"))
            return found

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection to look something up; raises `UnusableDatabase`."""
        with self._usable():
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Lend a connection whose transaction is kept when the block ends well; raises `UnusableDatabase`.

        What breaks a constraint stays SQLAlchemy's `IntegrityError`: it says who was second. SQLite has one writer at a
        time and no queue, so that of many one can starve: those of this process take turns.
        """
        with self._usable():
            async with self._turn, self._writing.begin() as connection:
                yield connection

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise
        except (OSError, DBAPIError, sqlite3.Error) as error:
            where = self.url.render_as_string(hide_password=True)
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


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or parsed.drivername not in DRIVERS:
        message = (
            "no such database: use sqlite+aiosqlite:///FILE or postgresql+asyncpg://…"  # a URL may hold a password
        )
        raise UnusableDatabase(message)
    return parsed


def _engine(url: URL) -> AsyncEngine:
    try:
        return create_async_engine(url, hide_parameters=True)  # an error's text is no place for payloads
    except ImportError as error:
        message = f"the driver of {url.drivername} isn't installed: install {error.name}"
        raise UnusableDatabase(message) from error


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


def _try(file: Path) -> None:
    """Open the file once without aiosqlite, whose thread would outlive a failure, and write ahead from now on.

    Of two processes that make one file the journal at once, SQLite turns one away without waiting: it tries again.
    """
    if file.is_dir():
        message = "it is a folder; name a file in it"
        raise IsADirectoryError(message)
    with closing(sqlite3.connect(file)) as connection:
        _prepare_sqlite(connection, None)
        patience = time.monotonic() + BUSY_MS / 1000
        while True:
            try:
                connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > patience:
                    raise
                time.sleep(0.05)
            else:
                return


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's adapted connection
    connection.isolation_level = None  # transactions are begun below, not by the driver's guesses
    try:
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_MS}", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except BaseException:  # nobody else knows this connection yet, and its thread would outlive the event loop
        connection.close()
        raise


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once where something will be written: upgrading a read lock can't wait, it fails."""
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


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
