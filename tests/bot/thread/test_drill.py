"""A drill says that it is one, wherever it is shown."""

from pathlib import Path

import pytest

from bot import report
from bot.app import find_place, listed_scenarios
from bot.beginning import drill
from bot.console.words import say_opening
from bot.library import as_line
from bot.listeners.reports import summary
from bot.report.ending import banner
from bot.thread.card import card
from bot.thread.draw import asked, draw, redrawn
from bot.thread.home import Home, Row, home
from bot.thread.modals import incident_line
from bot.thread.options import Options
from incident.facts import Action, Verdict
from incident.model import Incident
from incident.status import DRILL_LABEL, World
from scenarios.world import World as MadeUp
from tests.bot import report_cases as case
from tests.bot.thread.inspection import sound

SHOWN = Options(approvers=("U0ADA",))


def drilled(incident: Incident) -> Incident:
    return incident.model_copy(update={"alert": drill(incident.alert)})


RESOLVED = drilled(case.resolved())
ASKED = drilled(case.grown(case.fresh(), *case.turns(), case.diagnosis(), case.verdict(Action.ASK)))


@pytest.mark.parametrize("incident", [RESOLVED, ASKED])
def test_every_message_and_every_file_of_its_thread_is_marked_and_still_sound(incident: Incident) -> None:
    for seq, fact in enumerate(incident.facts, 1):
        before = incident.at(seq)
        messages = (card(before, {}, SHOWN), *draw(before, fact, seq, SHOWN))
        messages += tuple(message for _, message in redrawn(before, fact, seq, SHOWN))
        for message in sound(messages, ["S0ONCALL", "U0ADA", "U123"]):
            assert message.text.startswith("DRILL: ")
            assert "DRILL: " in str(message.blocks[0])
            assert all(each.title.startswith("DRILL: ") and each.alt.startswith("DRILL: ") for each in message.uploads)


def test_its_question_says_so_again_before_the_click_counts() -> None:
    seq = next(n for n, f in enumerate(ASKED.facts, 1) if isinstance(f, Verdict))
    (question, *_) = draw(ASKED.at(seq), ASKED.facts[seq - 1], seq, SHOWN)
    assert str(question.blocks[0]["text"]["text"]).startswith("DRILL: Roll back")
    assert "'text': 'DRILL: checkout-service" in str(question.blocks[-1])


def test_its_question_stays_marked_when_it_is_shown_anew() -> None:
    ((_, question),) = asked(ASKED, SHOWN)
    assert question.text.startswith("DRILL: ")
    assert str(question.blocks[0]["text"]["text"]).startswith("DRILL: Roll back")


def test_rows_reports_and_the_terminal_are_marked() -> None:
    row = str(home(Home(history=[Row(RESOLVED)])))
    told = (banner(RESOLVED), incident_line(RESOLVED), summary(RESOLVED), say_opening(RESOLVED).head)
    assert all(each.startswith("DRILL: ") for each in told)
    assert "DRILL: INC-" in row
    assert "resolved drill" in as_line(RESOLVED)
    assert report.markdown(RESOLVED).startswith("# DRILL: INC-")


def test_its_pdf_is_marked_in_title_header_and_banner(tmp_path: Path) -> None:
    from pypdf import PdfReader

    page = tmp_path / "rca.pdf"
    page.write_bytes(report.pdf(RESOLVED))
    read = PdfReader(page)
    assert str(read.metadata.title if read.metadata else "").startswith("DRILL: ")
    assert all("DRILL: INC-" in sheet.extract_text() for sheet in read.pages)
    assert "DRILL: Resolved." in read.pages[0].extract_text()


def test_what_is_no_drill_is_not_marked() -> None:
    incident = case.resolved()
    assert "DRILL" not in report.markdown(incident) + card(incident, {}, SHOWN).text + incident_line(incident)


def test_a_label_from_outside_makes_no_drill_of_what_is_real() -> None:
    real = drilled(case.fresh(World.REAL))
    assert DRILL_LABEL in real.alert.labels
    assert not real.drill


@pytest.mark.parametrize("name", [each.name for each in listed_scenarios()])
def test_whatever_is_drilled_is_rolled_back_by_its_own_made_up_world_and_by_nothing_else(name: str) -> None:
    place = find_place(f"scenario:{name}")
    assert type(place.deployer) is MadeUp
    assert place.deployer is place.telemetry
    assert place.world is World.SCENARIO
