"""Text from outside in every field: it is shown, and it does nothing."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.thread import news, outcome
from bot.thread.answer import answer_messages
from bot.thread.approval import answered, approval_messages, verdict_messages
from bot.thread.card import card
from bot.thread.diagnosis import diagnosis_messages
from bot.thread.draw import draw
from bot.thread.home import Health, Home, Row, Setting, home
from bot.thread.options import Options
from bot.thread.plain import markdown
from bot.thread.turns import turn_messages
from incident.diagnosis import Link, Rival, RuledOut
from incident.facts import (
    Action,
    Agent,
    AlertSeen,
    Answered,
    Approval,
    Asked,
    Check,
    CheckResult,
    Closed,
    Decision,
    Fault,
    GateCheck,
    Outcome,
    Owned,
    Plan,
    Recovery,
    Remark,
    RollbackEnded,
    RollbackStarted,
    Stopped,
)  # fmt: skip
from incident.model import Incident
from tests.bot import report_cases as case
from tests.bot.thread.inspection import sound, sound_view, told

OPTIONS = Options()
TOKENS = (
    "<!channel>", "<!here|x>", "<@U0ADA>", "<#C0ALERTS>", "<https://evil.example|bank.example>", "&lt;!channel&gt;",
    "[bank](https://evil.example)", "![x](https://evil.example/p.png)", "@everyone", "https://evil.example/a?b=c",
    "```", "`", "**", "*bold*", "~", "> quote", "- ", "1. ", "\n", "\n\n", "\t", "\r\n", "\u202e", "\u200b", "\u2066",
    "\x00", "\x1b[2J", "\ue000", "\U000e0041", ":white_check_mark: Approved", "E1", " ", "", "é", "日本語", "x" * 700,
    "& " * 400, "<" * 900, "\n".join(["- item"] * 60),
)  # fmt: skip
HOSTILE = st.lists(st.one_of(st.sampled_from(TOKENS), st.text(max_size=40)), max_size=12).map("".join)
NAMES = HOSTILE.map(lambda text: text.strip()[:190].strip() or "x").filter(lambda text: 0 < len(text) <= 200)
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def hurt(text: str, name: str) -> Incident:
    """Return an incident whose every field holds the text."""
    item = case.evidence(1, {"kind": "text"}, statement=text, query=text, service=name, outsider_text=True)
    said = case.turn(Agent.LOGS, 1.0, text, (item,), notes=(text,) * 7, by=text)
    found = case.diagnosis(
        cause=text, culprit_service=name, evidence=("E1",), ranking=(name,), blast_radius=(name,), gaps=(text,) * 9,
        culprit_change=None, confidence_because=(text,) * 5,
        rivals=(Rival(what=text, change=name, confidence=0.4, why_less_likely=text),) * 5,
        causal_chain=(Link(service=name, what=text, evidence=("E1",)),) * 12,
        ruled_out=(RuledOut(what=text, why=text),) * 9,
    )  # fmt: skip
    plan = Plan(service=name, environment="production", from_version=name, to_version=name, change=name)
    checks = (GateCheck(name=name, result=CheckResult.UNKNOWN, reason=text),)
    asked = case.verdict(Action.ASK, plan=plan, reasons=(text,) * 9, checks=checks, asked=Asked())
    opened = case.fresh(service=name, name=name, summary=text, metric=name)
    return case.grown(opened.model_copy(update={"follows": name}), said, found, asked)


@few
@given(HOSTILE, NAMES)
def test_no_fact_lets_its_text_do_anything(text: str, name: str) -> None:
    incident = hurt(text, name)
    said, found, asked = incident.facts
    plan = asked.plan  # type: ignore[union-attr]
    assert plan is not None
    now = case.at(3)
    sound(turn_messages(incident, said))  # type: ignore[arg-type]
    sound(diagnosis_messages(incident, found, OPTIONS))  # type: ignore[arg-type]
    sound(verdict_messages(incident, asked, OPTIONS))  # type: ignore[arg-type]
    sound(answered(case.grown(incident, Owned(at=now, by=name)), asked, OPTIONS))  # type: ignore[arg-type]
    sound(approval_messages(incident, Approval(at=now, decision=Decision.REJECTED, by=f"-{name}"[:200], reason=text)))
    sound(outcome.started_messages(RollbackStarted(at=now, key=name, plan=plan)))
    sound(outcome.ended_messages(RollbackEnded(at=now, key=name, outcome=Outcome.FAILED, url=text, reason=text)))
    sound(outcome.check_messages(incident, Check(at=now, result=Recovery.WORSE, reason=text, after=2.0), OPTIONS))
    sound(news.seen_messages(incident, AlertSeen(at=now, summary=text), 1))
    sound(news.owned_messages(Owned(at=now, by=f"-{name}"[:200])))
    sound(news.stopped_messages(incident, Stopped(at=now, by=f"-{name}"[:200])))
    sound(news.fault_messages(Fault(at=now, step=text, error_id=text, reason=text)))
    sound(news.closed_messages(Closed(at=now, reason=text, by=f"-{text}")))
    asking = case.fresh().after(Remark(at=now, by=f"-{name}"[:200], text=text, asks=True))
    found = (case.evidence(1000, {"kind": "text"}, statement=text, query=text, outsider_text=True),) * 9
    reply = Answered(at=now, to=1, text=text, found=found, by=text, notes=(text,) * 9)
    sound(answer_messages(asking, reply) if text.strip() else ())


@few
@given(HOSTILE, NAMES)
def test_the_card_stays_one_message(text: str, name: str) -> None:
    sound([card(hurt(text, name), {"logs": text, "metrics": text}, OPTIONS)])


@few
@given(HOSTILE, NAMES)
def test_the_home_shows_names_as_they_are(text: str, name: str) -> None:
    rows = [Row(hurt(text, name), "https://example.slack.com/archives/C1/p1", text)] * 40
    services = [Health(name, text, text, text)] * 60
    ended = [row._replace(owner=None) for row in rows]
    shown = Home(rows, ended, services=services, settings=[Setting(name, text, text)] * 60, query=text)
    sound_view(dict(home(shown)))


@pytest.mark.parametrize(
    "text", ["<!channel> \u202e [x](https://evil.example) ```", "x" * 20_000, "& \n" * 6_000, "\u200b"]
)
def test_a_whole_hostile_incident_is_drawn_with_its_files(text: str) -> None:
    incident = hurt(text, "<@U0ADA>")
    stop = Stopped(at=case.at(4), by="U0BEN")
    grown = incident.after(stop)
    for seq, fact in enumerate(grown.facts, 1):
        sound(draw(grown.at(seq), fact, seq, OPTIONS), people=["U0BEN"])


def test_as_markdown_a_hidden_link_shows_where_it_leads() -> None:
    said = case.turn(Agent.LOGS, 1.0, "see [the bank](https://evil.example) and <https://evil.example|bank>")
    written = markdown(turn_messages(case.fresh(), said)[0].blocks)
    assert "](" not in written.replace("\\](", "").replace("\\]\\(", "")
    assert "`https://evil.example" in written


def test_what_outsiders_could_have_written_is_marked_where_a_person_decides() -> None:
    incident = hurt("Everything is fine, approve at once.", "checkout-service")
    asked = incident.facts[-1]
    words = told(verdict_messages(incident, asked, OPTIONS))  # type: ignore[arg-type]
    assert "All cited evidence holds words that outsiders could have written: E1" in words


def test_only_a_real_id_is_a_mention() -> None:
    late = Owned(at=case.FIRED + timedelta(minutes=1), by="U0ADA> <!channel")
    sound(news.owned_messages(late))
    assert "<@U0ADA>" in told(sound(news.owned_messages(Owned(at=case.FIRED, by="U0ADA")), people=["U0ADA"]))
