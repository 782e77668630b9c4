"""Migrations on real databases, and the lock of a server on real files."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage.database import HEAD, MIGRATIONS, Database, UnusableDatabase
from storage.lock import DatabaseInUse, served_alone
from storage.tables import metadata

on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


async def test_an_empty_database_is_migrated_and_a_current_one_left_alone(url: str) -> None:
    async with Database(url) as database:
        assert await database.upgrade()
        assert not await database.upgrade()


async def test_two_processes_may_migrate_at_once(url: str) -> None:
    async with Database(url) as one, Database(url) as other:
        assert sorted(await asyncio.gather(one.upgrade(), other.upgrade())) == [False, True]


async def test_the_migrations_make_the_tables_that_the_code_expects(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []


def test_the_newest_migration_is_the_one_that_is_looked_for() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


async def test_a_database_of_a_newer_program_is_refused_and_left_alone(url: str) -> None:
    async with Database(url) as database:
        await database.upgrade()
        async with database.writing() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(UnusableDatabase, match="9999"):
            await database.upgrade()


@on_sqlite
async def test_of_many_writers_of_one_process_none_starves(database: Database) -> None:
    """Each waits for those before it alone: at SQLite's own lock the unlucky one of twenty waited for all."""
    order: list[int] = []

    async def write(number: int) -> None:
        async with database.writing() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
            order.append(number)

    await asyncio.gather(*(write(number) for number in range(30)))
    assert order == list(range(30))


async def test_how_far_the_tables_are_is_told_without_making_any(url: str) -> None:
    async with Database(url) as database:
        assert await database.revision() is None
        assert await database.upgrade()
        assert await database.revision() == HEAD


@on_sqlite
async def test_sqlite_is_set_up_to_be_shared(database: Database) -> None:
    async with database.reading() as connection:
        found = {p: (await connection.execute(text(f"PRAGMA {p}"))).scalar() for p in ("journal_mode", "foreign_keys")}
    assert found == {"journal_mode": "wal", "foreign_keys": 1}


async def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    async with Database(f"sqlite+aiosqlite:///{tmp_path}/new/folder/x.db") as database:
        assert await database.upgrade()


async def test_a_file_that_is_no_database_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"something else" * 1000)
    async with Database(f"sqlite+aiosqlite:///{tmp_path}/x.db") as database:
        with pytest.raises(UnusableDatabase, match="not a database"):
            await database.upgrade()


async def test_a_folder_that_cannot_be_made_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    async with Database(f"sqlite+aiosqlite:///{tmp_path}/file/x.db") as database:
        with pytest.raises(UnusableDatabase, match="can't be used"):
            await database.upgrade()


@pytest.mark.parametrize("url", ["nonsense", "mysterydb://user:secret@host/x", "sqlite+nope:///x"])
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(UnusableDatabase) as refused:
        Database(url)
    assert "secret" not in str(refused.value)


def test_migrations_are_looked_for_without_importing_alembic() -> None:
    program = "import sys, storage.store; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=MIGRATIONS.parents[1]).returncode == 0


def test_a_second_server_on_the_same_file_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    with (
        served_alone(file),
        pytest.raises(DatabaseInUse, match=r"x\.db is being served by process \d+"),
        served_alone(file),
    ):
        pass
    with served_alone(file):
        pass


@on_sqlite
async def test_others_can_read_while_a_server_holds_the_file(url: str, database: Database) -> None:
    assert database.file is not None
    with served_alone(database.file):
        async with Database(url) as other:
            assert not await other.upgrade()
