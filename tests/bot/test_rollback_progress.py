"""How the run of a rollback shows while it is followed: in the thread once, on the card, on the terminal."""

from bot.console.words import say
from bot.document import document
from bot.report.timeline import moments
from bot.thread.card import card
from bot.thread.draw import draw
from bot.thread.options import Options
from incident.facts import Fact, Outcome, Progress, RollbackEnded, RollbackSeen, RollbackSent
from incident.model import Incident
from tests.bot import report_cases as case

RUN = "https://github.com/acme/rollbacks/actions/runs/1000"
SENT = RollbackSent(at=case.at(3.6), key="rb-INC-7F3K2")
QUEUED = RollbackSeen(at=case.at(3.7), key=SENT.key, run="1000", progress=Progress.QUEUED, url=RUN)
RUNNING = QUEUED.model_copy(update={"progress": Progress.RUNNING, "at": case.at(3.8)})


def followed(*facts: Fact) -> Incident:
    return case.grown(case.resolved().at(9), *facts)


def in_thread(incident: Incident) -> str:
    return " ".join(m.text for m in draw(incident, incident.facts[-1], len(incident.facts), Options()))


def test_the_thread_links_the_run_once() -> None:
    shown = [in_thread(followed(*(SENT, QUEUED, RUNNING)[:n])) for n in (1, 2, 3)]
    assert (shown[0], shown[2]) == ("", "")
    assert RUN in shown[1]


def test_a_dispatch_that_was_refused_has_no_run_and_says_where_one_would_stand() -> None:
    runs = "https://github.example/acme/rollbacks/actions/workflows/rollback.yml"
    ended = RollbackEnded(at=case.at(4), key=SENT.key, outcome=Outcome.FAILED, url=runs, reason="Nothing was changed.")
    told = in_thread(followed(SENT, ended))
    assert f"Where to look: {runs}" in told
    assert "Its run" not in told


def test_the_card_says_how_far_the_run_is_until_it_has_ended() -> None:
    assert "the rollback's run is queued" in card(followed(SENT, QUEUED), {}, Options()).text
    at_work = card(followed(SENT, QUEUED, RUNNING), {}, Options()).text
    assert "the rollback's run is at work" in at_work
    assert RUN in at_work
    assert RUN not in card(case.grown(followed(SENT, QUEUED), *case.recovery()[1:]), {}, Options()).text


def test_the_terminal_says_where_the_run_is_and_nothing_of_the_sending() -> None:
    incident = followed(SENT, QUEUED)
    assert say(incident, SENT).all_lines == ()
    assert say(incident, QUEUED).head == f"its run is queued · {RUN}"


def test_the_document_has_the_run_while_it_is_followed() -> None:
    rollback = document(followed(SENT, QUEUED))["rollback"]
    assert (rollback["url"], rollback["outcome"]) == (RUN, None)


def test_the_report_tells_when_it_was_sent_and_how_far_it_came() -> None:
    told = [moment.what for moment in moments(followed(SENT, RUNNING))]
    assert told[-2:] == ["It was sent to be done, once.", "Its run is at work."]
