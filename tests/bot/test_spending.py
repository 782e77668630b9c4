"""What a language model took, as it is shown in the thread, the report and the terminal."""

from pathlib import Path

import pytest

from bot.console.ending import say_ending
from bot.document import document
from bot.outbox import Outcome
from bot.report import page
from bot.report.options import Options as ReportOptions
from bot.report.spending import dollars, spending
from bot.thread.diagnosis import diagnosis_messages
from bot.thread.options import Options
from bot.wishes import Wishes
from incident.diagnosis import Spent, Usage
from incident.facts import FACT
from incident.quota import Left
from tests.bot import report_cases as case

LEFT = Left(requests_a_minute=24, requests_a_day=994, tokens_a_minute=2790, tokens_a_day=194_790, dollars_a_day=1.2)
SPENT = Spent(calls=6, tokens=5210, budget=8000, dollars=0.00137, left=LEFT, smaller="No second round.")
USAGE = Usage(model="openai/gpt-oss-120b", model_calls=6, prompt_tokens=4000, completion_tokens=1210, spent=SPENT)
WISHES = Wishes("checkout", 0, None, Path("rca"), as_json=False, dry_run=False, approve=None)
SENTENCES = [
    "LLM: 6 calls, 5,210 of 8,000 tokens, $0.0014",
    "Left for all investigations: 2,790 tokens, 24 calls this minute; 194,790 tokens, 994 calls, $1.20 today",
    "No second round.",
]


def shown(usage: Usage) -> tuple[str, str, str]:
    """Return the thread's diagnosis, the report, and the terminal's last lines."""
    incident = case.reported().model_copy(update={"facts": (*case.turns(), case.diagnosis(usage=usage))})
    diagnosis = incident.facts[-1]
    assert diagnosis.kind == "diagnosis"
    thread = str(diagnosis_messages(incident, diagnosis, Options()))
    return thread, page.markdown(incident, ReportOptions()), str(say_ending(incident, Outcome(None), WISHES))


def test_it_is_told_in_three_sentences() -> None:
    assert list(spending(USAGE)) == SENTENCES


@pytest.mark.parametrize("sentence", SENTENCES)
def test_all_of_them_are_in_the_thread_the_report_and_the_terminal(sentence: str) -> None:
    assert [sentence in each.replace("\\", "") for each in shown(USAGE)] == [True] * 3


def test_of_the_offline_reasoner_none_of_it_is_shown() -> None:
    assert list(spending(Usage(model="offline", model_calls=5))) == []
    assert not any("LLM:" in each or "Left for" in each for each in shown(Usage(model="offline", model_calls=5)))


def test_where_nothing_limits_it_and_no_price_is_known_only_the_calls_are_told() -> None:
    bare = Usage(model="own", spent=Spent(calls=1, tokens=900, budget=8000))
    assert list(spending(bare)) == ["LLM: 1 call, 900 of 8,000 tokens"]


def test_a_diagnosis_that_was_stored_before_is_read_as_it_was() -> None:
    stored = case.diagnosis().model_dump(mode="json")
    del stored["usage"]["spent"]
    assert FACT.validate_python(stored) == case.diagnosis()
    assert FACT.validate_json(case.diagnosis(usage=USAGE).model_dump_json()) == case.diagnosis(usage=USAGE)


def test_the_json_document_keeps_its_keys() -> None:
    incident = case.reported().model_copy(update={"facts": (*case.turns(), case.diagnosis(usage=USAGE))})
    assert "spent" not in document(incident)["usage"]


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "$0.00"), (0.00137, "$0.0014"), (0.5, "$0.50"), (1234.5, "$1,234.50")]
)
def test_money_is_shown_as_exactly_as_it_matters(amount: float, text: str) -> None:
    assert dollars(amount) == text
