"""How SQLite's files are opened, and how its transactions begin."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

BUSY_MS = 10_000


def try_file(file: Path) -> None:
    """Open the file once without aiosqlite, whose thread would outlive a failure, and write ahead from now on.

    Of two processes that make one file the journal at once, SQLite turns one away without waiting: it tries again.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.is_dir():
        message = "it is a folder; name a file in it"
        raise IsADirectoryError(message)
    with closing(sqlite3.connect(file)) as connection:
        prepare(connection, None)
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


def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's adapted connection
    """Let a new connection wait for its turn, hold to foreign keys, and begin nothing by itself."""
    connection.isolation_level = None  # transactions are begun below, not by the driver's guesses
    try:
        cursor = connection.cursor()
        for pragma in (f"busy_timeout={BUSY_MS}", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
    except BaseException:  # nobody else knows this connection yet, and its thread would outlive the event loop
        connection.close()
        raise


def begin(connection: Connection) -> None:
    """Take the write lock at once where something will be written: upgrading a read lock can't wait, it fails."""
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
