"""The whole bot in the workspace with a scripted Groq behind real HTTP: what its thread says, and what it does."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from pydantic import SecretStr
from scene import ALERTS, Scene

from agents.clients.budget import Budget
from agents.clients.memory import MemoryQuota
from agents.investigator import OFFLINE
from bot.llm_settings import LLMSettings
from bot.thinking import thinking
from incident.facts import RollbackStarted, Turn
from incident.status import Status
from tests.agents.llm import MODEL, playing, role
from tests.bot.thread.inspection import strings
from tests.groq_standin import KEY, Answer, Asked, Groq, Script, refused

TAKEN = "the offline reasoner took this turn"
SOON = {"investigation_deadline": timedelta(seconds=30)}
"""A minute's limit is waited for where there is time."""
MINUTE = "Rate limit reached on tokens per minute (TPM): Limit 8000, Used 7900, Requested 900"


@asynccontextmanager
async def asked_first(scene: Scene, script: Script) -> AsyncIterator[Groq]:
    """Start the bot with a model that is asked first."""
    async with Groq(by=script) as groq:
        settings = LLMSettings(groq_api_key=SecretStr(KEY), groq_base_url=groq.url)
        async with thinking(settings, Budget(MemoryQuota())) as scene.mind, scene.bot(SOON):
            yield groq
            await scene.at_rest()


def told(scene: Scene, ts: str) -> list[str]:
    """What each message of the thread says, all of its text together."""
    return ["\n".join(strings(message)) for message in scene.messages(ALERTS, ts)]


async def test_a_limit_that_comes_between_parallel_calls_is_told_once_in_the_turn_that_it_cost(scene: Scene) -> None:
    script = playing(metrics=refused(429, "rate_limit_exceeded", MINUTE, wait=50))
    async with asked_first(scene, script):
        ts = await scene.fire("user-auth-blip")
        incident = await scene.stored(lambda i: i.status.ended)
        await scene.at_rest()
    lost = [turn for turn in incident.every(Turn) if turn.by == OFFLINE]
    assert "metrics" in {turn.agent for turn in lost}
    assert incident.every(Turn)[0].by == MODEL
    assert incident.status is Status.REPORTED
    said = [message for message in told(scene, ts) if TAKEN in message]
    assert len(said) == len(lost)
    assert any("the LLM's limit for this minute is used up" in message for message in said)
    assert not any(KEY in message or "Traceback" in message for message in told(scene, ts))


async def test_a_model_that_dies_after_the_plan_changes_nothing_about_the_end(scene: Scene) -> None:
    usual = playing()

    def script(asked: Asked) -> Answer:
        answer = usual(asked) if role(asked) == "plan" else Answer({"id": "x"}, broken=True)
        assert isinstance(answer, Answer)
        return answer

    async with asked_first(scene, script):
        ts = await scene.fire("checkout-latency")
        incident = await scene.stored(lambda i: i.status is Status.RESOLVED)
        await scene.at_rest()
    assert [turn.by for turn in incident.every(Turn)] == [MODEL] + [OFFLINE] * 4
    assert len([message for message in told(scene, ts) if TAKEN in message]) == 4


async def test_a_model_that_is_sure_of_another_incidents_cause_gets_nothing_undone_and_a_person_asked(
    scene: Scene,
) -> None:
    async with asked_first(scene, playing()) as groq:
        ts = await scene.fire("checkout-latency")
        incident = await scene.stored(lambda i: i.status is Status.AWAITING_APPROVAL)
        await scene.at_rest()
    assert incident.last(RollbackStarted) is None
    thread = told(scene, ts)
    assert any("Disputed: " in message and "cfg-12" in message for message in thread)
    assert not any(TAKEN in message for message in thread)
    assert json.dumps(groq.asked[0].body).count(KEY) == 0
