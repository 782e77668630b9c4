"""What befalls database files on real machines: one clear sentence, and what was stored before stays readable."""

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from incident.facts import Remark
from incident.model import Incident
from storage.database import Database, UnusableDatabase
from storage.store import SqlStore
from tests.incident import made

on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
ROOT = Path(__file__).parents[2]


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Let no file grow beyond the size: what a full disk or a quota does to writers, without root."""
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


async def stored(database: Database) -> Incident:
    store = SqlStore(database)
    opened = made.incident()
    await store.open(opened)
    return await store.append(opened, made.TURN)


@on_sqlite
async def test_a_full_disk_refuses_the_next_fact_and_keeps_what_was_stored(database: Database) -> None:
    before = await stored(database)
    long = Remark(at=made.T, by="U1", text="x" * 20_000)
    assert database.file is not None
    room = database.file.with_name(database.file.name + "-wal").stat().st_size + 4096
    with file_size_limit(room), pytest.raises(UnusableDatabase, match="what was stored before is kept"):
        await SqlStore(database).append(before, long)
    assert (await SqlStore(database).load(before.id)).facts == before.facts
    assert len((await SqlStore(database).append(before, long)).facts) == len(before.facts) + 1


@on_sqlite
async def test_damaged_pages_are_told_in_one_sentence(url: str) -> None:
    async with Database(url) as database:
        await database.upgrade()
        await stored(database)
        file = database.file
    assert file is not None
    raw = file.read_bytes()
    file.write_bytes(raw[:8192] + b"\xff" * (len(raw) - 8192))
    async with Database(url) as database:
        with pytest.raises(UnusableDatabase, match=r"malformed.*restore a copy"):
            await SqlStore(database).recent()


async def test_a_fact_of_another_program_is_told_with_its_incident(database: Database) -> None:
    before = await stored(database)
    async with database.writing() as connection:
        await connection.execute(text('UPDATE facts SET body = \'{"kind": "prophecy"}\''))
    with pytest.raises(UnusableDatabase, match=f"incident {before.id} was stored by another version"):
        await SqlStore(database).load(before.id)


def test_a_folder_named_as_the_database_is_told_with_what_would_help(tmp_path: Path) -> None:
    (tmp_path / "x.db").mkdir()
    ended = program("db", "upgrade", folder=tmp_path, database=f"sqlite+aiosqlite:///{tmp_path}/x.db")
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "name a file in it" in ended.stderr


@pytest.mark.parametrize("url", ["sqlite:///x.db", "mysql://u:secret@h/x", "", "postgresql://h/x", "sqlite+aiosqlite"])
def test_a_driver_that_is_not_ours_is_refused_with_those_that_are(url: str) -> None:
    with pytest.raises(UnusableDatabase, match=r"sqlite\+aiosqlite:///FILE"):
        Database(url)


async def test_two_processes_write_at_the_same_time_and_nothing_is_lost(url: str, database: Database) -> None:
    command = (sys.executable, "-c", WRITER, url)
    writers = [await asyncio.create_subprocess_exec(*command, name, cwd=ROOT) for name in ("INC-A", "INC-B")]
    assert [await writer.wait() for writer in writers] == [0, 0]
    assert {i.id: len(i.facts) for i in await SqlStore(database).recent()} == {"INC-A": 40, "INC-B": 40}


WRITER = """
import asyncio, sys
from incident.facts import Remark
from storage.database import Database
from storage.store import SqlStore
from tests.incident import made

async def write(url, name):
    async with Database(url) as database:
        store = SqlStore(database)
        incident = made.incident(name=name)
        await store.open(incident)
        for n in range(40):
            incident = await store.append(incident, Remark(at=made.T, by="U1", text=str(n)))

asyncio.run(write(*sys.argv[1:]))
"""


def test_what_was_found_before_a_kill_is_readable_afterwards(tmp_path: Path) -> None:
    environment = {**os.environ, "SFA_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/x.db"}
    command = [sys.executable, "-m", "bot", "investigate", "checkout-latency", "--approve", "no"]
    working = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    while working.poll() is None and not facts_in(tmp_path / "x.db"):
        time.sleep(0.005)
    working.kill()
    working.communicate()
    found = facts_in(tmp_path / "x.db")
    ended = program("rca", "last", folder=tmp_path, database=environment["SFA_DATABASE_URL"])
    assert found
    assert ended.returncode == 0
    assert "Draft: this incident is being investigated" in ended.stdout
    assert "commander" in ended.stdout


def facts_in(file: Path) -> int:
    if not file.exists():
        return 0
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM facts").fetchone()[0])
        except sqlite3.OperationalError:  # no tables yet
            return 0


def program(*arguments: str, folder: Path, database: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SFA_DATABASE_URL": database, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
