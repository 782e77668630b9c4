"""Settings of language models, from a real environment and real files."""

from pathlib import Path

import pytest

from bot.config import odd_settings
from bot.llm_settings import GROQ, SECRETS, LLMSettings, llm_settings
from bot.mistakes import Mistake
from bot.sources import variables
from incident.quota import Caps, Price


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for field in LLMSettings.model_fields.items():
        for name in variables(*field):
            monkeypatch.delenv(name, raising=False)


def test_nothing_is_needed() -> None:
    settings = llm_settings()
    assert (settings.groq_api_key, settings.llm, settings.groq_base_url) == (None, None, GROQ)
    assert settings.models == ("openai/gpt-oss-120b", "openai/gpt-oss-20b")
    assert (settings.token_budget, settings.caps) == (8000, Caps(None, None))


@pytest.mark.parametrize("name", SECRETS)
def test_the_key_may_be_in_a_file_under_either_name_and_is_never_shown(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("gsk_secret\n")
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "key"))
    settings = llm_settings()
    assert settings.groq_api_key is not None
    assert settings.groq_api_key.get_secret_value() == "gsk_secret"
    assert "secret" not in repr(settings)


def test_an_empty_key_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", " ")
    assert llm_settings().groq_api_key is None


def test_our_own_name_of_the_key_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "everybodys")
    monkeypatch.setenv("SFA_GROQ_API_KEY", "ours")
    key = llm_settings().groq_api_key
    assert key is not None
    assert key.get_secret_value() == "ours"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SFA_GROQ_BASE_URL", "http://example.com", "SFA_GROQ_BASE_URL: write an https address"),
        ("SFA_GROQ_MODEL", "a model", "SFA_GROQ_MODEL: write a model's name"),
        ("SFA_LLM", "maybe", "SFA_LLM: Input should be 'on' or 'off'"),
        ("SFA_LLM_TOKENS_A_DAY", "-1", "SFA_LLM_TOKENS_A_DAY: .*greater than or equal to 0"),
        ("SFA_LLM_DOLLARS_A_DAY", "inf", "SFA_LLM_DOLLARS_A_DAY: .*finite"),
        ("SFA_LLM_PRICE", "cheap", "SFA_LLM_PRICE: write dollars a million tokens as MODEL=INPUT/OUTPUT"),
    ],
)
def test_a_mistake_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Mistake, match=says):
        llm_settings()


def test_a_key_of_the_environment_goes_to_no_address_of_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SFA_GROQ_BASE_URL=https://elsewhere.example/\n")
    monkeypatch.setenv("GROQ_API_KEY", "gsk_1")
    with pytest.raises(Mistake, match=r"SFA_GROQ_BASE_URL comes from \.env"):
        llm_settings()


@pytest.mark.parametrize("written", ["on", "ON", "Off"])
def test_whether_a_model_may_be_asked_is_read_in_any_case(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("SFA_LLM", written)
    assert llm_settings().llm == written.lower()


def test_prices_are_dollars_a_million_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFA_LLM_PRICE", "qwen/qwen3-32b=0.29/0.59, own:latest=1/2/0.5")
    prices = llm_settings().prices
    assert prices["qwen/qwen3-32b"] == Price(0.29, 0.59, 0.29)
    assert prices["own:latest"] == Price(1, 2, 0.5)
    assert prices["openai/gpt-oss-120b"].dollars(1_000_000, 1_000_000) == pytest.approx(0.75)
    assert prices["openai/gpt-oss-120b"].dollars(1_000_000, 0, cached=500_000) == pytest.approx(0.1125)


def test_a_cap_in_money_needs_to_know_what_each_model_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFA_LLM_DOLLARS_A_DAY", "2.50")
    assert llm_settings().caps.dollars_a_day == 2.5
    monkeypatch.setenv("SFA_GROQ_MODEL", "qwen/qwen3-32b")
    with pytest.raises(Mistake, match="set SFA_LLM_PRICE=qwen/qwen3-32b=INPUT/OUTPUT"):
        llm_settings()


def test_groqs_prices_are_not_another_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFA_GROQ_BASE_URL", "http://127.0.0.1:8080")
    assert llm_settings().prices == {}
    monkeypatch.setenv("SFA_GROQ_BASE_URL", "https://api.groq.com/openai/v1")
    assert llm_settings().at_groq


def test_names_of_it_are_known_and_misspelt_ones_are_odd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFA_GROQ_MODEL", "openai/gpt-oss-20b")
    monkeypatch.setenv("SFA_TOKEN_BUGET", "8000")
    assert odd_settings() == ("SFA_TOKEN_BUGET is no setting and is not used; did you mean SFA_TOKEN_BUDGET?",)
