"""Slack away, delivery left in the middle, the process killed: the next one goes on as if nothing had been."""

import asyncio
import contextlib
import random
import socket
import sys
from pathlib import Path

import pytest

from bot.slack.delivery import Delivery
from bot.workspace.faults import Fault, Kind
from bot.workspace.server import Workspace
from storage.database import Database
from storage.outbox import SqlOutbox
from storage.parcel import Kind as What
from storage.parcel import Parcel
from tests.bot.slack.wire import ALERTS, INCIDENTS, QUICK, client_of, post, said, settled, upload

THREAD = ["card", *(f"turn {number:02}" for number in range(40))]
ROOT = Path(__file__).parents[3]

PROGRAM = """
import asyncio, sys
from bot.slack.delivery import Delivery
from storage.database import Database
from storage.outbox import SqlOutbox
from slack_sdk.web.async_client import AsyncWebClient
from tests.bot.slack.wire import QUICK

async def main(database_url, api_url, token):
    async with Database(database_url) as database:
        client = AsyncWebClient(token, base_url=api_url, retry_handlers=[])
        async with Delivery(SqlOutbox(database), client, QUICK):
            await asyncio.Event().wait()

asyncio.run(main(*sys.argv[1:]))
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def test_while_slack_is_away_all_waits_and_then_comes_in_order(outbox: SqlOutbox) -> None:
    later = Workspace(port := free_port())
    client = client_of(later)
    client.base_url = f"http://127.0.0.1:{port}/api/"
    async with Delivery(outbox, client, QUICK):
        await outbox.put(*(post(key, thread_of=None if key == "card" else "card") for key in THREAD[:3]))
        await asyncio.sleep(5 * QUICK.longest_pause)
        async with later:
            await settled(outbox)
            assert said(later) == THREAD[:3]


@pytest.mark.parametrize(
    "answer",
    [
        b"502 Bad Gateway\r\nContent-Type: text/html",
        b"200 OK\r\nContent-Type: text/html",
        b"200 OK\r\nContent-Type: text/plain",
    ],
)
async def test_an_answer_of_somebody_between_us_and_slack_is_an_outage(
    workspace: Workspace, outbox: SqlOutbox, answer: bytes
) -> None:
    client = client_of(workspace)
    asked = 0

    async def between(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 %b\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<p>Log in</p>" % answer)
        writer.close()
        asked += 1
        if asked > 1:
            client.base_url = workspace.api_url

    async with await asyncio.start_server(between, "127.0.0.1", 0) as server:
        client.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/"
        async with Delivery(outbox, client, QUICK):
            await outbox.put(post("card"), post("next"))
            await settled(outbox)

    assert (said(workspace), await outbox.refused()) == (["card", "next"], {})


async def test_where_somebody_answers_that_sessions_are_not_found_the_thread_goes_on(
    workspace: Workspace, outbox: SqlOutbox
) -> None:
    client = client_of(workspace)

    async def knows_no_page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nNot Found")
        writer.close()
        client.base_url = workspace.api_url

    async with await asyncio.start_server(knows_no_page, "127.0.0.1", 0) as server:
        client.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/"
        async with Delivery(outbox, client, QUICK):
            body = {"status": "processing", "thread_ts": "1.000001"}
            await outbox.put(Parcel("session", ALERTS, What.SESSION, body), post("turn"))
            await settled(outbox)

    assert (said(workspace), await outbox.refused()) == (["turn"], {})


@pytest.mark.parametrize("kind", ["hang", "lost"])
async def test_delivery_that_is_left_in_the_middle_of_a_call_is_gone_on_with(
    workspace: Workspace, database: Database, kind: Kind
) -> None:
    outbox = SqlOutbox(database)
    async with Delivery(outbox, client_of(workspace), QUICK):
        await outbox.put(post("card"))
        await settled(outbox)
        workspace.faults.add(Fault("chat.postMessage", kind))
        await outbox.put(*(post(key, thread_of="card") for key in THREAD[1:4]))
        await workspace.until(lambda: not len(workspace.faults))
    async with Delivery(outbox := SqlOutbox(database), client_of(workspace), QUICK):
        await settled(outbox)

    assert said(workspace) == THREAD[:4]


async def test_a_file_whose_upload_was_left_in_the_middle_comes_once(workspace: Workspace, database: Database) -> None:
    outbox = SqlOutbox(database)
    workspace.faults.add(Fault("files.completeUploadExternal", "lost"))
    async with Delivery(outbox, client_of(workspace), QUICK):
        await outbox.put(post("card"), upload("report", thread_of="card"), post("turn", thread_of="card"))
        await workspace.until(lambda: not len(workspace.faults))
    async with Delivery(outbox := SqlOutbox(database), client_of(workspace), QUICK):
        await settled(outbox)

    assert said(workspace) == ["card", "report.pdf", "turn"]


async def test_leaving_lets_a_call_end_that_is_under_way(workspace: Workspace, outbox: SqlOutbox) -> None:
    async with Delivery(outbox, client_of(workspace), QUICK):
        await outbox.put(*(post(key) for key in THREAD))
        await workspace.until(lambda: said(workspace))
    arrived = said(workspace)
    waiting = await outbox.first(ALERTS)

    assert arrived == THREAD[: len(arrived)]
    assert waiting is not None
    assert (waiting.key, waiting.tried_at) == (THREAD[len(arrived)], None)


async def test_leaving_does_not_wait_for_slack_to_come_back(workspace: Workspace, outbox: SqlOutbox) -> None:
    workspace.faults.add(Fault("chat.postMessage", "429", retry_after=3600))
    async with Delivery(outbox, client_of(workspace), QUICK):
        await outbox.put(post("card"))
        await workspace.until(lambda: not len(workspace.faults))

    assert said(workspace) == []


async def test_a_process_that_is_killed_again_and_again_loses_and_doubles_nothing(
    workspace: Workspace, outbox: SqlOutbox, database: Database
) -> None:
    other = [f"elsewhere {number:02}" for number in range(40)]
    await outbox.put(*(post(key, thread_of=None if key == "card" else "card") for key in THREAD))
    await outbox.put(*(post(key, INCIDENTS) for key in other))
    arguments = ("-c", PROGRAM, str(database.url), workspace.api_url, workspace.bot_token)
    for goal in (3, 9, 20, 41):
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT)
        await workspace.until(lambda goal=goal: len(said(workspace)) >= goal)  # type: ignore[misc]
        if goal < len(THREAD):
            await asyncio.sleep(random.random() / 50)  # noqa: S311 - somewhere in the middle
        else:
            await settled(outbox)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()

    assert (said(workspace), said(workspace, INCIDENTS)) == (THREAD, other)
