"""Facts as people read them in the thread."""

from datetime import timedelta

import pytest

from bot.thread.draw import draw, redrawn
from bot.thread.options import Options
from bot.thread.presses import pressed
from incident.facts import (
    Action,
    Agent,
    AlertResolved,
    AlertSeen,
    Answered,
    Approval,
    Asked,
    CheckResult,
    Closed,
    Decision,
    Fact,
    Fault,
    GateCheck,
    Owned,
    Remark,
    Stopped,
    TurnStatus,
)  # fmt: skip
from incident.model import Incident
from incident.status import World
from tests.bot import report_cases as case
from tests.bot.thread.inspection import nodes, pressable, sound, told

OPTIONS = Options(approvers=("S0ONCALL", "U0ADA"))
PEOPLE = ("S0ONCALL", "U0ADA", "U0BEN", "U123")


def waiting(**known: object) -> Incident:
    return case.grown(case.fresh(World.REAL), *case.turns(), case.diagnosis(), case.verdict(Action.ASK, **known))


def answer(decision: Decision) -> Approval:
    return Approval(at=case.at(3), decision=decision, by="U0BEN", digest=case.PLAN.digest)


def last(incident: Incident) -> str:
    return told(drawn(incident))


def drawn(incident: Incident, options: Options = OPTIONS) -> list:  # type: ignore[type-arg]
    seq = len(incident.facts)
    return sound(draw(incident, incident.facts[-1], seq, options), PEOPLE)


def test_the_opening_is_the_card_alone() -> None:
    assert draw(case.fresh(), None, 0, OPTIONS) == ()


def test_each_agent_speaks_under_its_own_name_with_its_evidence_small() -> None:
    incident = case.grown(case.fresh(), *case.turns()[:2])
    (message,) = drawn(incident)
    assert message.speaker is not None
    assert message.speaker.name == "Metrics agent"
    assert message.blocks[-1]["type"] == "context"
    assert "E2: db_pool_in_use of checkout-service sits at its limit of 10." in message.text


def test_evidence_beyond_a_handful_is_counted() -> None:
    found = tuple(case.evidence(n, {"kind": "x"}) for n in range(1, 31))
    incident = case.fresh().after(case.turn(Agent.LOGS, 1.0, "Much.", found))
    assert "26 more pieces of evidence: E5 to E30" in last(incident)


def test_a_turn_that_quotes_its_evidence_is_not_followed_by_the_same_words() -> None:
    item = case.evidence(1, {"kind": "x"}, statement="It broke at 13:52.")
    incident = case.fresh().after(case.turn(Agent.LOGS, 1.0, "It broke at 13:52. (E1)", (item,)))
    assert last(incident).count("It broke at 13:52.") == 1


def test_a_turn_that_failed_says_so_in_words() -> None:
    broken = case.turn(Agent.LOGS, 1.0, "I had read half of it.", status=TurnStatus.LATE)
    text = last(case.fresh().after(broken))
    assert "The logs agent was too late: what it would have found is missing." in text
    assert "I had read half of it." in text


def test_what_code_corrected_is_said() -> None:
    assert "Noted by code: “500 times” was corrected to 412 (E4)." in last(case.grown(case.fresh(), *case.turns()[:3]))


def test_the_diagnosis_says_cause_sureness_chain_rivals_and_gaps_and_asks_whether_it_was_right() -> None:
    incident = case.grown(case.fresh(), *case.turns(), case.diagnosis())
    (message,) = drawn(incident)
    for words in (
        "The configuration change chg-88 of checkout-service did it (high confidence, 91 %).",
        "Requests wait for a connection.", "8 %: dep-31 of notification-service", "No spans were recorded.",
        "More traffic: Requests per second stayed within 4 % of usual. (E1)", "put the earlier configuration back",
    ):  # fmt: skip
        assert words in message.text
    assert pressable(message) == ["feedback_right", "feedback_partly", "feedback_wrong"]


def test_charts_come_as_pictures_with_words_for_who_cannot_see_them() -> None:
    (message,) = drawn(case.grown(case.fresh(), *case.turns(), case.diagnosis()))
    assert [upload.paint()[:4] for upload in message.uploads] == [b"\x89PNG", b"\x89PNG"]
    assert message.uploads[0].alt.startswith("Chart of checkout-service http_request_duration_p99_ms, from")
    assert "checkout-service" in message.uploads[1].alt


def test_the_approval_card_says_exactly_what_would_happen_and_comes_from_the_bot_itself() -> None:
    card, draft = drawn(waiting())
    assert card.speaker is None
    assert card.urgent
    for words in ("Roll back checkout-service?", "cfg-412 → cfg-411", "chg-88", "“Tune connection settings”",
                  "by r.iyer, running since <!date^1795528200^", "Nobody recorded whether it can be undone.",
                  "It could also be: dep-31 of notification-service (8 %)", "<!subteam^S0ONCALL>",
                  "the question expires <!date^1795531020^"):  # fmt: skip
        assert words in card.text, words
    assert draft.uploads[0].name == "INC-7F3K2.pdf"
    assert draft.uploads[0].paint().startswith(b"%PDF")


def test_where_nobody_recorded_who_made_the_change_the_card_says_so() -> None:
    culprit = case.diagnosis().culprit_change
    assert culprit is not None
    unsigned = case.diagnosis(culprit_change=culprit.model_copy(update={"author": None}))
    incident = case.grown(case.fresh(World.REAL), *case.turns(), unsigned, case.verdict(Action.ASK))
    assert "(by whom is not recorded), running since" in drawn(incident)[0].text


def test_approve_and_reject_carry_the_plan_they_answer_and_approve_asks_again() -> None:
    card = drawn(waiting())[0]
    buttons = {node["action_id"]: node for node in nodes(list(card.blocks)) if node.get("type") == "button"}
    assert buttons.keys() == {"approve", "reject"}
    assert pressed(buttons["approve"]["value"]) == ("INC-7F3K2", case.PLAN.digest)
    assert pressed(buttons["reject"]["value"]) == ("INC-7F3K2", case.PLAN.digest)
    assert "cfg-412 → cfg-411" in buttons["approve"]["confirm"]["text"]["text"]


def test_without_approvers_the_card_says_how_to_name_some() -> None:
    assert "Set SFA_APPROVERS to Slack users" in told(drawn(waiting(asked=Asked()), Options()))


def test_two_people_where_two_are_needed() -> None:
    asked = waiting(approvals_needed=2, asked=case.ASKED.model_copy(update={"maker": "U123"}))
    assert "Whoever made the change doesn't count: <@U123>" in told(drawn(asked))
    assert "Two people have to agree" in last(asked)
    (sure,) = [node["confirm"] for node in nodes(list(drawn(asked)[0].blocks)) if node.get("action_id") == "approve"]
    assert "It starts when two people have agreed." in sure["text"]["text"]
    first = asked.after(Approval(at=case.at(3), decision=Decision.APPROVED, by="U0ADA", digest=case.PLAN.digest))
    assert "One more person has to agree." in last(first)
    assert redrawn(first, first.facts[-1], len(first.facts), OPTIONS) == ()


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (answer(Decision.APPROVED), "approved by <@U0BEN>"),
        (answer(Decision.REJECTED), "rejected by <@U0BEN>"),
        (Approval(at=case.at(33), decision=Decision.EXPIRED), "expired without an answer"),
        (AlertResolved(at=case.at(3)), "Withdrawn: whoever paged says that it is over"),
        (Stopped(at=case.at(3), by="U0BEN"), "No longer open"),
        (case.verdict(Action.ASK, at=case.at(3)), "there is a newer proposal below"),
    ],
)  # fmt: skip
def test_a_question_that_is_closed_loses_its_buttons(fact: Fact, words: str) -> None:
    incident = waiting().after(fact)
    ((seq, message),) = redrawn(incident, fact, len(incident.facts), OPTIONS)
    assert seq == len(incident.facts) - 1
    assert words in sound([message], PEOPLE)[0].text
    assert pressable(message) == []


def test_a_veto_window_says_when_it_starts_and_offers_stop() -> None:
    warned = case.grown(case.fresh(World.REAL), *case.turns(), case.diagnosis(), case.verdict(expires_at=case.at(3.2)))
    (message,) = drawn(warned)
    assert "Rolling back checkout-service unless somebody objects" in message.text
    assert pressable(message) == ["stop"]
    assert message.urgent


def test_without_a_window_nothing_can_be_pressed_and_nothing_is_said_to_be_open() -> None:
    at_once = case.grown(case.fresh(), *case.turns(), case.diagnosis(), case.verdict(expires_at=case.at(2.2)))
    (message,) = drawn(at_once)
    assert pressable(message) == []
    assert "It starts now." in message.text
    started = at_once.after(case.recovery()[0])
    assert redrawn(started, started.facts[-1], len(started.facts), OPTIONS) == ()


def test_a_report_only_verdict_says_why() -> None:
    text = last(case.reported(World.REAL))
    assert "Verdict: report only, change nothing." in text
    assert "0.91 is at or above 0.85." in text


def test_checks_that_failed_are_the_reason_and_the_others_are_counted() -> None:
    checks = (
        GateCheck(name="undoing-helps", result=CheckResult.FAILED, reason="Going back isn't what would help."),
        GateCheck(name="reversible", result=CheckResult.UNKNOWN, reason="Nobody recorded it."),
    )
    only = case.verdict(Action.REPORT, checks=checks)
    text = last(case.grown(case.fresh(World.REAL), *case.turns(), case.diagnosis(), only).at(7))
    assert "Going back isn't what would help." in text
    assert "Nobody recorded it." not in text
    assert "Of 2 checks: 1 unknown, 1 failed." in text


def test_the_rollback_names_its_steps_its_key_and_its_run() -> None:
    started = case.resolved().at(9)
    assert "checkout-service in production: cfg-412 → cfg-411" in last(started)
    assert "rb-INC-7F3K2" in last(started)
    ended = case.resolved().at(10)
    (message,) = drawn(ended)
    assert "The rollback succeeded." in message.text
    assert {"type": "link", "url": "https://ci.example/runs/9"} in list(nodes(list(message.blocks)))


def test_the_check_gives_the_figures_before_and_after_and_the_report_follows() -> None:
    checked, report = drawn(case.resolved())
    assert "2,011 ms before, 212 ms after, threshold 500 ms" in checked.text
    assert checked.uploads[0].alt.startswith("Chart of checkout-service")
    assert "Resolved. chg-88 was rolled back" in report.text
    assert "Revert 9f2c1ab7 in the main branch" in report.text
    assert report.uploads[0].title == "Report of INC-7F3K2"


def test_the_answer_to_stop_may_overtake_and_names_who_pressed() -> None:
    messages = drawn(case.grown(case.fresh(), case.turns()[0], Stopped(at=case.at(1), by="U0BEN")))
    assert messages[0].urgent
    assert "Stopped by <@U0BEN>. What was found is kept." in messages[0].text


def test_repeats_are_told_once_and_then_counted_on_the_card_only() -> None:
    first = case.reported().after(AlertSeen(at=case.at(20), summary="Again."))
    assert "The same problem paged again." in last(first)
    assert drawn(first.after(AlertSeen(at=case.at(25)))) == []


def test_a_repeat_after_the_end_asks_for_a_person() -> None:
    assert "a person has to look" in last(case.resolved().after(AlertSeen(at=case.at(40))))


def test_a_remark_is_not_said_twice() -> None:
    assert drawn(case.fresh().after(Remark(at=case.at(1), by="U0ADA", text="Look at redis"))) == []


def test_an_answer_repeats_what_was_asked_and_says_what_was_read_for_it_alone() -> None:
    asked = Remark(at=case.at(1), by="U0ADA", text="<@UFRBOT> &lt;b&gt; errors before 14:00?", asks=True)
    read = case.evidence(1000, {"kind": "text"}, query='log_lines(until="14:00")', outsider_text=True)
    answer = Answered(
        at=case.at(2), to=1, text="Read for this: 1 found.\n- pool exhausted (E1000)", cites=("E1000",), found=(read,),
        by="offline", notes=("answered by search over the evidence, as the LLM did not answer in time",),
    )  # fmt: skip
    (message,) = drawn(case.fresh().after(asked).after(answer))
    assert message.speaker is None
    assert "<@U0ADA>: &lt;b&gt; errors before 14:00?" in message.text
    assert "• pool exhausted (E1000)" in message.text
    assert 'Read for this answer, and no part of the diagnosis: log_lines(until="14:00")' in message.text
    assert "E1000 holds words that outsiders could have written" in message.text
    assert "as the LLM did not answer in time" in message.text


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        (Owned(at=case.at(1), by="U0ADA"), "<@U0ADA> has got it."),
        (AlertResolved(at=case.at(1)), "The alert was resolved at its source."),
        (Fault(at=case.at(1), step="investigate", error_id="ab12", reason="KeyError"), "Error ab12"),
    ],
)
def test_everything_else_is_a_line(fact: Fact, words: str) -> None:
    assert words in last(case.fresh().after(fact))


def test_closing_says_by_whom_and_why_and_sends_no_second_report() -> None:
    (message,) = drawn(case.reported().after(Closed(at=case.at(60), reason="Fixed by hand", by="U0ADA")))
    assert "Closed by <@U0ADA>: Fixed by hand" in message.text
    assert message.uploads == ()


def test_an_alert_that_resolves_calls_the_question_off() -> None:
    text = last(waiting().after(AlertResolved(at=case.at(3) + timedelta(seconds=1))))
    assert "The rollback was called off; nothing was changed." in text
