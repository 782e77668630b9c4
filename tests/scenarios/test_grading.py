"""Grades, by examples worked out by hand."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from incident.change import Change, ChangeKind
from incident.diagnosis import Category, Conclusion, CulpritChange, Remediation, Usage
from incident.facts import Action, Plan, Verdict
from incident.ports import Unreadable
from scenarios.grading import ActionGrade, Answer, ChangeGrade, Grade, Known, grade
from scenarios.summary import brier, calibration_error, summarise
from scenarios.truth import Truth, read_truth, same_commit

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GUILTY, DECOY, OTHER = "a1b2c3d4" * 5, "d" * 40, "e" * 40
TRUTH = Truth(
    culprit_service="db", culprit_commit=GUILTY, culprit_change="deploy-3", blast_radius=("cart", "web"),
    remediation=Remediation.ROLLBACK, decoy_commits=(DECOY, "flag-1"),
)  # fmt: skip
NOBODY = Truth(culprit_service="db", culprit_commit=None)


def said(commit: str | None = None, change: str | None = None, **more: object) -> Conclusion:
    named = CulpritChange(id=change, commit=commit, kind=ChangeKind.DEPLOY, at=NOON) if commit or change else None
    content = {"category": Category.CHANGE, "culprit_service": "db", "ranking": ("db", "cart"), **more}
    return Conclusion.model_validate({"cause": "why", "culprit_change": named, **content})


def verdict(action: Action, change: str | None = None) -> Verdict:
    plan = Plan(service="db", environment="p", from_version="2", to_version="1", change=change) if change else None
    return Verdict(at=NOON, action=action, plan=plan)


def graded(
    conclusion: Conclusion, truth: Truth = TRUTH, act: Verdict | None = None, known: Known | None = None
) -> Grade:
    usage = Usage(model="offline", model_calls=5, prompt_tokens=70, completion_tokens=30, seconds=1.5)
    return grade(Answer("src-1", conclusion, act, usage, 200.0), truth, known or Known())


@pytest.mark.parametrize(
    ("ranking", "rank", "ac", "avg5"),
    [
        (("db", "cart"), 1, (1, 1, 1), 1.0),
        (("cart", "db"), 2, (0, 1, 1), 0.8),
        (("cart", "cart", "web", "db"), 3, (0, 1, 1), 0.6),
        (("a", "b", "c", "d", "db"), 5, (0, 0, 1), 0.2),
        (("a", "b", "c", "d", "e", "db"), 6, (0, 0, 0), 0.0),
        (("a", "b"), 0, (0, 0, 0), 0.0),
        ((), 1, (1, 1, 1), 1.0),
    ],
)
def test_the_culprits_place_in_the_ranking_is_graded(
    ranking: tuple[str, ...], rank: int, ac: tuple[int, ...], avg5: float
) -> None:
    got = graded(said(ranking=ranking))
    assert got.rank == rank
    assert tuple(got.within(k) for k in (1, 3, 5)) == ac
    assert got.avg5 == pytest.approx(avg5)


def test_any_of_several_culprit_services_counts() -> None:
    assert graded(said(ranking=("x", "b", "a")), Truth(culprit_services=("a", "b"))).rank == 2


@pytest.mark.parametrize(
    ("conclusion", "truth", "expected"),
    [
        (said(GUILTY), TRUTH, ChangeGrade.RIGHT),
        (said(GUILTY[:7].upper()), TRUTH, ChangeGrade.RIGHT),
        (said(GUILTY[:6]), TRUTH, ChangeGrade.INNOCENT),
        (said(change="deploy-3"), TRUTH, ChangeGrade.RIGHT),
        (said(OTHER, "deploy-3"), TRUTH, ChangeGrade.INNOCENT),
        (said(DECOY), TRUTH, ChangeGrade.DECOY),
        (said(DECOY[:9], "deploy-3"), TRUTH, ChangeGrade.DECOY),
        (said(change="flag-1"), TRUTH, ChangeGrade.DECOY),
        (said(OTHER), TRUTH, ChangeGrade.INNOCENT),
        (said(category="traffic"), TRUTH, ChangeGrade.MISSED),
        (said(category="unknown"), TRUTH, ChangeGrade.ABSTAINED),
        (said(category="change"), TRUTH, ChangeGrade.ABSTAINED),
        (said(category="provider"), NOBODY, ChangeGrade.RIGHT),
        (said(category="unknown"), NOBODY, ChangeGrade.ABSTAINED),
        (said(OTHER), NOBODY, ChangeGrade.INNOCENT),
        (said(OTHER), Truth(culprit_service="db"), None),
    ],
)
def test_the_named_change_is_graded(conclusion: Conclusion, truth: Truth, expected: ChangeGrade | None) -> None:
    assert graded(conclusion, truth).change is expected


def test_a_deployment_stands_for_the_commit_it_shipped() -> None:
    shipped = Known(changes=(Change(id="chg-9", at=NOON, kind=ChangeKind.DEPLOY, commit=GUILTY),))
    assert graded(said(change="chg-9"), known=shipped).change is ChangeGrade.RIGHT


def test_a_prefix_that_fits_two_commits_is_ambiguous() -> None:
    twin = GUILTY[:10] + "f" * 30
    assert not same_commit(GUILTY[:8], GUILTY, (GUILTY, twin))
    assert same_commit(GUILTY[:11], GUILTY, (GUILTY, twin))
    assert same_commit(GUILTY, GUILTY[:11], (GUILTY, twin))


@pytest.mark.parametrize(
    ("conclusion", "reward"),
    [
        (said(GUILTY), 1.0),
        (said(DECOY, blast_radius=("cart", "web"), remediation="rollback"), 0.0),
        (said(OTHER, blast_radius=("cart", "web"), remediation="rollback"), 0.5),
        (said(OTHER, blast_radius=("cart", "api", "x"), remediation="scale"), 0.5 * (0.5 + 0.3 / 4)),
        (said(category="unknown", culprit_service="cart", remediation="rollback"), 0.5 * 0.2),
    ],
)
def test_the_graded_reward_is_root_cause_benchs(conclusion: Conclusion, reward: float) -> None:
    assert graded(conclusion).reward == pytest.approx(reward)


def test_what_the_key_leaves_out_of_the_reward_weighs_nothing() -> None:
    bare = Truth(culprit_service="db", culprit_commit=GUILTY)
    assert graded(said(OTHER), bare).reward == pytest.approx(0.5)
    assert graded(said(OTHER), Truth(culprit_service="db")).reward is None


@pytest.mark.parametrize(
    ("conclusion", "act", "expected"),
    [
        (said(GUILTY, "deploy-3"), verdict(Action.ROLLBACK, "deploy-3"), ActionGrade.RIGHT_DONE),
        (said(GUILTY, "chg-9"), verdict(Action.ASK, "chg-9"), ActionGrade.RIGHT_OFFERED),
        (said(GUILTY, "deploy-3"), verdict(Action.ROLLBACK, "deploy-4"), ActionGrade.WRONG_ROLLBACK),
        (said(DECOY, "deploy-4"), verdict(Action.ROLLBACK, "deploy-4"), ActionGrade.WRONG_ROLLBACK),
        (said(OTHER, "deploy-3"), verdict(Action.ROLLBACK, "deploy-3"), ActionGrade.WRONG_ROLLBACK),
        (said(category="traffic"), verdict(Action.ROLLBACK), ActionGrade.WRONG_ROLLBACK),
        (said(DECOY), verdict(Action.ASK), ActionGrade.WRONG_ASK),
        (said(GUILTY), verdict(Action.REPORT), ActionGrade.REPORTED),
        (said(GUILTY), None, ActionGrade.REPORTED),
    ],
)
def test_the_action_is_graded_by_what_would_be_undone(
    conclusion: Conclusion, act: Verdict | None, expected: ActionGrade
) -> None:
    assert graded(conclusion, act=act).action is expected


def test_a_rollback_where_no_change_did_it_is_wrong() -> None:
    act = verdict(Action.ROLLBACK, "deploy-3")
    assert graded(said(GUILTY, "deploy-3"), NOBODY, act).action is ActionGrade.WRONG_ROLLBACK
    assert graded(said(GUILTY, "deploy-3"), Truth(culprit_service="db"), act).action is None


def test_confidence_is_about_the_change_where_the_key_has_one_and_else_about_the_first_service() -> None:
    assert graded(said(OTHER)).right is False
    assert graded(said(OTHER), Truth(culprit_service="db")).right is True
    assert graded(said(OTHER, ranking=("cart", "db")), Truth(culprit_service="db")).right is False
    assert graded(said(culprit_service=None), Truth(culprit_service=None)).right is True
    assert graded(said(OTHER), Truth()).right is None


def test_brier_and_calibration_error_are_those_worked_out_by_hand() -> None:
    sure = [(0.9, True), (0.9, False), (0.6, True), (0.2, False)]
    assert brier(sure) == pytest.approx((0.01 + 0.81 + 0.16 + 0.04) / 4)
    assert calibration_error(sure) == pytest.approx((0.4 + 0.4 + 0.4 + 0.2) / 4)
    assert calibration_error([(0.8, True)] * 80 + [(0.8, False)] * 20) == pytest.approx(0)
    tens = [(i / 100, i % 10 < 5) for i in range(100)]
    assert calibration_error(tens) == pytest.approx(sum(abs((i * 10 + 4.5) / 100 - 0.5) for i in range(10)) / 10)
    assert brier([]) is None
    assert calibration_error([]) is None


def test_the_order_of_equally_sure_answers_changes_nothing() -> None:
    mixed = [(0.5, i % 2 == 0) for i in range(40)]
    assert calibration_error(mixed) == calibration_error(sorted(mixed)) == pytest.approx(0)


def test_a_summary_is_made_for_each_source_and_counts_what_was_graded() -> None:
    right = graded(said(GUILTY, "deploy-3", confidence=0.9), act=verdict(Action.ROLLBACK, "deploy-3"))
    decoy = graded(said(DECOY, ranking=("cart", "db"), confidence=0.6), act=verdict(Action.ASK, "x"))
    service = graded(said(category="node"), Truth(culprit_service="db")).model_copy(update={"case": "lab-healthy-7"})
    lab, src = summarise([right, service, decoy])
    assert (lab.source, lab.cases, lab.ac1, lab.changes_graded, lab.reward) == ("lab", 1, 1.0, 0, None)
    assert (src.source, src.cases, src.services_graded, src.ac1, src.avg5) == ("src", 2, 2, 0.5, pytest.approx(0.9))
    assert (src.change_right, src.decoy_hits, src.reward, src.guilty) == (1, 1, 0.5, 2)
    assert (src.right_done, src.right_offered, src.wrong_rollbacks, src.wrong_asks) == (1, 0, 0, 1)
    assert src.brier == pytest.approx((0.01 + 0.36) / 2)
    assert (src.seconds, src.seconds_max, src.peak_mb, src.model_calls, src.tokens) == (1.5, 1.5, 200, 5, 100)
    assert json.loads(src.model_dump_json())["source"] == "src"


def test_an_answer_key_is_read_with_null_and_absent_keys_told_apart(tmp_path: Path) -> None:
    assert read_truth(tmp_path) is None
    (tmp_path / "truth.json").write_text('{"culprit_commit": null, "notes": "x", "new_key": 1}')
    truth = read_truth(tmp_path)
    assert truth is not None
    assert (truth.no_change, truth.tells_service) == (True, False)
    (tmp_path / "truth.json").write_text('{"remediation": "reboot"}')
    with pytest.raises(Unreadable, match="remediation is wrong"):
        read_truth(tmp_path)
