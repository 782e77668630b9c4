import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.limits import SPECIAL, TIER_OF, Limits
from bot.workspace.methods import METHODS
from bot.workspace.server import Workspace
from tests.clock import Clock


def calls_until_limited(limits: Limits, method: str, channel: str = "") -> int:
    count = 0
    while not limits.take("AFIRST", method, channel):
        count += 1
    return count


def test_a_channel_takes_a_small_burst_and_then_one_message_a_second() -> None:
    clock = Clock(0.0)
    limits = Limits(now=clock)

    assert calls_until_limited(limits, "chat.postMessage", "C1") == 3
    assert limits.take("AFIRST", "chat.postMessage", "C1") == 1
    clock.now += 1
    assert calls_until_limited(limits, "chat.postMessage", "C1") == 1


def test_channels_and_apps_do_not_share_a_limit() -> None:
    limits = Limits(now=Clock(0.0))
    calls_until_limited(limits, "chat.postMessage", "C1")

    assert limits.take("AFIRST", "chat.postMessage", "C2") == 0
    assert limits.take("ADATADOG", "chat.postMessage", "C1") == 0


@pytest.mark.parametrize(
    ("method", "a_minute"),
    [("chat.update", 50), ("views.update", 100), ("files.getUploadURLExternal", 100), ("users.list", 20)],
)
def test_a_method_is_limited_by_the_minute_whatever_the_channel(method: str, a_minute: int) -> None:
    clock = Clock(0.0)
    limits = Limits(now=clock)

    assert calls_until_limited(limits, method) == a_minute
    assert limits.take("AFIRST", method, "C2") >= 1
    clock.now += 60
    assert calls_until_limited(limits, method) == a_minute


def test_a_pace_of_sixty_makes_a_minute_a_second() -> None:
    clock = Clock(0.0)
    limits = Limits(60, now=clock)
    calls_until_limited(limits, "chat.update")
    clock.now += 1

    assert calls_until_limited(limits, "chat.update") == 50


def test_every_method_has_a_limit() -> None:
    assert set(METHODS) == {"chat.postMessage", *TIER_OF, *SPECIAL}


async def test_who_calls_too_often_is_told_when_to_come_back() -> None:
    async with Workspace() as workspace:
        client = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url)
        for _ in range(3):
            await client.chat_postMessage(channel="C0ALERTS", text="x")
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel="C0ALERTS", text="x")

    response = refused.value.response
    assert (response.status_code, response["error"], response.headers["retry-after"]) == (429, "ratelimited", "1")
    assert len(workspace.channel("alerts").messages) == 3


async def test_a_client_that_honours_retry_after_gets_through() -> None:
    async with Workspace() as workspace:
        handlers = [AsyncRateLimitErrorRetryHandler(5)]
        client = AsyncWebClient(workspace.bot_token, base_url=workspace.api_url, retry_handlers=[*handlers])
        for number in range(4):
            await client.chat_postMessage(channel="C0ALERTS", text=f"{number}")

    assert [each.content["text"] for each in workspace.channel("alerts").messages.values()] == ["0", "1", "2", "3"]
