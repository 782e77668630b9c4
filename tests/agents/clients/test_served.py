"""Which models a server has, asked of a scripted one over HTTP."""

import pytest
from pydantic import SecretStr

from agents.clients.groq import Door
from agents.clients.served import served
from agents.clients.unavailable import LLMUnavailable, Why
from tests.agents.clients.asking import LARGE, SMALL, talking, why
from tests.groq_standin import KEY, Answer, Groq, has, refused, said


async def asked(url: str, key: str = KEY, seconds: float = 20.0) -> frozenset[str] | Why:
    try:
        return await served(Door(SecretStr(key), (LARGE, SMALL), url), seconds)
    except LLMUnavailable as unavailable:
        return unavailable.why


async def test_the_models_are_those_of_the_list_and_nothing_is_asked_of_them() -> None:
    async with Groq() as groq:
        assert await asked(groq.url) == {LARGE, SMALL}
        assert (groq.listed, groq.asked) == ([f"Bearer {KEY}"], [])


async def test_one_that_rests_is_not_there_and_one_that_is_the_latest_is_under_both_its_names() -> None:
    async with Groq() as groq:
        groq.listing = has(LARGE, active=False)
        assert await asked(groq.url) == frozenset()
        groq.listing = has("llama3:latest")
        assert await asked(groq.url + "/v1") == {"llama3", "llama3:latest"}


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        (refused(401, "invalid_api_key", f"bad {KEY}"), Why.WRONG_KEY),
        (refused(403, "permissions_error"), Why.REFUSED),
        (refused(429, "rate_limit_exceeded"), Why.RATE_LIMITED),
        (refused(503), Why.AT_CAPACITY),
        (refused(404, "unknown_url", "Unknown request URL"), Why.NONSENSE),
        (Answer({"models": []}), Why.NONSENSE),
        (Answer("<html>"), Why.NONSENSE),
        (Answer([1]), Why.NONSENSE),
        (Answer("", status=302).headed(location="http://127.0.0.1:9/"), Why.REFUSED),
        (Answer(broken=True), Why.UNREACHABLE),
    ],
)
async def test_what_keeps_a_server_from_saying_so_has_a_name(answer: Answer, means: Why) -> None:
    async with Groq() as groq:
        groq.listing = answer
        assert await asked(groq.url) is means
        assert len(groq.listed) == 1


async def test_a_server_that_hangs_is_given_up() -> None:
    async with Groq() as groq:
        groq.listing = Answer(hangs=True)
        assert await asked(groq.url, seconds=0.05) is Why.NO_ANSWER


async def test_a_key_that_can_not_be_sent_is_not_tried() -> None:
    async with Groq() as groq:
        assert await asked(groq.url, key="gsk_\n") is Why.WRONG_KEY
        assert groq.listed == []


async def test_what_is_said_to_a_server_on_this_machine_goes_through_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with Groq(said("yes")) as groq, talking(groq) as room:
        assert await asked(groq.url) == {LARGE, SMALL}
        with pytest.raises(AssertionError, match="yes"):
            await why(room.client)
