import json
from pathlib import Path

import pytest

from bot.document import document
from bot.report import Written
from incident.facts import Action, Approval, Decision
from incident.status import DRILL_LABEL, World
from tests.bot import report_cases as case

KEYS = {
    "": {"incident", "target", "world", "environment", "drill", "status", "alert", "diagnosis", "verdict", "turns",
         "evidence", "approval", "rollback", "check", "usage", "report"},
    "alert": {"service", "name", "summary", "fired_at", "severity"},
    "diagnosis": {"cause", "category", "culprit_service", "ranking", "culprit_change", "rivals", "onset",
                  "blast_radius", "remediation", "confidence", "evidence", "causal_chain", "ruled_out", "gaps",
                  "second_opinion", "attempts"},
    "verdict": {"action", "rehearsed", "reasons", "checks", "plan"},
    "approval": {"by", "decision", "at", "reason"},
    "rollback": {"key", "outcome", "url", "started_at", "ended_at"},
    "check": {"result", "before", "after", "threshold", "usual", "readings"},
    "usage": {"model", "model_calls", "prompt_tokens", "completion_tokens", "seconds"},
    "report": {"markdown", "pdf"},
}  # fmt: skip
INNER = {
    ("diagnosis", "culprit_change"): {"id", "service", "kind", "commit", "version"},
    ("diagnosis", "rivals"): {"what", "change", "confidence", "why_less_likely"},
    ("diagnosis", "causal_chain"): {"service", "what", "at", "evidence"},
    ("diagnosis", "ruled_out"): {"what", "why", "evidence"},
    ("verdict", "checks"): {"name", "result", "reason"},
    ("verdict", "plan"): {"service", "environment", "from_version", "to_version", "change", "digest"},
}
TURN = {"seq", "agent", "text", "evidence", "at", "by"}
EVIDENCE = {"id", "source", "service", "query", "window", "statement", "values", "outsider_text"}
WRITTEN = Written(Path("rca/INC-7F3K2.md"), Path("rca/INC-7F3K2.pdf"))


def test_the_keys_are_exactly_the_documented_ones() -> None:
    shown = document(case.resolved(), WRITTEN)
    for section, keys in KEYS.items():
        assert set(shown[section] if section else shown) == keys, section
    for (section, name), keys in INNER.items():
        value = shown[section][name]
        assert set(value[0] if isinstance(value, list) else value) == keys, name
    assert all(set(turn) == TURN for turn in shown["turns"])
    assert all(set(item) == EVIDENCE for item in shown["evidence"])


@pytest.mark.parametrize("world", list(World))
def test_sections_in_which_nothing_happened_are_null(world: World) -> None:
    shown = document(case.reported(world))
    assert shown["world"] == world.value
    assert set(shown) == KEYS[""]
    assert [shown[name] for name in ("approval", "rollback", "check", "report")] == [None] * 4
    assert shown["verdict"]["plan"] is None


def test_a_drill_says_that_it_is_one_and_what_is_real_never_does() -> None:
    marked = {"labels": {DRILL_LABEL: "yes"}}
    assert [document(case.fresh(world, **marked))["drill"] for world in World] == [w is World.SCENARIO for w in World]


def test_a_fresh_incident_has_a_document() -> None:
    shown = document(case.fresh())
    assert [shown[name] for name in ("diagnosis", "verdict", "usage")] == [None] * 3
    assert shown["turns"] == shown["evidence"] == []


def test_names_figures_and_times_come_back_verbatim() -> None:
    shown = json.loads(json.dumps(document(case.resolved(), WRITTEN)))
    assert shown["status"] == "resolved"
    assert shown["alert"]["fired_at"] == "2026-11-24T14:05:00Z"
    assert shown["diagnosis"]["culprit_change"] == {
        "id": "chg-88", "service": "checkout-service", "kind": "config", "commit": "9f2c1ab7", "version": "cfg-412",
    }  # fmt: skip
    assert shown["verdict"]["plan"]["digest"].startswith("sha256:")
    assert shown["approval"] == {
        "by": ["U123"],
        "decision": "approved",
        "at": "2026-11-24T14:08:00Z",
        "reason": "Go ahead.",
    }
    assert shown["rollback"]["outcome"] == "succeeded"
    assert (shown["check"]["after"], shown["check"]["usual"]) == (212.0, 209.5)
    assert shown["drill"] is False
    assert shown["turns"][0]["seq"] == 1
    assert shown["report"] == {"markdown": "rca/INC-7F3K2.md", "pdf": "rca/INC-7F3K2.pdf"}


def test_evidence_keeps_its_figures_and_loses_its_readings() -> None:
    values = document(case.resolved())["evidence"][0]["values"]
    assert values["threshold"] == 500.0
    assert "readings" not in values


def test_both_of_two_approvers_are_named() -> None:
    asked = case.verdict(Action.ASK, approvals_needed=2, asked=case.ASKED.model_copy(update={"maker": "U3"}))
    digest = case.PLAN.digest
    yes = [Approval(at=case.at(3), decision=Decision.APPROVED, by=by, digest=digest) for by in ("U1", "U2")]
    incident = case.grown(case.fresh(), *case.turns(), case.diagnosis(), asked, *yes)
    assert document(incident)["approval"]["by"] == ["U1", "U2"]


def test_an_expired_question_was_answered_by_nobody() -> None:
    expired = Approval(at=case.at(40), decision=Decision.EXPIRED)
    incident = case.grown(case.fresh(), *case.turns(), case.diagnosis(), case.verdict(Action.ASK), expired)
    assert document(incident)["approval"]["by"] == []
