"""Real SQLite files, and databases of a real PostgreSQL server: what is asked of storage is asked of both."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.postgres import Server


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> str:
    """The address of an empty database."""
    if engine == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'first-responder.db'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.database()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with Database(url) as made:
        await made.upgrade()
        yield made
