import pytest

from agents.clients.unavailable import LLMUnavailable, Why


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_is_a_clause_that_fits_behind_because(why: Why) -> None:
    said = str(LLMUnavailable(why))
    assert said.startswith(("the ", "no ", "today's "))
    assert not said.endswith(".")


def test_it_says_which_model_and_when_to_come_back() -> None:
    said = LLMUnavailable(Why.RATE_LIMITED, 12.4, "openai/gpt-oss-120b")
    assert str(said) == (
        "the LLM's limit for this minute is used up (openai/gpt-oss-120b); it may answer again in 12 s"
    )
    assert (said.why, said.retry_after, said.model) == ("rate-limited", 12.4, "openai/gpt-oss-120b")
