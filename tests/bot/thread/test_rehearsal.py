"""What a rehearsal shows in the thread, on a terminal, in the report and as JSON: exactly what would have been done."""

import pytest

from bot import report
from bot.console.words import say
from bot.document import document
from bot.thread.draw import draw
from bot.thread.message import Message
from bot.thread.options import Options
from incident.facts import Action, Asked, Verdict
from incident.model import Incident
from incident.status import Status, World
from tests.bot import report_cases as case
from tests.bot.thread.inspection import pressable, sound

SHOWN = Options(approvers=("U0ADA", "S0ONCALL"))


def rehearsed(action: Action, asked: Asked | None = None) -> Incident:
    verdict = case.verdict(action).model_copy(update={"rehearsed": True, "expires_at": None, "asked": asked})
    return case.grown(case.fresh(World.REAL), *case.turns(), case.diagnosis(), verdict)


def thread(incident: Incident) -> tuple[Message, ...]:
    seq = next(n for n, f in enumerate(incident.facts, 1) if isinstance(f, Verdict))
    return draw(incident.at(seq), incident.facts[seq - 1], seq, SHOWN)


def everywhere(incident: Incident) -> tuple[str, str, str]:
    verdict = incident.last(Verdict)
    assert verdict is not None
    terminal = "\n".join(say(incident, verdict).all_lines)
    return "\n".join(m.text for m in thread(incident)), terminal, report.markdown(incident)


@pytest.mark.parametrize("action", [Action.ROLLBACK, Action.ASK])
def test_the_plan_the_versions_and_the_checks_are_everywhere_and_nothing_can_be_pressed(action: Action) -> None:
    incident = rehearsed(action)
    assert incident.status is Status.REPORTED
    for place in everywhere(incident):
        assert all(told in place for told in ("chg-88", "cfg-411", "cfg-412")), place
        assert "unknown" in place or "? " in place
    messages = sound(thread(incident))
    assert all(not pressable(message) for message in messages)
    assert document(incident)["verdict"]["rehearsed"] is True
    assert document(incident)["verdict"]["action"] == action.value


def test_who_would_be_asked_is_said_without_calling_them() -> None:
    asked = case.ASKED.model_copy(update={"named": ("U0ADA", "S0OWNERS"), "on_call": "S0ONCALL"})
    texts = everywhere(rehearsed(Action.ASK, asked))
    assert "Rehearsal: would ask whether to roll back" in texts[0]
    assert "Would be asked: U0ADA, S0OWNERS On call: S0ONCALL" in texts[0]
    for text in texts[1:]:
        assert "Would be asked, in Slack alone: U0ADA, S0OWNERS. On call: S0ONCALL." in text
    assert all("<@" not in text and "<!subteam" not in text for text in texts)


def test_where_it_was_not_kept_the_settings_say_who_would_be_asked() -> None:
    texts = everywhere(rehearsed(Action.ASK, None))
    assert "Would be asked: U0ADA, S0ONCALL" in texts[0]
    for text in texts[1:]:
        assert "Would be asked, in Slack alone: those whom SFA" in text.replace("\\", "")


def test_an_automatic_one_says_that_nobody_would_be_asked() -> None:
    text = "\n".join(m.text for m in thread(rehearsed(Action.ROLLBACK)))
    assert "without asking" in text
    assert "Nobody would be asked: it would start once the time to object is over." in text


def test_a_report_says_why_nothing_would_have_been_done() -> None:
    text = "\n".join(m.text for m in thread(rehearsed(Action.REPORT)))
    assert "Verdict: report only, change nothing (rehearsed, nothing is executed)." in text
