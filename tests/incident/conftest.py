from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from incident.hands import Hands
from incident.policy import Policy
from storage.database import Database
from storage.store import SqlStore
from tests.incident.shop import Deploys, Screen, Shop, Team


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    async with Database(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}") as database:
        await database.upgrade()
        yield SqlStore(database)


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def hands(store: SqlStore, shop: Shop, screen: Screen) -> Hands:
    return Hands(
        store=store,
        chats=(screen,),
        investigator=Team(),
        telemetry=shop,  # type: ignore[arg-type]
        clock=shop.clock,
        policy=Policy(),
        deployer=Deploys(shop),
    )
