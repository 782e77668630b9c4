"""Who thinks where: the LLM where one may be asked, the offline reasoner everywhere else."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from agents.clients.budget import Budget
from agents.clients.memory import MemoryQuota
from bot.app import answerer
from bot.config import Settings
from bot.llm_settings import LLMSettings
from bot.mistakes import Mistake
from bot.thinking import may_hear, thinking, wished
from incident.catalog import Catalog, Entry
from incident.status import World
from tests.agents.llm import MODEL, playing
from tests.agents.questions.test_answering import NOW, asking, concluded
from tests.bot.conftest import Program
from tests.groq_standin import KEY, Groq, Script, refused, said

QUIET = Catalog(services={"ledger": Entry.model_validate({"llm": False})})


def settings(**said: object) -> LLMSettings:
    return LLMSettings(**{"groq_api_key": SecretStr("k"), **said})  # type: ignore[arg-type]


def test_of_what_is_made_up_an_llm_may_hear_unless_it_is_off() -> None:
    assert may_hear(settings(), World.SCENARIO, "ledger", QUIET)
    assert may_hear(settings(llm="on"), World.SCENARIO, "ledger", QUIET)
    assert not may_hear(settings(llm="off"), World.SCENARIO, "ledger", QUIET)


@pytest.mark.parametrize("world", [World.REAL, World.RECORDED])
def test_of_real_telemetry_it_hears_only_where_that_was_switched_on_and_the_service_did_not_opt_out(
    world: World,
) -> None:
    assert not may_hear(settings(), world, "basket", QUIET)
    assert not may_hear(settings(llm="off"), world, "basket", QUIET)
    assert may_hear(settings(llm="on"), world, "basket", QUIET)
    assert not may_hear(settings(llm="on"), world, "ledger", QUIET)


def test_whoever_names_a_model_lets_it_hear_of_a_recording() -> None:
    named, unnamed = wished(settings(), "groq"), wished(settings(), None)
    assert named is not None
    assert unnamed is not None
    assert may_hear(named, World.RECORDED, "basket", QUIET)
    assert not may_hear(unnamed, World.RECORDED, "basket", QUIET)


def test_a_key_is_what_makes_the_difference_and_offline_can_be_asked_for() -> None:
    assert wished(settings(groq_api_key=None), None) is None
    assert wished(settings(), "offline") is None
    assert wished(settings(llm="off"), None) is None
    assert wished(settings(), None) == settings()
    assert wished(settings(), "groq") == settings(llm="on")


def test_a_model_by_its_name_is_asked_and_no_other() -> None:
    chosen = wished(settings(), "llama-99")
    assert chosen is not None
    assert chosen.models == ("llama-99",)


def test_a_server_of_ones_own_needs_no_key() -> None:
    assert wished(settings(groq_api_key=None, groq_base_url="http://127.0.0.1:8080/"), None) is not None


@pytest.mark.parametrize(
    ("said", "model", "sentence"),
    [
        ({"groq_api_key": None}, "groq", "no key for Groq: set GROQ_API_KEY"),
        ({"llm": "off"}, "groq", "SFA_LLM is off: set it to on"),
        ({}, "two words", "a model's name like openai/gpt-oss-120b"),
    ],
)
def test_a_wish_that_can_not_be_met_is_told(said: dict[str, object], model: str, sentence: str) -> None:
    with pytest.raises(Mistake, match=sentence):
        wished(settings(**said), model)


@pytest.mark.parametrize(
    ("world", "llm", "by"),
    [(World.SCENARIO, None, MODEL), (World.REAL, None, "offline"), (World.REAL, "on", MODEL)],
)
async def test_a_question_is_answered_in_its_words_where_it_may_hear_of_the_incident(
    world: World, llm: str | None, by: str
) -> None:
    case = asking((await concluded()).model_copy(update={"world": world}), "why not ledger?")
    async with Groq(by=lambda _: said("Nothing began soon after it (E201).")) as groq:
        more = {} if llm is None else {"llm": llm}
        door = settings(groq_api_key=SecretStr(KEY), groq_base_url=groq.url, groq_model=MODEL, **more)
        async with thinking(door, Budget(MemoryQuota())) as mind:
            answer = await answerer(Settings(), mind).answer(case, len(case.facts), NOW, None)
    assert (answer.by, len(groq.asked)) == (by, int(by == MODEL))


@contextmanager
def apart(script: Script) -> Iterator[Groq]:
    """Serve in a thread of its own: a command has an event loop of its own."""
    groq, ready, end = Groq(by=script), threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with groq:
            ready.set()
            await end.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait()
    try:
        yield groq
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        loop.close()


def with_llm(groq: Groq, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFA_GROQ_BASE_URL", groq.url)
    monkeypatch.setenv("SFA_GROQ_API_KEY", KEY)


def test_a_command_asks_the_llm_and_the_document_says_who_took_which_turn(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with apart(playing(logs=refused(400, "refused"))) as groq:
        with_llm(groq, monkeypatch)
        done = program("investigate", "user-auth-blip", "--json")
    shown = json.loads(done.out)
    assert {turn["agent"]: turn["by"] for turn in shown["turns"]} == {
        "commander": MODEL, "metrics": MODEL, "deploy": MODEL, "logs": "offline",
    }  # fmt: skip
    assert (shown["usage"]["model"], shown["usage"]["model_calls"]) == (MODEL, 5)
    assert KEY not in done.out + done.err


def test_offline_asks_nobody_though_a_key_is_set(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    with apart(playing()) as groq:
        with_llm(groq, monkeypatch)
        done = program("investigate", "user-auth-blip", "--json", "--model", "offline")
    assert json.loads(done.out)["usage"]["model"] == "offline"
    assert groq.asked == []
