"""What `first-responder doctor` says of language models, against a scripted server over HTTP."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.doctor.catalog import catalog
from bot.doctor.examination import as_lines, examine
from bot.doctor.finding import Finding, State
from bot.doctor.leaving import leaving
from bot.doctor.llm import llm
from bot.github_settings import GitHubSettings
from bot.llm_settings import LLMSettings
from bot.slack_settings import SlackSettings
from bot.sources import variables
from incident.catalog import Catalog, Entry
from incident.quota import Price
from tests.bot.conftest import Program
from tests.groq_standin import KEY, Answer, Groq, has, refused

CATALOG = Catalog(services={"ledger": Entry(llm="off"), "basket": Entry()})


@pytest.fixture(autouse=True)
def _nothing_set(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for field in (*LLMSettings.model_fields.items(), *SlackSettings.model_fields.items()):
        for name in variables(*field):
            monkeypatch.delenv(name, raising=False)
    assert Path.cwd() == home


def at(url: str, **more: object) -> LLMSettings:
    settings: dict[str, Any] = {"groq_api_key": SecretStr(KEY), "groq_base_url": url, **more}
    return LLMSettings(**settings)


def told(found: list[Finding], state: State) -> list[Finding]:
    assert not any(KEY in finding.said + finding.remedy for finding in found)
    return [finding for finding in found if finding.state is state]


async def only_wrong(settings: LLMSettings) -> Finding:
    (finding,) = told(await llm(settings), State.WRONG)
    assert "\n" not in finding.said
    return finding


def goes(settings: LLMSettings, known: Catalog | None = None) -> dict[str, str]:
    """What goes to whom."""
    world = Settings(catalog=known or Catalog())
    return {each.to: each.what for each in leaving(world, SlackSettings(), GitHubSettings(), settings)}


async def test_all_is_well_and_no_token_is_spent() -> None:
    async with Groq() as groq:
        found = await llm(at(groq.url, llm_price={"openai/gpt-oss-120b": Price(1, 2, 1)}))
        assert groq.asked == []
    assert told(found, State.WRONG) == told(found, State.NOTE) == []
    said = "\n".join(finding.said for finding in found)
    assert f"openai/gpt-oss-120b at {groq.url}/ is asked, where it can't answer openai/gpt-oss-20b, then" in said
    assert "on this machine, and what it hears stays here" in said
    assert "made-up incidents alone" in said
    assert "the key is accepted; there: openai/gpt-oss-120b, openai/gpt-oss-20b" in said


@pytest.mark.parametrize(
    ("answer", "says", "do"),
    [
        (refused(401, "invalid_api_key"), "does not accept the key", "SFA_GROQ_API_KEY"),
        (refused(503), "out of capacity", "ask again later"),
        (refused(403), "refused", "what the key may do"),
        (refused(404, "", "not found"), "it has no list of models at http://127.0.0.1", "/v1"),
        (Answer("<html>"), "it has no list of models at http://127.0.0.1", "/v1"),
    ],
)
async def test_each_trouble_is_one_line_that_says_what_to_do(answer: Answer, says: str, do: str) -> None:
    async with Groq() as groq:
        groq.listing = answer
        finding = await only_wrong(at(groq.url))
    assert says in finding.said
    assert do in finding.remedy


async def test_a_server_that_is_not_there_is_told_from_a_wrong_key() -> None:
    finding = await only_wrong(at("http://127.0.0.1:9"))
    assert finding.said == "http://127.0.0.1:9/: the LLM's provider can't be reached"
    assert "HTTPS_PROXY" in finding.remedy


async def test_a_limit_that_is_reached_is_nothing_that_is_set_wrong() -> None:
    async with Groq() as groq:
        groq.listing = refused(429, "rate_limit_exceeded")
        found = await llm(at(groq.url))
    assert told(found, State.WRONG) == []
    assert "limit for this minute" in told(found, State.NOTE)[0].said


async def test_a_model_that_is_gone_is_wrong_and_a_fallback_that_is_gone_a_note() -> None:
    async with Groq() as groq:
        groq.listing = has("qwen/qwen3-32b", "not\x1b[31m a name")
        found = await llm(at(groq.url))
    (gone,), notes = told(found, State.WRONG), told(found, State.NOTE)
    assert gone.said.startswith("openai/gpt-oss-120b is not among the models of http://127.0.0.1")
    assert gone.remedy == "set SFA_GROQ_MODEL; the server has qwen/qwen3-32b"
    assert notes[0].said.startswith("openai/gpt-oss-20b is not among")
    assert "SFA_GROQ_FALLBACK_MODELS" in notes[0].remedy


async def test_a_server_of_ones_own_needs_no_key() -> None:
    async with Groq() as groq:
        found = await llm(LLMSettings(groq_base_url=groq.url + "/v1", groq_model="openai/gpt-oss-20b"))
    assert told(found, State.WRONG) == []
    assert "there: openai/gpt-oss-20b" in [finding.said for finding in found]


@pytest.mark.parametrize(
    ("settings", "state", "says"),
    [
        ({}, State.RIGHT, "no key: no language model is asked"),
        ({"llm": "on"}, State.WRONG, "SFA_LLM is on, and there is no key for Groq"),
        ({"llm": "off", "groq_api_key": SecretStr(KEY)}, State.RIGHT, "SFA_LLM is off: no language model is asked"),
    ],
)
async def test_where_none_is_asked_it_says_why_and_tells_nobody(
    settings: dict[str, Any], state: State, says: str
) -> None:
    (finding,) = await llm(LLMSettings(**settings))
    assert finding.state is state
    assert says in finding.said
    assert goes(LLMSettings(**settings)) == {}


async def test_caps_and_prices_say_what_it_may_take() -> None:
    prices = {"openai/gpt-oss-120b": Price(1, 2, 1), "openai/gpt-oss-20b": Price(1, 1, 1)}
    async with Groq() as groq:
        capped = at(groq.url, llm_price=prices, llm_tokens_a_day=100_000, llm_dollars_a_day=2.5)
        found = await llm(capped)
    said = (
        "an investigation takes up to 8,000 tokens, $0.0160 at most; all of them in 24 hours up to 100,000 tokens and"
    )
    assert f"{said} $2.50" in [finding.said for finding in found]


async def test_a_cap_of_nothing_is_worth_a_note() -> None:
    async with Groq() as groq:
        found = await llm(at(groq.url, token_budget=0, llm_tokens_a_day=0))
    notes = [finding.said.partition(":")[0] for finding in told(found, State.NOTE)]
    assert notes == ["SFA_TOKEN_BUDGET is 0", "SFA_LLM_TOKENS_A_DAY is 0"]


def test_real_telemetry_goes_nowhere_until_it_is_switched_on() -> None:
    elsewhere = "https://llm.example/v1"
    assert "nothing of real systems unless SFA_LLM is on" in goes(at(elsewhere))["llm.example"]
    assert "made-up incidents alone" in goes(at(elsewhere))["llm.example"]
    real = goes(at(elsewhere, llm="on"), CATALOG)["llm.example"]
    for words in (
        "real ones too",
        "log lines",
        "commit titles and diffs",
        "what people say",
        "never real ones of ledger",
    ):
        assert words in real, words
    assert "basket" not in real


def test_what_a_server_on_this_machine_hears_does_not_leave_it() -> None:
    assert goes(at("http://127.0.0.1:11434/v1", llm="on")) == {}


def test_a_proxy_on_the_way_to_the_model_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert "http://proxy.example:3128" in goes(at("https://llm.example/v1"))


def test_a_service_that_opted_out_says_so_where_the_catalog_is_told() -> None:
    said = [finding.said for finding in catalog(CATALOG, everyone=True)]
    assert said == ["ledger: no language model hears of its incidents", "basket: as the settings say"]


async def test_the_whole_examination_counts_it() -> None:
    found = await examine(Settings(), SlackSettings(), GitHubSettings(), at("http://127.0.0.1:9"))
    assert found.wrong == 1
    assert "  wrong  llm: http://127.0.0.1:9/: the LLM's provider can't be reached" in list(as_lines(found))


def test_the_command_says_that_nobody_is_told(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", KEY)
    monkeypatch.setenv("SFA_LLM", "off")
    done = program("doctor")
    assert done.code == 0
    assert "What leaves this machine\n  nothing: nobody else is told anything\n" in done.out
    assert KEY not in done.out + done.err
