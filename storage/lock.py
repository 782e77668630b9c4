"""One `serve` a SQLite file; commands that look something up share it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class DatabaseInUse(Exception):
    """Another process serves from this database file."""


@contextmanager
def served_alone(file: Path) -> Iterator[None]:
    """Hold the database file for one server; raises `DatabaseInUse`. The system lets go when the process dies."""
    beside = file.with_name(file.name + ".serve")
    beside.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor, file)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, file: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 20).decode(errors="replace").strip() or "unknown"
        message = f"{file} is being served by process {holder}: stop it, or set another SFA_DATABASE_URL"
        raise DatabaseInUse(message) from error
