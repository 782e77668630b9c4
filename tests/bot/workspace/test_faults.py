import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.workspace.faults import Fault, Faults, Kind
from bot.workspace.server import Workspace


def said(workspace: Workspace) -> list[str]:
    return [message.content["text"] for message in workspace.channel("alerts").messages.values()]


async def test_the_next_calls_of_a_method_are_rate_limited(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.faults.add(Fault("chat.postMessage", "429", times=2, retry_after=7))

    for _ in range(2):
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel="C0ALERTS", text="x")
        assert (refused.value.response.status_code, refused.value.response.headers["retry-after"]) == (429, "7")
    await client.chat_postMessage(channel="C0ALERTS", text="third")

    assert said(workspace) == ["third"]


async def test_a_server_error_does_nothing_and_may_be_repeated(workspace: Workspace) -> None:
    workspace.faults.add(Fault("chat.postMessage", "500"))
    handlers = [AsyncServerErrorRetryHandler(2)]
    client = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url, retry_handlers=[*handlers])
    await client.chat_postMessage(channel="C0ALERTS", text="once")

    assert said(workspace) == ["once"]


async def test_any_error_of_slacks_can_be_asked_for(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.faults.add(Fault("chat.postMessage", "error", code="msg_too_long"))

    with pytest.raises(SlackApiError, match="msg_too_long"):
        await client.chat_postMessage(channel="C0ALERTS", text="x")
    assert said(workspace) == []


async def test_a_call_that_hangs_is_never_done(workspace: Workspace) -> None:
    workspace.faults.add(Fault("chat.postMessage", "hang"))
    impatient = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url, timeout=1, retry_handlers=[])

    with pytest.raises(TimeoutError):
        await impatient.chat_postMessage(channel="C0ALERTS", text="x")
    assert said(workspace) == []


async def test_a_call_whose_answer_is_lost_is_done_all_the_same(workspace: Workspace) -> None:
    workspace.faults.add(Fault("chat.postMessage", "lost"))
    impatient = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url, timeout=1, retry_handlers=[])

    with pytest.raises(TimeoutError):
        await impatient.chat_postMessage(channel="C0ALERTS", text="accepted")
    assert said(workspace) == ["accepted"]


async def test_a_connection_cut_after_the_call_makes_a_client_that_retries_post_twice(workspace: Workspace) -> None:
    workspace.faults.add(Fault("chat.postMessage", "cut"))
    handlers = [AsyncConnectionErrorRetryHandler(1)]
    client = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url, retry_handlers=[*handlers])
    await client.chat_postMessage(channel="C0ALERTS", text="twice")

    assert said(workspace) == ["twice", "twice"]


async def test_an_upload_can_fail_in_its_second_step(workspace: Workspace, client: AsyncWebClient) -> None:
    workspace.faults.add(Fault("upload", "500"))

    with pytest.raises(SlackRequestError):
        await client.files_upload_v2(channel="C0ALERTS", filename="a.txt", content="a")
    answer = await client.files_upload_v2(channel="C0ALERTS", filename="a.txt", content="a")

    assert answer["ok"] is True


async def test_a_response_url_can_fail(workspace: Workspace) -> None:
    workspace.faults.add(Fault("response_url", "500"))
    app = workspace.team.apps["AFIRST"]
    webhook = AsyncWebhookClient(
        workspace.board.response_url(app, "U0ADA", workspace.channel("alerts")), retry_handlers=[]
    )

    assert (await webhook.send(text="x")).status_code == 500
    assert (await webhook.send(text="x")).status_code == 200


async def test_faults_may_be_declared_before_the_workspace_begins() -> None:
    async with Workspace(faults=Faults(Fault("auth.test", "error", code="account_inactive"))) as workspace:
        with pytest.raises(SlackApiError, match="account_inactive"):
            await AsyncWebClient(workspace.bot_token, base_url=workspace.api_url).auth_test()


async def test_a_call_that_hangs_does_not_outlive_the_workspace() -> None:
    async with Workspace(faults=Faults(Fault("auth.test", "hang"))) as workspace, aiohttp.ClientSession() as session:
        hanging = session.post(f"{workspace.api_url}auth.test", data={"token": workspace.bot_token})
        call = asyncio.ensure_future(hanging.__aenter__())
        await workspace.until(lambda: len(workspace.faults) == 0)
        workspace.faults.over.set()

        assert (await call).status == 504


@pytest.mark.parametrize("fault", [("chat.postMessage", "late"), ("interactive", "500")])
def test_a_fault_that_could_never_happen_cannot_be_declared(fault: tuple[str, Kind]) -> None:
    with pytest.raises(ValueError, match="envelopes are late"):
        Fault(*fault)
