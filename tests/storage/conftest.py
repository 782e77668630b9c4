"""Real SQLite files."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'first-responder.db'}"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with Database(url) as made:
        await made.upgrade()
        yield made
