"""Two replicas deliver from one outbox on a real PostgreSQL: each channel by one of them at a time."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import text

from bot.slack.delivery import Delivery
from bot.workspace.server import Workspace
from storage.database import Database
from storage.leases import LASTS, SqlLeases
from storage.outbox import SqlOutbox
from tests.bot.slack.wire import ALERTS, INCIDENTS, QUICK, post, said, settled
from tests.postgres import Server

ROOT = Path(__file__).parents[3]
PROGRAM = """
import asyncio, sys
from bot.slack.delivery import Delivery
from storage.database import Database
from storage.leases import SqlLeases
from storage.outbox import SqlOutbox
from slack_sdk.web.async_client import AsyncWebClient
from tests.bot.slack.wire import QUICK

async def main(database_url, api_url, token):
    client = AsyncWebClient(token, base_url=api_url, retry_handlers=[])
    async with Database(database_url) as database, SqlLeases(database) as leases:
        async with Delivery(SqlOutbox(database, leases=leases), client, QUICK):
            await asyncio.Event().wait()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
async def url(postgresql: Server) -> str:
    address = postgresql.database()
    async with Database(address) as database:
        await database.upgrade()
    return address


@asynccontextmanager
async def replica(url: str, client: AsyncWebClient) -> AsyncIterator[SqlOutbox]:
    async with Database(url) as database, SqlLeases(database) as leases:
        outbox = SqlOutbox(database, leases=leases)
        async with Delivery(outbox, client, QUICK):
            yield outbox


async def test_what_both_have_to_say_comes_once_and_in_order(
    url: str, client: AsyncWebClient, workspace: Workspace
) -> None:
    async with replica(url, client) as one, replica(url, client) as other:
        for number in range(15):
            await one.put(post(f"a{number:02}"), post(f"b{number:02}", INCIDENTS))
            await other.put(post(f"c{number:02}"), post(f"d{number:02}", INCIDENTS))
        await settled(one)
    assert said(workspace) == [f"{who}{number:02}" for number in range(15) for who in "ac"]
    assert said(workspace, "incidents") == [f"{who}{number:02}" for number in range(15) for who in "bd"]


async def test_a_card_that_both_keep_current_ends_as_it_was_put_last(
    url: str, client: AsyncWebClient, workspace: Workspace
) -> None:
    async with replica(url, client) as one, replica(url, client) as other:
        await asyncio.gather(*(
            box.put(post("card", version=version, body={"text": f"version {version:02}"}))
            for version in range(1, 20)
            for box in (one, other)
        ))  # fmt: skip
        await settled(one)
    assert said(workspace) == ["version 19"]


async def test_a_channel_whose_replica_was_killed_is_taken_over_and_nothing_comes_twice(
    url: str, client: AsyncWebClient, workspace: Workspace
) -> None:
    keys = [f"turn {number:02}" for number in range(60)]
    async with Database(url) as database:
        await SqlOutbox(database).put(*map(post, keys))
        command = (sys.executable, "-c", PROGRAM, url, workspace.api_url, workspace.bot_token)
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
        await workspace.until(lambda: len(said(workspace)) > 3)
        process.kill()
        await process.wait()
        async with replica(url, client) as outbox:
            assert not await outbox.claim(ALERTS)
            async with database.writing() as connection:
                await connection.execute(text("UPDATE leases SET until = until - :seconds"), {"seconds": LASTS})
            await settled(outbox)
    assert said(workspace) == keys
