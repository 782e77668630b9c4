"""The real Delivery and the SDK's real client, on real SQLite, against the stand-in workspace."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.delivery import Delivery
from bot.slack.painter import painting
from bot.workspace.courier import Pace as SlacksPace
from bot.workspace.server import Workspace
from storage.database import Database
from storage.outbox import SqlOutbox
from tests.bot.slack.wire import QUICK, client_of, painted


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace(pace=SlacksPace(sharing=0.05, limits=600.0)) as workspace:
        yield workspace


@pytest.fixture
def client(workspace: Workspace) -> AsyncWebClient:
    return client_of(workspace)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database(f"sqlite+aiosqlite:///{tmp_path / 'first-responder.db'}") as made:
        await made.upgrade()
        yield made


@pytest.fixture
def outbox(database: Database) -> SqlOutbox:
    return SqlOutbox(database)


@pytest.fixture
async def delivery(outbox: SqlOutbox, client: AsyncWebClient) -> AsyncIterator[Delivery]:
    async with Delivery(outbox, client, QUICK) as delivery, painting(outbox, painted):
        yield delivery
