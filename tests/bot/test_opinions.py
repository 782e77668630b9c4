"""What people read of a model's opinion beside the computed ranking, and of texts that try to steer it, everywhere."""

import io

import pytest

from bot.console.plain import PlainConsole
from bot.document import document
from bot.report.options import Options as Shown
from bot.report.page import markdown
from bot.thread.draw import draw
from bot.thread.options import Options
from incident.diagnosis import Opinion, SecondOpinion
from incident.model import Incident
from tests.bot import report_cases as case
from tests.bot.thread.inspection import sound, told

DISPUTED = SecondOpinion(
    by="llm",
    agree=False,
    model=Opinion(what="the deploy dep-31", evidence=("E6",)),
    computed=Opinion(what="the config change chg-88", evidence=("E2", "E4", "E5")),
)
STAYS = (
    "Disputed: the computed ranking names the config change chg-88 (E2, E4 to E5); "
    "the model names the deploy dep-31 (E6)"
)
FIRST = (
    "Disputed: the model names the deploy dep-31 (E6), which goes first, as evidence that it cites supports it nearly "
    "as well; the computed ranking alone names the config change chg-88 (E2, E4 to E5)"
)
AGREED = "The model and the computed ranking agree."
ATTEMPT = "E104 holds text that asks to disregard instructions: treated as data."


def diagnosed(**known: object) -> Incident:
    return case.grown(case.fresh(), *case.turns(), case.diagnosis(**known))


def thread(incident: Incident) -> str:
    return told(sound(draw(incident, incident.facts[-1], len(incident.facts), Options()), ()))


def report(incident: Incident) -> str:
    return markdown(incident, Shown())


def terminal(incident: Incident) -> str:
    stream = io.StringIO()
    PlainConsole(stream, whole=True).say(incident, incident.facts[-1])
    return " ".join(stream.getvalue().split())


@pytest.mark.parametrize("read", [thread, report, terminal])
@pytest.mark.parametrize(
    ("opinion", "words"),
    [
        (DISPUTED, STAYS),
        (DISPUTED.model_copy(update={"followed": True}), FIRST),
        (DISPUTED.model_copy(update={"agree": True}), AGREED),
    ],
)
def test_agreement_and_dissent_are_one_sentence(read: object, opinion: SecondOpinion, words: str) -> None:
    assert callable(read)
    assert read(diagnosed(second_opinion=opinion)).count(words) == 1


@pytest.mark.parametrize("read", [thread, report, terminal])
def test_where_no_model_spoke_nobody_is_told_of_one(read: object) -> None:
    assert callable(read)
    assert "the model" not in read(diagnosed()).lower()


@pytest.mark.parametrize("read", [thread, report, terminal])
def test_a_text_that_tries_to_steer_it_is_named_with_its_evidence(read: object) -> None:
    assert callable(read)
    assert ATTEMPT in read(diagnosed(attempts=(ATTEMPT,)))


@pytest.mark.parametrize("read", [thread, report, terminal])
def test_what_a_model_names_brings_no_markup(read: object) -> None:
    hostile = Opinion(what="<!channel> **x**\n# [now](https://evil.example) \x1b[31m" + "y" * 5_000)
    assert callable(read)
    shown = read(diagnosed(second_opinion=DISPUTED.model_copy(update={"model": hostile})))
    assert "\x1b" not in shown
    assert read is not report or "](https://evil" not in shown
    assert "y" * 300 not in shown


def test_the_document_has_both_sides() -> None:
    shown = document(diagnosed(second_opinion=DISPUTED, attempts=(ATTEMPT,)))["diagnosis"]
    assert shown["second_opinion"] == {
        "by": "llm",
        "agree": False,
        "followed": False,
        "model": {"what": "the deploy dep-31", "evidence": ["E6"]},
        "computed": {"what": "the config change chg-88", "evidence": ["E2", "E4", "E5"]},
    }
    assert shown["attempts"] == [ATTEMPT]
