import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.server import Workspace

Heard = asyncio.Queue[Any]


async def address(workspace: Workspace) -> str:
    opened = await AsyncWebClient(base_url=workspace.api_url).apps_connections_open(app_token=workspace.app_token)
    return str(opened["url"])


async def test_a_socket_begins_with_hello(workspace: Workspace) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await address(workspace)) as socket:
        hello = await socket.receive_json()

    assert (hello["type"], hello["num_connections"], hello["connection_info"]) == ("hello", 1, {"app_id": "AFIRST"})


async def test_an_address_opens_one_socket_only(workspace: Workspace) -> None:
    url = await address(workspace)
    async with aiohttp.ClientSession() as session, session.ws_connect(url):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_an_eleventh_socket_is_turned_away(workspace: Workspace) -> None:
    async with aiohttp.ClientSession() as session:
        held = [await session.ws_connect(await address(workspace)) for _ in range(10)]
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(await address(workspace))

    assert len(held) == 10


async def test_what_is_no_acknowledgement_does_no_harm(workspace: Workspace) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await address(workspace)) as socket:
        await socket.receive_json()
        for nonsense in ("{", "[]", '{"envelope_id": "unknown"}', '{"envelope_id": 7}'):
            await socket.send_str(nonsense)
        workspace.people.say("U0ADA", "alerts", "x")

        assert (await socket.receive_json())["type"] == "events_api"


async def test_an_envelope_says_what_may_be_answered(workspace: Workspace) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await address(workspace)) as socket:
        await socket.receive_json()
        workspace.people.say("U0ADA", "alerts", "x")
        event = await socket.receive_json()
        command = asyncio.create_task(workspace.interactions.command("U0ADA", "alerts", "/rca last"))
        envelope = await socket.receive_json()
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "here"}})
        await command

    assert event | {"accepts_response_payload": False, "retry_attempt": 0, "retry_reason": ""} == event
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)


async def test_each_payload_goes_to_one_of_several_sockets(workspace: Workspace, bot: AsyncApp, heard: Heard) -> None:
    second = AsyncSocketModeHandler(bot, workspace.app_token)
    await second.connect_async()
    await workspace.until(lambda: workspace.connections == 2)

    for number in range(6):
        workspace.people.say("U0ADA", "alerts", f"{number}")
    texts = [(await heard.get())["event"]["text"] for _ in range(6)]
    await second.close_async()

    assert sorted(texts) == [f"{number}" for number in range(6)]
    assert heard.empty()


async def test_a_refresh_moves_the_bot_to_a_new_socket_without_losing_an_event(
    workspace: Workspace, heard: Heard
) -> None:
    before = workspace.board.courier.sockets.open[0]
    workspace.disconnect()
    workspace.people.say("U0ADA", "alerts", "in between")

    assert (await heard.get())["event"]["text"] == "in between"
    await workspace.until(lambda: before not in workspace.board.courier.sockets.open)


async def test_a_cut_wire_is_mended_and_the_event_comes_again(workspace: Workspace, heard: Heard) -> None:
    before = workspace.board.courier.sockets.open[0]
    workspace.disconnect(hard=True)
    await workspace.until(lambda: before not in workspace.board.courier.sockets.open)
    await workspace.until(lambda: workspace.board.courier.sockets.open)

    workspace.people.say("U0ADA", "alerts", "after")

    assert (await heard.get())["event"]["text"] == "after"


async def test_a_socket_that_ignores_the_warning_is_closed(workspace: Workspace) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(await address(workspace)) as socket:
        await socket.receive_json()
        workspace.disconnect()
        warning = await socket.receive_json()
        end = await socket.receive()

    assert (warning["type"], warning["reason"]) == ("disconnect", "refresh_requested")
    assert end.type is aiohttp.WSMsgType.CLOSE


async def test_the_workspace_ends_while_sockets_pages_and_calls_are_open() -> None:
    async with Workspace() as workspace:
        session = aiohttp.ClientSession()
        await session.ws_connect(await address(workspace))
        live = f"{workspace.address.replace('http', 'ws', 1)}live?as=U0ADA"
        await session.ws_connect(live, origin=workspace.team.origin)
        workspace.people.say("U0ADA", "alerts", "nobody will acknowledge this")
    await session.close()

    assert not workspace.board.tasks
