"""A real PostgreSQL server for tests: without one those tests are skipped, loudly, and fail in CI."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest

NEEDED = "storage is tested on a real PostgreSQL server: apt-get install -y postgresql, or have `postgres` on the PATH"
OWNER = "postgres"
PATIENCE = 30.0
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=200")
"""Nothing of it outlives the tests."""


class Server:
    """A server on a Unix socket. A schema, found by the name of who connects, is as good as a database and cheaper."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        self._numbers = count(1)

    def database(self) -> str:
        """Return the address of what is an empty database to whoever connects."""
        name = f"test{next(self._numbers)}"
        self._psql(f"CREATE ROLE {name} LOGIN; CREATE SCHEMA AUTHORIZATION {name}")
        return f"postgresql+asyncpg://{name}@/postgres?host={self._folder}"

    def ready(self) -> bool:
        asked = [self._programs / "pg_isready", "--quiet", "--host", self._folder]
        return subprocess.run(asked, check=False).returncode == 0

    def _psql(self, statement: str) -> None:
        where = ["--host", self._folder, "--username", OWNER, "--dbname", "postgres"]
        command = [self._programs / "psql", "--quiet", "--no-psqlrc", *where, "--command", statement]
        subprocess.run(command, check=True, cwd="/")


@contextmanager
def postgres() -> Iterator[Server]:
    """Run a server until the block ends; skip or fail where none is installed."""
    programs = _programs()
    if programs is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NEEDED)
    folder = Path(tempfile.mkdtemp(prefix="responder-pg-"))
    try:
        with _running(programs, folder) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@contextmanager
def _running(programs: Path, folder: Path) -> Iterator[Server]:
    owner = _owner(folder)
    data, log = folder / "data", folder / "log"
    made = [programs / "initdb", "--no-sync", "--auth", "trust", "--username", OWNER, "--encoding", "UTF8", data]
    subprocess.run([*made, "--locale", "C"], check=True, stdout=subprocess.DEVNULL, cwd="/", **owner)
    settings = [f"-c{each}" for each in (*QUICK, f"unix_socket_directories={folder}", "listen_addresses=")]
    with log.open("w") as said:
        process = subprocess.Popen([programs / "postgres", "-D", data, *settings], stderr=said, cwd="/", **owner)
    server = Server(programs, folder)
    try:
        patience = time.monotonic() + PATIENCE
        while not server.ready():
            if process.poll() is not None or time.monotonic() > patience:
                pytest.fail(f"PostgreSQL didn't start: {log.read_text()}")
            time.sleep(0.05)
        yield server
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: what is in it goes with it
        process.wait()


def _programs() -> Path | None:
    """Return the folder of the newest version's programs."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    on_the_path = [Path(found).resolve()] if (found := shutil.which("postgres")) else []
    return next((path.parent for path in (*on_the_path, *reversed(packaged))), None)


def _owner(folder: Path) -> Mapping[str, Any]:
    """Let a root's server run as somebody else, since it refuses to be root's."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(OWNER)
    os.chown(folder, account.pw_uid, account.pw_gid)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
