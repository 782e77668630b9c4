from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from incident.hands import Hands
from incident.policy import Policy, unchanging
from storage.database import Database
from storage.pause import SqlSwitch
from storage.store import SqlStore
from tests.incident.shop import Deploys, Screen, Shop, Team


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}") as made:
        await made.upgrade()
        yield made


@pytest.fixture
def switch(database: Database) -> SqlSwitch:
    return SqlSwitch(database)


@pytest.fixture
def store(database: Database, switch: SqlSwitch) -> SqlStore:
    return SqlStore(database, switch=switch)


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
        rules=unchanging(Policy()),
        deployer=Deploys(shop),
    )
