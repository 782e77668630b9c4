"""The gate: each check by itself, the bands, and what else bounds an action."""

from datetime import timedelta

import pytest

from incident.case import Case
from incident.change import ChangeKind, Topology
from incident.diagnosis import Category, Remediation, Rival
from incident.facts import Action, CheckResult, Reading, Verdict
from incident.gate import CHECKS, judge, worsened
from incident.mode import Mode
from incident.policy import Policy
from incident.ports import Deployed
from incident.status import Status, World
from tests.incident import made
from tests.incident.made import CHANGE, CULPRIT, HISTORY, T, case

POLICY = Policy(mode=Mode.AUTO)
PASSED, FAILED, UNKNOWN = CheckResult.PASSED, CheckResult.FAILED, CheckResult.UNKNOWN
NEWER = CHANGE.model_copy(update={"id": "chg-3", "at": T - timedelta(minutes=5), "version": "v3"})
NOWHERE = CULPRIT.model_copy(update={"service": None})
ON_DB = CULPRIT.model_copy(update={"service": "db"})
EARLIER = CHANGE.model_copy(update={"id": "chg-1", "at": T - timedelta(days=2), "version": "v1"})
HEALED = tuple(Reading(at=T + timedelta(minutes=m), value=200.0) for m in range(3))
OUTSIDER = made.TURN.model_copy(update={"found": (made.SEEN.model_copy(update={"outsider_text": True}),)})


def rival(confidence: float) -> tuple[Rival, ...]:
    return (Rival(what="chg-1 did it", change="chg-1", confidence=confidence, why_less_likely="earlier"),)


def told_by(turn: object) -> object:
    return made.incident().replay((turn, made.DIAGNOSIS))  # type: ignore[arg-type]


BAD = tuple(Reading(at=T + timedelta(minutes=m), value=900.0) for m in range(3))


def without_threshold() -> object:
    alert = made.ALERT.model_copy(update={"threshold": None})
    return made.incident().model_copy(update={"alert": alert}).replay((made.TURN, made.DIAGNOSIS))


ANSWERS = [
    ("names-a-change", {"culprit_change": None}, FAILED),
    ("names-a-change", {"category": Category.TRAFFIC}, FAILED),
    ("names-a-change", {"culprit_change": CULPRIT.model_copy(update={"id": None, "commit": "abc"})}, UNKNOWN),
    ("undoing-helps", {"remediation": Remediation.SCALE}, FAILED),
    ("undoing-helps", {"remediation": Remediation.UNKNOWN}, UNKNOWN),
    ("undoing-helps", {"remediation": Remediation.CONFIG_REVERT}, PASSED),
    ("culprit-established", {"culprit_service": None}, FAILED),
    ("culprit-established", {"evidence": ()}, UNKNOWN),
    ("culprit-established", {"culprit_service": "db"}, UNKNOWN),
    ("on-the-culprit", {"culprit_change": ON_DB, "topology": None}, UNKNOWN),
    ("on-the-culprit", {"culprit_change": ON_DB, "topology": Topology(depends_on={"db": ("shop",)})}, FAILED),
    ("on-the-culprit", {"culprit_change": ON_DB, "topology": Topology(depends_on={"a": ("b",)})}, UNKNOWN),
    ("on-the-culprit", {"culprit_change": CULPRIT.model_copy(update={"service": None})}, UNKNOWN),
    ("on-the-culprit", {"culprit_service": None}, UNKNOWN),
    ("precedes-onset", {"onset": None}, UNKNOWN),
    ("precedes-onset", {"culprit_change": None}, UNKNOWN),
    ("previous-version-known", {"culprit_change": None}, UNKNOWN),
    ("reversible", {"culprit_change": None}, UNKNOWN),
    ("nothing-newer-on-top", {"culprit_change": None}, UNKNOWN),
    (
        "nothing-newer-on-top",
        {"culprit_change": CULPRIT.model_copy(update={"service": None}), "history": None},
        UNKNOWN,
    ),
    ("nothing-newer-on-top", {"changes": (CHANGE, EARLIER)}, PASSED),
    ("nothing-newer-on-top", {"history": (*HISTORY, HISTORY[1]._replace(at=T))}, PASSED),
    ("precedes-onset", {"onset": CULPRIT.at - timedelta(minutes=5)}, FAILED),
    ("precedes-onset", {"onset": CULPRIT.at - timedelta(seconds=20)}, UNKNOWN),
    ("previous-version-known", {"history": HISTORY[1:]}, PASSED),
    ("previous-version-known", {"history": (HISTORY[1]._replace(previous_version=None),)}, UNKNOWN),
    ("previous-version-known", {"history": None, "changes": ()}, UNKNOWN),
    ("previous-version-known", {"history": None}, PASSED),
    ("reversible", {"changes": (CHANGE.model_copy(update={"reversible": False}),)}, FAILED),
    ("reversible", {"changes": (CHANGE.model_copy(update={"reversible": None}),)}, UNKNOWN),
    ("reversible", {"changes": None}, UNKNOWN),
    ("nothing-newer-on-top", {"changes": (CHANGE, NEWER)}, FAILED),
    ("nothing-newer-on-top", {"changes": (CHANGE, NEWER.model_copy(update={"service": "db"}))}, PASSED),
    ("nothing-newer-on-top", {"changes": (CHANGE, NEWER.model_copy(update={"kind": ChangeKind.SCALE}))}, PASSED),
    ("nothing-newer-on-top", {"history": (*HISTORY, Deployed("shop", "v3", "v2", "chg-3", T))}, FAILED),
    ("nothing-newer-on-top", {"history": HISTORY[:1]}, UNKNOWN),
    ("nothing-newer-on-top", {"history": None, "changes": None}, UNKNOWN),
    ("signal-still-bad", {"readings": HEALED}, FAILED),
    ("signal-still-bad", {"readings": ()}, UNKNOWN),
    ("signal-still-bad", {"readings": None}, UNKNOWN),
    ("signal-still-bad", {"readings": (*BAD, Reading(at=T + timedelta(minutes=9), value=1.0))}, PASSED),
    ("signal-still-bad", {"incident": without_threshold()}, UNKNOWN),
    ("no-equal-rival", {"rivals": rival(0.85)}, UNKNOWN),
    ("no-equal-rival", {"rivals": rival(0.2)}, PASSED),
    ("evidence-not-only-outsiders", {"evidence": ()}, FAILED),
    ("evidence-not-only-outsiders", {"evidence": ("E9",)}, FAILED),
    ("evidence-not-only-outsiders", {"incident": told_by(OUTSIDER)}, UNKNOWN),
]


def result(verdict: Verdict, name: str) -> CheckResult:
    return next(c.result for c in verdict.checks if c.name == name)


def test_a_proved_change_at_high_confidence_is_rolled_back() -> None:
    verdict = judge(case(), POLICY)
    assert {c.result for c in verdict.checks} == {PASSED}
    assert (verdict.action, verdict.plan and verdict.plan.bare, verdict.rehearsed) == (
        Action.ROLLBACK,
        made.PLAN,
        False,
    )


@pytest.mark.parametrize(("name", "differently", "answer"), ANSWERS)
def test_a_check_answers_what_the_case_shows(name: str, differently: dict[str, object], answer: CheckResult) -> None:
    verdict = judge(case(**differently), POLICY)
    assert result(verdict, name) is answer
    if answer is FAILED:
        assert verdict.action is Action.REPORT
    if answer is UNKNOWN:
        assert verdict.action is not Action.ROLLBACK


def test_every_check_says_why_in_a_sentence() -> None:
    for differently in ({}, {"culprit_change": None}, {"history": None, "changes": None, "readings": None}):
        for answer in judge(case(**differently), POLICY).checks:
            assert answer.reason.endswith(".")
            assert len(answer.reason) > 15


def test_the_checks_have_different_names() -> None:
    assert len({name for name, _ in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize(
    ("confidence", "action"),
    [(1.0, Action.ROLLBACK), (0.85, Action.ROLLBACK), (0.84, Action.ASK), (0.5, Action.ASK), (0.49, Action.REPORT)],
)
def test_confidence_decides_the_band(confidence: float, action: Action) -> None:
    assert judge(case(confidence=confidence), POLICY).action is action


@pytest.mark.parametrize(
    ("mode", "action"),
    [(Mode.OFF, Action.REPORT), (Mode.ASK, Action.ASK), (Mode.AUTO, Action.ROLLBACK)],
)
def test_the_mode_caps_what_happens_in_the_real_world_only(mode: Mode, action: Action) -> None:
    real = made.incident(World.REAL).replay((made.TURN, made.DIAGNOSIS))
    assert judge(case(incident=real), Policy(mode=mode)).action is action
    assert judge(case(), Policy(mode=mode)).action is Action.ROLLBACK


@pytest.mark.parametrize(("confidence", "action"), [(0.9, Action.ROLLBACK), (0.6, Action.ASK), (0.4, Action.REPORT)])
def test_in_report_it_is_rehearsed_what_would_have_been_done(confidence: float, action: Action) -> None:
    real = made.incident(World.REAL).replay((made.TURN, made.DIAGNOSIS))
    verdict = judge(case(incident=real, confidence=confidence), Policy(mode=Mode.REPORT))
    assert (verdict.action, verdict.rehearsed, verdict.expires_at) == (action, True, None)
    assert verdict.plan is not None
    assert verdict.plan.bare == made.PLAN
    assert real.after(verdict).status is Status.REPORTED


def test_an_environment_that_is_not_allowed_is_only_reported() -> None:
    verdict = judge(case(), Policy(environments=("staging",)))
    assert (verdict.action, result(verdict, "environment-allowed")) == (Action.REPORT, FAILED)


def test_a_recorded_incident_is_judged_the_same_and_rehearsed() -> None:
    recorded = made.incident(World.RECORDED).replay((made.TURN, made.DIAGNOSIS))
    verdict = judge(case(incident=recorded), POLICY)
    assert (verdict.action, verdict.rehearsed, verdict.expires_at) == (Action.ROLLBACK, True, None)


def test_a_recording_without_versions_asks_and_a_live_world_without_them_reports() -> None:
    bare = {"history": None, "changes": (CHANGE.model_copy(update={"previous_version": None}),)}
    recorded = made.incident(World.RECORDED).replay((made.TURN, made.DIAGNOSIS))
    assert judge(case(incident=recorded, **bare), POLICY).action is Action.ASK
    assert judge(case(**bare), POLICY).action is Action.REPORT


def test_a_live_rollback_is_planned_from_the_deployers_record_alone() -> None:
    assert judge(case(history=None), POLICY).plan is None


def test_the_plan_goes_back_to_what_the_deployer_says_and_not_to_what_a_change_claims() -> None:
    lying = CHANGE.model_copy(update={"previous_version": "v0"})
    plan = judge(case(changes=(lying,)), POLICY).plan
    assert plan is not None
    assert plan.to_version == "v1"


def test_a_dry_run_rehearses_in_every_world() -> None:
    verdict = judge(case(), Policy(rehearse=True))
    assert (verdict.action, verdict.rehearsed) == (Action.ROLLBACK, True)


def test_reasons_name_what_failed_before_what_is_unknown_and_nothing_twice() -> None:
    reasons = judge(case(readings=HEALED, onset=None), POLICY).reasons
    healed = next(i for i, r in enumerate(reasons) if "healed" in r)
    onset = next(i for i, r in enumerate(reasons) if "began" in r)
    assert healed < onset
    assert len(set(reasons)) == len(reasons)


def test_a_verdict_holds_while_the_world_stays_the_same() -> None:
    assert worsened(judge(case(), POLICY), judge(case(at=made.LATER), POLICY)) == ()


def test_a_verdict_no_longer_holds_once_a_check_got_worse() -> None:
    changed = worsened(judge(case(), POLICY), judge(case(readings=HEALED), POLICY))
    assert any("healed" in sentence for sentence in changed)


def recorded(**differently: object) -> Case:
    """A case of a recording: no deployer's record, only changes."""
    told = made.incident(World.RECORDED).replay((made.TURN, made.DIAGNOSIS))
    return case(**{"incident": told, "history": None, **differently})


BARE = CHANGE.model_copy(update={"previous_version": None})
CONFIG = EARLIER.model_copy(
    update={"id": "chg-c", "kind": ChangeKind.CONFIG, "at": T - timedelta(hours=5), "version": "c"}
)
OLDER = EARLIER.model_copy(update={"id": "chg-0", "at": T - timedelta(days=9), "version": "v0"})


def test_an_earlier_deployment_says_what_ran_before_the_newest_of_its_kind() -> None:
    others = (NEWER, CONFIG, EARLIER, OLDER, EARLIER.model_copy(update={"id": "x", "service": "db", "version": "db-1"}))
    assert recorded(changes=(BARE, *others)).previous() == "v1"
    assert recorded(changes=(BARE, CONFIG, NEWER)).previous() is None


def test_the_deployers_order_says_what_ran_before_where_it_names_no_version() -> None:
    history = (HISTORY[0], HISTORY[1]._replace(previous_version=None))
    assert case(history=history).previous() == "v1"
    assert case(history=history[1:]).previous() is None


def test_an_entry_of_the_deployer_without_a_change_is_known_by_its_version() -> None:
    plan = case(history=(HISTORY[0], HISTORY[1]._replace(change=None))).plan()
    assert plan == made.PLAN


def test_nothing_is_planned_where_something_else_runs_or_nothing_would_change() -> None:
    assert case(history=(*HISTORY, Deployed("shop", "v3", "v2", "chg-3", T))).plan() is None
    assert case(history=(HISTORY[0], HISTORY[1]._replace(previous_version="v2"))).plan() is None


def test_a_recordings_change_says_what_ran_where_the_diagnosis_does_not() -> None:
    unnamed = CULPRIT.model_copy(update={"version": None})
    plan = recorded(culprit_change=unnamed).plan()
    assert plan is not None
    assert (plan.from_version, plan.to_version) == ("v2", "v1")


@pytest.mark.parametrize(("mode", "answer"), [(Mode.OFF, FAILED), (Mode.REPORT, PASSED), (Mode.ASK, PASSED)])
def test_the_mode_is_a_check_of_its_own(mode: Mode, answer: CheckResult) -> None:
    real = made.incident(World.REAL).replay((made.TURN, made.DIAGNOSIS))
    assert result(judge(case(incident=real), Policy(mode=mode)), "mode-allows") is answer


def test_a_verdict_says_how_many_have_to_agree_and_until_when_an_answer_counts() -> None:
    policy = Policy(mode=Mode.AUTO, approvals_needed=2, veto_window=timedelta(seconds=90))
    rollback, ask = judge(case(), policy), judge(case(confidence=0.6), policy)
    assert (rollback.approvals_needed, rollback.expires_at) == (2, T + timedelta(seconds=90))
    assert ask.expires_at == T + policy.approval_ttl


@pytest.mark.parametrize(
    ("update", "said"),
    [
        ({"plan": made.PLAN.model_copy(update={"to_version": "v0"})}, "no longer the same"),
        ({"action": Action.ASK}, "no longer rollback"),
        ({"rehearsed": True}, "rehearsal"),
    ],
)
def test_a_verdict_no_longer_holds_once_it_would_be_another(update: dict[str, object], said: str) -> None:
    seen = judge(case(), POLICY)
    (changed,) = worsened(seen, seen.model_copy(update=update))
    assert said in changed


def test_a_question_no_longer_holds_once_more_people_have_to_agree() -> None:
    seen = judge(case(confidence=0.6), POLICY)
    (changed,) = worsened(seen, seen.model_copy(update={"approvals_needed": 2}))
    assert "2 people have to agree" in changed


def test_a_check_that_is_new_has_to_pass() -> None:
    seen = judge(case(), POLICY)
    assert len(worsened(seen.model_copy(update={"checks": ()}), judge(case(onset=None), POLICY))) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"confidence": 0.92},
        {"onset": made.ONSET - timedelta(minutes=1)},
        {"cause": "v2 leaks connections"},
        {"readings": None},
    ],
)
def test_a_digest_is_bound_to_what_people_are_shown_with_the_plan(changed: dict[str, object]) -> None:
    digests = {plan.digest for each in (case(), case(**changed)) if (plan := judge(each, POLICY).plan) is not None}
    assert len(digests) == 2


def test_a_digest_does_not_change_while_nothing_does() -> None:
    first, later = judge(case(), POLICY), judge(case(at=made.T + timedelta(seconds=30)), POLICY)
    assert first.plan is not None
    assert first.plan == later.plan


def test_evidence_that_was_changed_afterwards_makes_another_digest() -> None:
    told = made.TURN.model_copy(update={"found": (made.SEEN.model_copy(update={"statement": "p99 fell."}),)})
    other = case(incident=made.incident().replay((told, made.DIAGNOSIS)))
    plans = [judge(each, POLICY).plan for each in (case(), other)]
    assert plans[0] is not None
    assert plans[1] is not None
    assert (plans[0].bare, plans[0].digest == plans[1].digest) == (plans[1].bare, False)
