"""Who is among the people and groups that a setting names."""

import asyncio

from slack_sdk.web.async_client import AsyncWebClient

from bot.people import People


async def oncall() -> tuple[str, ...]:
    return ("S0ONCALL",)


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    writer.close()


async def test_a_group_has_nobody_in_it_while_slack_drops_the_connection() -> None:
    async with await asyncio.start_server(hang_up, "127.0.0.1") as server:
        slack = AsyncWebClient("xoxb-1", base_url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        slack.retry_handlers.clear()
        approvers = People(slack, "SFA_APPROVERS", oncall)
        assert not await approvers.include("U0ADA")
        assert await approvers.meant() == {"people": [], "groups": {"S0ONCALL": []}}
