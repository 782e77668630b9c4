"""The root card: one glance, in words."""

from typing import Any

from bot.thread.card import card
from bot.thread.options import Options
from incident.facts import Action, Agent, AlertSeen, Outcome, Owned, RollbackEnded, TurnStatus
from incident.model import Incident
from incident.status import World
from tests.bot import report_cases as case
from tests.bot.listening import ACTIONS
from tests.bot.thread.inspection import pressable, sound


def shown(incident: Incident, **working: str) -> tuple[str, dict[str, tuple[str, str]], list[str]]:
    """Return the text, the tasks by their id, and what can be pressed."""
    message = card(incident, working, Options())
    sound([message], ["U0ADA"])
    (plan,) = (block for block in message.blocks if block["type"] == "plan")
    tasks = {task["task_id"]: (task["status"], task["title"]) for task in plan["tasks"]}
    return message.text, tasks, pressable(message)


def buttons_of(incident: Incident, action_id: str) -> list[dict[str, Any]]:
    rows = (block for block in card(incident, {}, Options()).blocks if block["type"] == "actions")
    return [each for row in rows for each in row["elements"] if each["action_id"] == action_id]


def test_an_opened_incident_says_what_paged_since_when_and_that_it_is_looked_into() -> None:
    text, tasks, buttons = shown(case.fresh(World.REAL))
    for words in ("CheckoutLatencyHigh on checkout-service", "Being investigated.", "Severity: high", "INC-7F3K2",
                  "Since: <!date^1795529100^", "Owner: nobody yet", "p99 latency of checkout-service"):  # fmt: skip
        assert words in text
    assert tasks["plan"] == ("in_progress", "Plan: working")
    assert tasks["logs-agent"] == ("pending", "Logs agent: not yet")
    assert buttons == ["own", "stop"]


def test_who_is_working_and_on_what_is_said() -> None:
    _, tasks, _ = shown(case.grown(case.fresh(), *case.turns()[:2]), logs="reads 4 services")
    assert tasks["metrics-agent"] == ("complete", "Metrics agent: done, 3 pieces of evidence")
    assert tasks["logs-agent"] == ("in_progress", "Logs agent: working: reads 4 services")
    assert tasks["deploy-agent"] == ("in_progress", "Deploy agent: working")
    assert tasks["decide"] == ("pending", "Decide: not yet")


def test_an_agent_that_failed_or_never_spoke_is_an_error_in_words() -> None:
    late = case.turn(Agent.LOGS, 1.0, "…", status=TurnStatus.LATE)
    said = [late if t.agent is Agent.LOGS else t for t in case.turns() if t.agent is not Agent.DEPLOY]
    incident = case.grown(case.fresh(World.REAL), *said, case.diagnosis(), case.verdict(Action.REPORT))
    _, tasks, _ = shown(incident)
    assert tasks["logs-agent"] == ("error", "Logs agent: failed, too late")
    assert tasks["deploy-agent"] == ("error", "Deploy agent: failed, no turn")


def test_a_question_that_waits_is_said_and_can_be_answered_only_on_its_own_card() -> None:
    waiting = case.grown(case.fresh(World.REAL), *case.turns(), case.diagnosis(), case.verdict(Action.ASK))
    text, tasks, buttons = shown(waiting)
    assert "Waiting for approval." in text
    assert tasks["act"] == ("in_progress", "Act: waiting for approval")
    assert buttons == ["own", "stop", "open_report"]


def test_the_end_is_said_with_the_cause() -> None:
    text, tasks, buttons = shown(case.resolved())
    assert "Resolved. chg-88 was rolled back and the signal that paged recovered." in text
    assert "The configuration change chg-88 of checkout-service did it (high confidence, 91 %)." in text
    assert tasks["check"] == ("complete", "Check: done, recovered")
    assert buttons == ["own", "open_report", "look_again", "mute"]
    assert set(buttons) <= ACTIONS


def test_owner_repeats_and_the_earlier_incident_are_said() -> None:
    again = case.fresh().model_copy(update={"follows": "INC-2AAAA"})
    seen = (AlertSeen(at=case.at(5)), AlertSeen(at=case.at(6)))
    text, _, _ = shown(case.grown(again, Owned(at=case.at(1), by="U0ADA"), *seen))
    assert "Owner: <@U0ADA>" in text
    assert "paged again 2 times" in text
    assert "the same problem as INC-2AAAA before" in text


def test_a_made_up_world_says_that_nothing_real_is_touched() -> None:
    assert "made-up scenario: nothing real is touched" in shown(case.fresh(World.SCENARIO))[0]
    assert "nothing real is touched" not in shown(case.fresh(World.REAL))[0]


def test_what_was_reported_can_be_closed_at_once_and_a_rollback_without_an_end_after_a_second_thought() -> None:
    reported = case.grown(case.fresh(), *case.turns(), case.diagnosis(), case.verdict(Action.REPORT))
    assert shown(reported)[2] == ["own", "open_report", "look_again", "close", "mute"]
    seq = next(n for n, f in enumerate(case.resolved().facts, 1) if isinstance(f, RollbackEnded))
    unseen = case.resolved().facts[seq - 1].model_copy(update={"outcome": Outcome.UNKNOWN})
    (close,) = buttons_of(case.resolved().at(seq - 1).after(unseen), "close")
    assert "Nobody has seen the end of its rollback." in close["confirm"]["text"]["text"]
    assert all("confirm" not in button for button in buttons_of(reported, "close"))
