"""Every check of the gate with each of its answers, and that no combination of answers gives more than it may."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.case import Case
from incident.catalog import Catalog, Entry, Freeze
from incident.change import ChangeKind, Commit, Event, Topology
from incident.diagnosis import Category, Opinion, Remediation, Rival, SecondOpinion
from incident.evidence import Source
from incident.facts import Action, CheckResult, GateCheck, Plan, Reading
from incident.gate import BADNESS, BOLDNESS, CHECKS, ONLY_BY_ITSELF, judge, worsened
from incident.limits import IN_ALL, STORM, Acted, Around, Opened
from incident.mode import Mode
from incident.model import Incident
from incident.policy import Pause, Policy
from incident.ports import Deployed
from incident.status import Status, World
from tests.incident import made
from tests.incident.made import CHANGE, CULPRIT, DIAGNOSIS, HISTORY, SEEN, TURN, T, case

PASSED, FAILED, UNKNOWN = CheckResult.PASSED, CheckResult.FAILED, CheckResult.UNKNOWN
Told = dict[str, object]
MINUTE = timedelta(minutes=1)


OPINION = SecondOpinion(by="llm", agree=False, model=Opinion(what="chg-1"), computed=Opinion(what="chg-2"))


def real() -> Incident:
    return made.incident(World.REAL).replay((TURN, DIAGNOSIS))


def seen(**differently: object) -> Told:
    """The one piece of evidence, told differently."""
    turn = TURN.model_copy(update={"found": (SEEN.model_copy(update=differently),)})
    return {"incident": made.incident().replay((turn, DIAGNOSIS))}


def change(**differently: object) -> Told:
    return {"changes": (CHANGE.model_copy(update=differently),)}


def shipped(**commit: object) -> Told:
    """The change with a commit of it."""
    made_of = {"sha": "abcdef123", "at": T - timedelta(hours=1), "message": "faster", "files": ("a.py",), "diff": "+x"}
    return change(commit="abcdef123") | {"commits": (Commit.model_validate(made_of | commit),)}


def later(service: str = "web", commit: Told | None = None, **differently: object) -> Told:
    """A change of another service after the blamed one, with its commit where one is told."""
    one = CHANGE.model_copy(update={"id": "chg-9", "service": service, "at": T - MINUTE, "title": "new", **differently})
    made_of = {"sha": "9999999", "at": T - MINUTE, "message": "new colours", "files": ("a.css",), "diff": "+blue"}
    commits = () if commit is None else (Commit.model_validate(made_of | commit),)
    named = one if commit is None else one.model_copy(update={"commit": "9999999"})
    return {"changes": (CHANGE, named), "commits": commits}


def event(message: str, status: str = "", service: str | None = "shop", minutes: int = 5) -> Event:
    return Event(at=T - minutes * MINUTE, source="argo", service=service, status=status, message=message)


def acted(service: str = "shop", minutes: int = 30, name: str = "INC-7", **more: object) -> Acted:
    plan = Plan(service=service, environment="production", from_version="v1", to_version="v0", change="chg-1")
    known = {
        "incident": name,
        "plan": plan,
        "at": T - minutes * MINUTE,
        "automatic": True,
        "status": Status.HANDED_OVER,
    }
    return Acted.model_validate(known | more)


def opened(count: int, minutes: int = 5) -> tuple[Opened, ...]:
    return tuple(Opened(incident=f"INC-{n}", at=T - minutes * MINUTE) for n in range(count))


def history(*versions: tuple[str, int]) -> Told:
    """The deployer's record: versions with how many minutes ago they came; the last one is the blamed change."""
    names = [version for version, _ in versions]
    befores = [None, *names[:-1]]
    ids = [f"chg-h{n}" for n in range(len(names) - 1)] + ["chg-2"]
    entries = zip(versions, befores, ids, strict=True)
    return {"history": tuple(Deployed("shop", v, b, i, T - ago * MINUTE) for (v, ago), b, i in entries)}


def used(brought: str) -> Told:
    """A later change of a caller whose commit brings a line, after a change that brought a function."""
    ours = Commit(sha="abcdef123", at=T - timedelta(hours=1), diff="+def reserveItems(cart):")
    told = later(commit={"diff": brought})
    first, *rest = told["changes"]  # type: ignore[misc]
    return {"changes": (first.model_copy(update={"commit": ours.sha}), *rest), "commits": (ours, *told["commits"])}  # type: ignore[misc]


RIVAL = Rival(what="chg-1 did it", change="chg-1", confidence=0.9, why_less_likely="earlier")
TRAFFIC = Rival(what="more traffic", confidence=0.9, why_less_likely="it isn't")
OLD_BACK = CHANGE.model_copy(
    update={
        "id": "back",
        "kind": ChangeKind.ROLLBACK,
        "at": T - timedelta(days=1),
        "previous_version": "v1",
        "version": "v0",
    }
)
PAUSE = Pause(by="U1", since=T)
NO = {"culprit_change": None}
HEALED = tuple(Reading(at=T + m * MINUTE, value=200.0) for m in range(3))
ON_DB = CULPRIT.model_copy(update={"service": "db"})

ANSWERS: dict[str, dict[CheckResult, list[Told]]] = {
    "environment-allowed": {PASSED: [{}], FAILED: [{"policy": Policy(environments=("staging",))}]},
    "names-a-change": {
        PASSED: [{}, {"changes": None}],
        FAILED: [NO, {"category": Category.TRAFFIC}, change(service="db")],
        UNKNOWN: [{"culprit_change": CULPRIT.model_copy(update={"id": None, "commit": "abc"})}, {"changes": ()}],
    },
    "undoing-helps": {
        PASSED: [{}, {"remediation": Remediation.CONFIG_REVERT}],
        FAILED: [{"remediation": Remediation.ROLL_FORWARD}, {"remediation": Remediation.NONE}],
        UNKNOWN: [{"remediation": Remediation.UNKNOWN}],
    },
    "culprit-established": {
        PASSED: [{}, seen(source=Source.LOGS)],
        FAILED: [{"culprit_service": None}],
        UNKNOWN: [
            {"evidence": ()},
            {"evidence": ("E7",)},
            seen(service="db"),
            seen(outsider_text=True),
            seen(source=Source.CHANGES),
            seen(source=Source.EVENTS),
        ],
    },
    "on-the-culprit": {
        PASSED: [{}, seen(service="db") | {"culprit_change": ON_DB}],
        FAILED: [{"culprit_change": CULPRIT.model_copy(update={"service": "web"})}],
        UNKNOWN: [
            NO,
            {"culprit_change": ON_DB},
            {"culprit_change": ON_DB, "topology": None},
            {"culprit_service": None},
        ],
    },
    "precedes-onset": {
        PASSED: [{}],
        FAILED: [
            {"onset": CULPRIT.at - 5 * MINUTE},
            change(at=T - 2 * MINUTE),  # by its own record, whatever the diagnosis says of it
            {**change(at=T + MINUTE), "onset": T + 5 * MINUTE},
        ],
        UNKNOWN: [NO, {"onset": None}, {"onset": CULPRIT.at - timedelta(seconds=20)}],
    },
    "no-equal-rival": {
        PASSED: [{}, {"rivals": (RIVAL.model_copy(update={"confidence": 0.7}),)}],
        FAILED: [{"rivals": (RIVAL,), "confidence": 0.6}, {"rivals": (TRAFFIC,), "confidence": 0.6}],
        UNKNOWN: [{"rivals": (RIVAL,)}],
    },
    "undisputed": {
        PASSED: [{}, {"second_opinion": OPINION.model_copy(update={"agree": True})}],
        UNKNOWN: [{"second_opinion": OPINION}, {"second_opinion": OPINION.model_copy(update={"followed": True})}],
    },
    "evidence-not-only-outsiders": {
        PASSED: [{}],
        FAILED: [{"evidence": ()}, {"evidence": ("E9",)}],
        UNKNOWN: [seen(outsider_text=True), seen(source=Source.CHANGES)],
    },
    "previous-version-known": {
        PASSED: [{}, {"history": None}],
        UNKNOWN: [NO, {"history": (HISTORY[1]._replace(previous_version=None),)}],
    },
    "previous-version-healthy": {
        PASSED: [{}, history(("v0", 90), ("v1", 60), ("v2", 15)), {"around": Around(acted=(acted("db"),))}],
        FAILED: [
            history(("v0", 900), ("v1", 800), ("v0", 700), ("v1", 600), ("v2", 15)),  # people had turned away from v1
            {"changes": (CHANGE, OLD_BACK)},
            {"around": Around(acted=(acted(status=Status.RESOLVED, minutes=300),))},
        ],
        UNKNOWN: [
            NO,
            {"history": (HISTORY[1]._replace(previous_version=None),)},
            history(("v0", 900), ("v1", 19), ("v2", 15)),  # it ran for four minutes
            {**history(("v0", 900), ("v1", 45), ("v2", 30)), **change(at=T - 30 * MINUTE), "onset": T - 5 * MINUTE},
            {"around": Around(acted=(acted(minutes=300),))},
            {
                "around": Around(
                    opened=(Opened(incident="INC-7", at=T, blamed=CULPRIT.model_copy(update={"version": "v1"})),)
                )
            },
        ],
    },
    "reversible": {
        PASSED: [{}, shipped()],
        FAILED: [
            change(reversible=False),
            shipped(files=("db/migrations/0007_orders.py",)),
            shipped(files=("src/main/resources/db/migration/V12__orders.sql",)),
            shipped(diff="+ALTER TABLE orders ADD COLUMN total int;"),
            shipped(diff="+    op.drop_column('orders', 'total')"),
            shipped(diff="+  cursor.execute('DELETE FROM carts WHERE age > 30')"),
            shipped(diff="+redis-cli FLUSHALL"),
            {
                "commits": (Commit(sha="f" * 9, at=T - timedelta(hours=1), files=("shop/migrations/1.sql",)),)
            },  # rode along
        ],
        UNKNOWN: [
            NO,
            change(reversible=None),
            {"changes": None},
            change(title="migrate orders to the new store"),
            shipped(files=("api/orders.proto",)),
            shipped(diff="-  SCHEMA_VERSION = 3\n+  SCHEMA_VERSION = 4"),
            shipped(message="orders: new wire format"),
        ],
    },
    "not-a-security-fix": {
        PASSED: [
            {},
            shipped(),
            {"commits": (Commit(sha="f" * 9, at=T, message="CVE-2026-1234", files=("web/a.py",)),)},
        ],
        FAILED: [
            change(title="CVE-2026-1234"),
            shipped(message="bump xz (GHSA-abcd-1234-efgh)"),
            change(attributes={"labels": ["CVE-2025-99999"]}),
        ],
        UNKNOWN: [
            NO,
            change(title=""),
            {"changes": None},
            change(title="security: check the token's issuer"),
            change(attributes={"label": "vulnerability"}),
            shipped(message="Bump lodash from 4.17.20 to 4.17.21", author="dependabot[bot]"),
            {"commits": (Commit(sha="f" * 9, at=T - timedelta(hours=1), message="fix XSS", files=("shop/a.py",)),)},
        ],
    },
    "no-dependent-needs-it": {
        PASSED: [
            {},
            later(commit={}),
            used("+  client.colour(cart)"),
            later("cache"),
            {**later("cache"), "topology": Topology(depends_on={"web": ("shop",)})},
            later(at=T - timedelta(hours=3)),
            later(kind=ChangeKind.SCALE),
        ],
        FAILED: [later(title="needs chg-2"), later(title="use shop v2", version="w3")],
        UNKNOWN: [
            NO,
            {"changes": None},
            later(),
            later(commit={"diff": None}),
            later(commit={"diff": "+shop.place_order(total)"}),
            later(commit={"message": "call the shop's new endpoint"}),
            later("cache") | {"topology": None},
            used("+  client.reserveItems(cart)"),
        ],
    },
    "nothing-newer-on-top": {
        PASSED: [{}],
        FAILED: [{"history": (*HISTORY, Deployed("shop", "v3", "v2", "chg-3", T))}, later("shop")],
        UNKNOWN: [NO, {"history": HISTORY[:1]}, {"history": None, "changes": None}],
    },
    "nothing-under-way": {
        PASSED: [
            {},
            {"events": (event("canary of v2 at 10 %", minutes=30), event("canary promoted"))},
            {"events": (event("change freeze from now on", service=None, minutes=90), event("change freeze lifted"))},
            {"events": (event("deployment in progress", service="mail"),)},
            {"events": (event("deployment in progress", minutes=3000),)},
            {"events": (event("Started container shop", "Started"),)},
            change(attributes={"status": "succeeded"}),
            {
                "changes": (
                    CHANGE,
                    CHANGE.model_copy(update={"id": "x", "service": "mail", "attributes": {"status": "running"}}),
                )
            },
        ],
        FAILED: [
            change(attributes={"status": "in_progress"}),
            change(attributes={"State": "Rolling-Out"}),
            change(attributes={"canary": True}),
            change(attributes={"finished_at": None}),
            {"events": (event("canary of v3 at 10 %"),)},
            {"events": (event("", "deployment started"),)},
            {"events": (event("change freeze until Monday", service=None),)},
            {"events": (event("until Monday", "freeze"),)},
            {"history": (*HISTORY, Deployed("shop", "v3", "v2", "chg-3", T + MINUTE))},
            {"history": (*HISTORY, Deployed("shop", "v3", None, "chg-3", T - MINUTE, finished=False))},
            {
                "incident": real(),
                "policy": Policy(
                    mode=Mode.AUTO, catalog=Catalog(freeze=(Freeze(starts="sun 00:00", ends="mon 00:00"),))
                ),
            },
        ],
        UNKNOWN: [
            NO,
            {"history": None, "changes": None},
            {"culprit_service": "web", "events": (event("rollout in progress", service="web"),)},
        ],
    },
    "not-undone-already": {
        PASSED: [{}, {"around": Around(acted=(acted("db", held=True),))}],
        FAILED: [
            {"around": Around(acted=(acted(held=True),))},
            {"history": (*HISTORY, Deployed("shop", "v1", "v2", "back", T))},
            {"history": None, "changes": (CHANGE, OLD_BACK.model_copy(update={"at": T - MINUTE}))},
        ],
        UNKNOWN: [NO, {"history": None, "changes": None}],
    },
    "signal-still-bad": {PASSED: [{}], FAILED: [{"readings": HEALED}], UNKNOWN: [{"readings": None}, {"readings": ()}]},
    "within-limits": {
        PASSED: [
            {},
            {"around": Around(acted=(acted(minutes=61),))},
            {"around": Around(acted=(acted(automatic=False),))},
            {"around": Around(acted=tuple(acted(f"s{n}") for n in range(IN_ALL - 1)))},
        ],
        UNKNOWN: [
            NO,
            {"around": None},
            {"around": Around(acted=(acted(minutes=59),))},
            {"around": Around(acted=tuple(acted(f"s{n}") for n in range(IN_ALL)))},
        ],
    },
    "no-storm": {
        PASSED: [{}, {"around": Around(opened=opened(STORM - 1))}, {"around": Around(opened=opened(50, minutes=20))}],
        UNKNOWN: [{"around": None}, {"around": Around(opened=opened(STORM))}],
    },
    "mode-allows": {
        PASSED: [
            {},
            {"incident": real(), "policy": Policy(mode=Mode.ASK)},
            {"incident": real(), "policy": Policy(mode=Mode.REPORT)},  # what it would do, rehearsed
        ],
        FAILED: [
            {"incident": real(), "policy": Policy(mode=Mode.OFF)},
            {
                "incident": real(),
                "policy": Policy(mode=Mode.AUTO, catalog=Catalog(services={"shop": Entry(mode=Mode.OFF)})),
            },
        ],
    },
    "not-paused": {PASSED: [{}], FAILED: [{"policy": Policy(mode=Mode.AUTO, pause=PAUSE)}]},
}

CASES = [
    (name, answer, told) for name, answers in ANSWERS.items() for answer, tolds in answers.items() for told in tolds
]


def parted(told: Told) -> tuple[Case, Policy]:
    policy = told.get("policy", Policy(mode=Mode.AUTO))
    assert isinstance(policy, Policy)
    return case(**{key: value for key, value in told.items() if key != "policy"}), policy


def test_every_check_is_tried_with_every_answer_it_can_give() -> None:
    assert list(ANSWERS) == [name for name, _ in CHECKS]
    never = {"environment-allowed": {UNKNOWN}, "previous-version-known": {FAILED}}
    never |= {
        "within-limits": {FAILED},
        "no-storm": {FAILED},
        "undisputed": {FAILED},
        "mode-allows": {UNKNOWN},
        "not-paused": {UNKNOWN},
    }
    assert {name: set(CheckResult) - set(answers) for name, answers in ANSWERS.items() if len(answers) < 3} == never


@pytest.mark.parametrize(("name", "answer", "told"), CASES)
def test_a_check_answers_what_can_be_seen_and_bounds_what_is_done(name: str, answer: CheckResult, told: Told) -> None:
    verdict = judge(*parted(told))
    given = next(c for c in verdict.checks if c.name == name)
    assert given.result is answer, given.reason
    assert given.reason.endswith(".")
    assert answer is not FAILED or verdict.action is Action.REPORT
    assert answer is not UNKNOWN or verdict.action is not Action.ROLLBACK


@settings(max_examples=600, deadline=None, derandomize=True)
@given(told=st.lists(st.sampled_from(CASES), max_size=4), confidence=st.sampled_from([1.0, 1.0, 0.9, 0.6, 0.2]))
def test_no_combination_does_more_than_its_worst_check_allows(
    told: list[tuple[str, CheckResult, Told]], confidence: float
) -> None:
    together: Told = {}
    for _, _, differently in told:
        together |= differently
    seen_as, policy = parted(together | {"confidence": confidence})
    verdict = judge(seen_as, policy)
    results = {check.result for check in verdict.checks}
    most = Action.REPORT if FAILED in results else Action.ASK if UNKNOWN in results else Action.ROLLBACK
    assert BOLDNESS.index(verdict.action) <= BOLDNESS.index(most)
    assert verdict.action is Action.REPORT or verdict.plan is not None
    assert verdict.action is not Action.ROLLBACK or (
        confidence >= policy.confidence_auto and verdict.plan is not None and verdict.plan.bare == made.PLAN
    )


@pytest.mark.parametrize(("name", "worse"), [(name, worse) for name, _ in CHECKS for worse in (UNKNOWN, FAILED)])
def test_whatever_check_gets_worse_takes_an_automatic_rollback_back(name: str, worse: CheckResult) -> None:
    before = judge(case(), Policy(mode=Mode.AUTO))
    now = before.model_copy(update={"checks": tuple(_worse(c, name, worse) for c in before.checks)})
    assert worsened(before, now) == (f"{name} got worse.",)


@pytest.mark.parametrize("name", [name for name, _ in CHECKS])
def test_a_persons_yes_is_taken_back_by_every_check_but_those_about_acting_alone(name: str) -> None:
    before = judge(case(confidence=0.6), Policy(mode=Mode.AUTO))
    now = before.model_copy(update={"checks": tuple(_worse(c, name, UNKNOWN) for c in before.checks)})
    assert bool(worsened(before, now)) is (name not in ONLY_BY_ITSELF)


def _worse(check: GateCheck, name: str, result: CheckResult) -> GateCheck:
    assert BADNESS.index(result) > BADNESS.index(check.result)
    return check.model_copy(update={"result": result, "reason": f"{name} got worse."}) if check.name == name else check


def test_the_catalog_can_say_that_a_change_is_reversible_only_where_its_commit_shows_it() -> None:
    policy = Policy(mode=Mode.AUTO, catalog=Catalog(services={"shop": Entry(reversible=True)}))
    for told, answer in ((shipped(), PASSED), ({}, UNKNOWN), (shipped(diff="+DROP TABLE x"), FAILED)):
        bare = tuple(c.model_copy(update={"reversible": None}) for c in told.get("changes", (CHANGE,)))  # type: ignore[attr-defined]
        verdict = judge(case(**{**told, "changes": bare, "incident": real()}), policy)
        assert next(c.result for c in verdict.checks if c.name == "reversible") is answer


def test_an_owner_who_says_that_nothing_can_be_undone_wins_over_the_record() -> None:
    policy = Policy(mode=Mode.AUTO, catalog=Catalog(services={"shop": Entry(reversible=False)}))
    assert judge(case(incident=real()), policy).action is Action.REPORT


def test_an_owner_who_names_another_environment_wins_over_the_settings() -> None:
    policy = Policy(mode=Mode.AUTO, catalog=Catalog(services={"shop": Entry(environment="staging")}))
    assert judge(case(incident=real()), policy).action is Action.REPORT


def test_an_owner_who_wants_reports_has_it_rehearsed() -> None:
    policy = Policy(mode=Mode.AUTO, catalog=Catalog(services={"shop": Entry(mode=Mode.REPORT)}))
    assert judge(case(incident=real()), policy).rehearsed


@pytest.mark.parametrize("confidence_auto", [0.0, 0.5, 0.85])
def test_what_is_disputed_never_acts_by_itself_however_little_confidence_that_takes(confidence_auto: float) -> None:
    policy = Policy(mode=Mode.AUTO, confidence_auto=confidence_auto, confidence_ask=0.0)
    assert judge(case(confidence=1.0), policy).action is Action.ROLLBACK
    verdict = judge(case(confidence=1.0, second_opinion=OPINION), policy)
    assert verdict.action is Action.ASK
    assert "The model names chg-1, the computed ranking chg-2: a person has to choose." in verdict.reasons
