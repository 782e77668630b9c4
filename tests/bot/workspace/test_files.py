from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.server import Workspace


async def error_of(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def upload(url: str, body: bytes) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, data=body) as response:
        return response.status, await response.text()


async def test_a_file_is_uploaded_in_three_steps_and_shared_a_moment_later(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    root = await client.chat_postMessage(channel="C0ALERTS", text="root")
    answer = await client.files_upload_v2(
        channel="C0ALERTS",
        thread_ts=root["ts"],
        filename="INC-1.pdf",
        file=b"%PDF-1.7",
        title="The report",
        alt_txt="A report",
        initial_comment="Here it is",
    )
    file_id = answer["file"]["id"]
    at_once = answer["file"]["shares"]
    await workspace.until(lambda: workspace.team.files[file_id].shares)
    thread = await client.conversations_replies(channel="C0ALERTS", ts=root["ts"])
    info = await client.files_info(file=file_id)

    assert at_once == {}
    assert (thread["messages"][1]["text"], thread["messages"][1]["files"][0]["title"]) == ("Here it is", "The report")
    assert info["file"]["shares"] == {"public": {"C0ALERTS": [{"ts": thread["messages"][1]["ts"]}]}}
    assert (info["file"]["mimetype"], info["file"]["alt_txt"]) == ("application/pdf", "A report")


async def test_a_message_with_a_file_cannot_be_edited(workspace: Workspace, client: AsyncWebClient) -> None:
    await client.files_upload_v2(channel="C0ALERTS", filename="a.txt", content="a")
    (message,) = await workspace.until(lambda: list(workspace.channel("alerts").messages.values()))

    assert await error_of(client.chat_update(channel="C0ALERTS", ts=message.ts, text="x")) == "cant_update_message"


async def test_a_file_is_downloaded_with_the_apps_token_only(workspace: Workspace, client: AsyncWebClient) -> None:
    answer = await client.files_upload_v2(channel="C0ALERTS", filename="a.txt", content="hello")
    url = answer["file"]["url_private"]
    headers = {"Authorization": f"Bearer {workspace.bot_token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, headers=headers) as allowed,
        session.get(url) as refused,
    ):
        assert (await allowed.text(), refused.status) == ("hello", 404)


async def test_a_file_of_another_length_than_announced_is_refused(client: AsyncWebClient) -> None:
    announced = await client.files_getUploadURLExternal(filename="a.txt", length=3)

    assert (await upload(announced["upload_url"], b"ab"))[0] == 400
    assert (await upload(announced["upload_url"], b"abc")) == (200, "OK - 3")
    assert (await upload(announced["upload_url"], b"abc"))[0] == 400


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"filename": "a.txt"}, "invalid_arguments"),
        ({"filename": "a.txt", "length": 0}, "invalid_arguments"),
        ({"filename": "a.txt", "length": "many"}, "invalid_arguments"),
        ({"filename": "a.txt", "length": 16_000_001}, "file_upload_size_restricted"),
    ],
)
async def test_a_file_that_cannot_be_announced_is_refused(
    client: AsyncWebClient, sent: dict[str, Any], error: str
) -> None:
    assert await error_of(client.api_call("files.getUploadURLExternal", params=sent)) == error


async def test_a_file_that_was_never_uploaded_cannot_be_shared(client: AsyncWebClient) -> None:
    announced = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    files: list[dict[str, str | None]] = [{"id": announced["file_id"], "title": "a"}]

    shared = client.files_completeUploadExternal(files=files, channel_id="C0ALERTS")
    assert await error_of(shared) == "file_not_found"
    assert await error_of(client.files_info(file=announced["file_id"])) == "file_not_found"


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ({"channel": "C0NOWHERE"}, "channel_not_found"),
        ({"channel": "C0GENERAL"}, "not_in_channel"),
        ({"channel": "alerts"}, "channel_not_found"),
        ({"channel": "C0ALERTS", "thread_ts": "1.000001"}, "thread_not_found"),
    ],
)
async def test_a_file_is_shared_by_channel_id_and_to_members_only(
    client: AsyncWebClient, where: dict[str, str], error: str
) -> None:
    assert await error_of(client.files_upload_v2(filename="a.txt", content="a", **where)) == error


async def test_the_oldest_files_make_room(workspace: Workspace, client: AsyncWebClient) -> None:
    first = await client.files_getUploadURLExternal(filename="a.txt", length=16_000_000)
    for _ in range(6):
        await client.files_getUploadURLExternal(filename="a.txt", length=16_000_000)

    assert first["file_id"] not in workspace.team.files
    assert len(workspace.team.files) == 6
