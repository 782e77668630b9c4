import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.server import Workspace


async def error_of(client: AsyncWebClient, method: str, **more: object) -> str:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(method, **more)
    return str(refused.value.response["error"])


async def post(workspace: Workspace, method: str, **more: object) -> dict:
    async with aiohttp.ClientSession() as session, session.post(f"{workspace.api_url}{method}", **more) as response:
        return await response.json()


async def test_an_unknown_method_is_called_so(client: AsyncWebClient) -> None:
    assert await error_of(client, "chat.shout") == "unknown_method"


async def test_no_token_and_a_wrong_token_are_told_apart(workspace: Workspace) -> None:
    assert await error_of(AsyncWebClient(base_url=workspace.api_url), "auth.test") == "not_authed"
    assert await error_of(AsyncWebClient("xoxb-wrong", base_url=workspace.api_url), "auth.test") == "invalid_auth"


async def test_a_bot_token_opens_no_socket_and_an_app_token_posts_no_message(workspace: Workspace) -> None:
    as_bot = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url)
    as_app = AsyncWebClient(workspace.app_token, base_url=workspace.api_url)

    assert await error_of(as_bot, "apps.connections.open") == "not_allowed_token_type"
    assert (
        await error_of(as_app, "chat.postMessage", json={"channel": "C0ALERTS", "text": "x"})
        == "not_allowed_token_type"
    )


async def test_an_app_token_says_which_app_it_is(workspace: Workspace) -> None:
    answer = await AsyncWebClient(workspace.app_token, base_url=workspace.api_url).auth_test()

    assert answer["app_id"] == "AFIRST"


@pytest.mark.parametrize("way", ["params", "data", "json"])
async def test_arguments_come_as_query_string_form_or_json(client: AsyncWebClient, way: str) -> None:
    blocks = '[{"type": "divider"}]' if way != "json" else [{"type": "divider"}]
    sent = {"channel": "C0ALERTS", "text": "x", "blocks": blocks}

    answer = await client.api_call("chat.postMessage", **{way: sent})

    assert answer["message"]["blocks"][0]["type"] == "divider"


async def test_a_token_is_taken_from_a_form_too(workspace: Workspace) -> None:
    assert (await post(workspace, "auth.test", data={"token": workspace.bot_token}))["ok"] is True


async def test_a_missing_argument_is_named(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call("chat.update", json={"channel": "C0ALERTS", "text": "x"})

    assert refused.value.response["error"] == "invalid_arguments"
    assert "missing required field: ts" in refused.value.response["response_metadata"]["messages"][0]


@pytest.mark.parametrize(
    ("sent", "error"),
    [(b"{", "invalid_json"), (b"[]", "json_not_object"), (b"x" * 1_000_001, "request_too_large")],
)
async def test_a_body_that_is_no_json_object_or_too_large_is_refused(
    workspace: Workspace, sent: bytes, error: str
) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {workspace.bot_token}"}

    assert (await post(workspace, "chat.postMessage", data=sent, headers=headers))["error"] == error


async def test_a_missing_scope_is_named_beside_those_that_were_granted() -> None:
    manifest = {"oauth_config": {"scopes": {"bot": ["chat:write"]}}}
    async with Workspace(manifest=manifest) as workspace:
        client = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url)
        with pytest.raises(SlackApiError) as refused:
            await client.reactions_add(channel="C0ALERTS", timestamp="1.1", name="eyes")

    assert refused.value.response["error"] == "missing_scope"
    assert (refused.value.response["needed"], refused.value.response["provided"]) == ("reactions:write", "chat:write")


async def test_a_name_and_icon_of_ones_own_need_their_scope() -> None:
    async with Workspace(manifest={"oauth_config": {"scopes": {"bot": ["chat:write"]}}}) as workspace:
        client = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url)
        with pytest.raises(SlackApiError, match=r"chat:write\.customize"):
            await client.chat_postMessage(channel="C0ALERTS", text="x", username="Metrics agent")


async def test_a_host_of_another_name_is_turned_away(workspace: Workspace) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{workspace.api_url}auth.test", headers={"Host": "evil.example"}) as response,
    ):
        assert response.status == 403


async def test_blocks_deeper_than_anything_real_are_refused(client: AsyncWebClient) -> None:
    deep = '[{"type": "divider", "x": ' + "[" * 100 + "]" * 100 + "}]"

    sent = {"channel": "C0ALERTS", "text": "x", "blocks": deep}
    assert await error_of(client, "chat.postMessage", params=sent) == "invalid_blocks"
