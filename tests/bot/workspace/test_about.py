import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.cast import DEFAULT_MANIFEST
from bot.workspace.server import Workspace


async def test_a_token_says_whose_it_is(client: AsyncWebClient) -> None:
    answer = await client.auth_test()

    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == ("UFRBOT", "BFRBOT", "T0RESPOND")


async def test_the_granted_scopes_stand_in_a_header_of_every_answer(client: AsyncWebClient) -> None:
    answer = await client.auth_test()

    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


async def test_people_and_apps_are_listed_page_by_page(client: AsyncWebClient) -> None:
    pages = [page["members"] async for page in await client.users_list(limit=3)]

    assert len(pages) == 3
    assert {user["id"] for page in pages for user in page} >= {"U0ADA", "U0BEN", "U0CLEO", "U0GUEST", "UFRBOT"}


async def test_a_guest_is_shown_as_restricted(client: AsyncWebClient) -> None:
    answer = await client.users_info(user="U0GUEST")

    assert answer["user"]["is_restricted"] is True


async def test_addresses_are_only_shown_with_the_scope_for_them(client: AsyncWebClient) -> None:
    shown = await client.users_info(user="U0ADA")
    with pytest.raises(SlackApiError, match=r"users:read\.email"):
        await client.users_lookupByEmail(email="ada@example.com")

    assert "email" not in shown["user"]["profile"]


async def test_somebody_is_found_by_address_where_the_scope_was_granted() -> None:
    scopes = [*DEFAULT_MANIFEST["oauth_config"]["scopes"]["bot"], "users:read.email", "team:read"]
    async with Workspace(manifest={**DEFAULT_MANIFEST, "oauth_config": {"scopes": {"bot": scopes}}}) as workspace:
        client = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url)

        assert (await client.users_lookupByEmail(email="ada@example.com"))["user"]["id"] == "U0ADA"
        assert (await client.team_info())["team"]["id"] == "T0RESPOND"


async def test_the_members_of_a_user_group_are_listed(client: AsyncWebClient) -> None:
    groups = await client.usergroups_list(include_users=True)

    assert (await client.usergroups_users_list(usergroup="S0ONCALL"))["users"] == ["U0ADA", "U0BEN"]
    assert groups["usergroups"][0]["users"] == ["U0ADA", "U0BEN"]


async def test_a_bot_is_described_by_its_id(client: AsyncWebClient) -> None:
    answer = await client.bots_info(bot="BDATADOG")

    assert (answer["bot"]["name"], answer["bot"]["app_id"]) == ("Datadog", "ADATADOG")


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ({"api_method": "users.info", "params": {"user": "U0NOBODY"}}, "user_not_found"),
        ({"api_method": "bots.info", "params": {"bot": "BNOBODY"}}, "bot_not_found"),
        ({"api_method": "usergroups.users.list", "params": {"usergroup": "S0NONE"}}, "no_such_subteam"),
        ({"api_method": "users.list", "params": {"cursor": "x"}}, "invalid_cursor"),
        ({"api_method": "users.list", "params": {"limit": "-1"}}, "invalid_limit"),
    ],
)
async def test_who_is_unknown_is_refused_in_slacks_words(client: AsyncWebClient, call: dict, error: str) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(**call)

    assert refused.value.response["error"] == error
