"""May we roll back? Named checks, bands of confidence, and the mode; pure.

A model proposes, this disposes: any failed check means report, any unknown one means ask at most.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from incident.case import Case
from incident.checks import cause, moment, previous, undoing
from incident.checks.answer import Answer
from incident.facts import Action, CheckResult, GateCheck, Plan, Verdict
from incident.mode import Mode
from incident.policy import Policy
from incident.seal import seal
from incident.status import World

CHECKS: tuple[tuple[str, Callable[[Case, Policy], Answer]], ...] = (
    ("environment-allowed", cause.environment_allowed),
    ("names-a-change", cause.names_a_change),
    ("undoing-helps", cause.undoing_helps),
    ("culprit-established", cause.culprit_established),
    ("on-the-culprit", cause.on_the_culprit),
    ("precedes-onset", cause.precedes_onset),
    ("no-equal-rival", cause.no_equal_rival),
    ("undisputed", cause.undisputed),
    ("evidence-not-only-outsiders", cause.not_only_outsiders),
    ("previous-version-known", previous.previous_version_known),
    ("previous-version-healthy", previous.previous_version_healthy),
    ("reversible", undoing.reversible),
    ("not-a-security-fix", undoing.not_a_security_fix),
    ("no-dependent-needs-it", undoing.no_dependent_needs_it),
    ("nothing-newer-on-top", moment.nothing_newer_on_top),
    ("nothing-under-way", moment.nothing_under_way),
    ("not-undone-already", moment.not_undone_already),
    ("signal-still-bad", moment.signal_still_bad),
    ("within-limits", moment.within_limits),
    ("no-storm", moment.no_storm),
    ("mode-allows", moment.mode_allows),
    ("not-paused", moment.not_paused),
)
ONLY_BY_ITSELF = frozenset({"within-limits", "no-storm"})
"""Checks that bound what is done automatically: they don't take back a question that a person answers."""

BOLDNESS = (Action.REPORT, Action.ASK, Action.ROLLBACK)
BADNESS = (CheckResult.PASSED, CheckResult.UNKNOWN, CheckResult.FAILED)


def judge(case: Case, policy: Policy) -> Verdict:
    """Return what may be done about the case, and why. It says `rollback` only where every check passed."""
    world = case.incident.world
    answers = _ask_all(case, policy)
    plan = _sealed(case, answers)
    mode = policy.mode_in(world, case.acts_on)
    bounds = (_by_confidence(case, policy), _by_checks(answers), _by_mode(mode), _by_plan(plan, case))
    action = min((bound for bound, _ in bounds), key=BOLDNESS.index)
    rehearsed = policy.rehearsed_in(world) or mode is Mode.REPORT
    return Verdict(
        at=case.at,
        action=action,
        rehearsed=rehearsed,
        reasons=(*_because(bounds, answers), *(("A rehearsal: nothing is executed.",) if rehearsed else ())),
        checks=answers,
        plan=plan,
        approvals_needed=policy.approvals_needed,
        expires_at=None if rehearsed or action is Action.REPORT else case.at + _lifetime(action, policy, world),
        deployed_by=None if case.deployed is None else case.deployed.actor,
    )


def worsened(seen: Verdict, now: Verdict) -> tuple[str, ...]:
    """Return what has changed since a verdict that would make acting on it wrong, one sentence each; empty: go on."""
    earlier = {check.name: BADNESS.index(check.result) for check in seen.checks}
    asked = ONLY_BY_ITSELF if seen.action is Action.ASK else frozenset[str]()
    counting = (c for c in now.checks if c.name not in asked)
    worse = [c.reason for c in counting if BADNESS.index(c.result) > earlier.get(c.name, 0)]
    if _bare(now.plan) != _bare(seen.plan):
        worse.append("What would have to be done is no longer the same.")
    if BOLDNESS.index(now.action) < BOLDNESS.index(seen.action):
        worse.append(f"The gate now says {now.action}, no longer {seen.action}.")
    if seen.action is Action.ASK and now.approvals_needed > seen.approvals_needed:
        worse.append(f"By now {now.approvals_needed} people have to agree.")
    if now.rehearsed:
        worse.append("Nothing may be executed any more: this is a rehearsal.")
    return tuple(worse)


def _sealed(case: Case, answers: tuple[GateCheck, ...]) -> Plan | None:
    plan = case.plan()
    return plan and plan.model_copy(update={"rests_on": seal(case.diagnosis, case.cited, answers)})


def _bare(plan: Plan | None) -> Plan | None:
    return plan and plan.bare


def _ask_all(case: Case, policy: Policy) -> tuple[GateCheck, ...]:
    answers = ((name, check(case, policy)) for name, check in CHECKS)
    return tuple(GateCheck(name=name, result=answer.result, reason=answer.reason) for name, answer in answers)


def _because(bounds: Iterable[tuple[Action, str]], answers: Iterable[GateCheck]) -> tuple[str, ...]:
    """Return what bounds the action, then each check that didn't pass, the failed ones first; nothing twice."""
    badly = sorted(answers, key=lambda c: BADNESS.index(c.result), reverse=True)
    sentences = (*(why for _, why in bounds if why), *(c.reason for c in badly if c.result is not CheckResult.PASSED))
    return tuple(dict.fromkeys(sentences))


def _by_checks(answers: tuple[GateCheck, ...]) -> tuple[Action, str]:
    results = {check.result for check in answers}
    if CheckResult.FAILED in results:
        return Action.REPORT, "A check failed, so this is only reported."
    if CheckResult.UNKNOWN in results:
        return Action.ASK, "Not every check could be answered, so nothing is done without a person."
    return Action.ROLLBACK, ""


def _by_confidence(case: Case, policy: Policy) -> tuple[Action, str]:
    confidence = case.diagnosis.confidence
    if confidence >= policy.confidence_auto:
        return Action.ROLLBACK, f"Confidence {confidence:.2f} is at or above {policy.confidence_auto:.2f}."
    if confidence >= policy.confidence_ask:
        below = f"Confidence {confidence:.2f} is below {policy.confidence_auto:.2f}: a person decides."
        return Action.ASK, f"{below} {policy.taught}".strip()
    return (
        Action.REPORT,
        f"Confidence {confidence:.2f} is below {policy.confidence_ask:.2f}: too low to act on.",
    )


def _by_mode(mode: Mode) -> tuple[Action, str]:
    if mode in {Mode.AUTO, Mode.REPORT}:  # in report it is rehearsed: people want to see what would have been done
        return Action.ROLLBACK, ""
    if mode is Mode.ASK:
        return Action.ASK, "The mode is ask: nothing is done without a person."
    return Action.REPORT, ""


def _by_plan(plan: Plan | None, case: Case) -> tuple[Action, str]:
    if plan is not None:
        return Action.ROLLBACK, ""
    if case.culprit is None:  # the check that names a change says so
        return Action.REPORT, ""
    if case.incident.world is World.RECORDED:  # nothing is executed there, and most recordings hold no versions
        return Action.ASK, "The versions aren't recorded: a person would have to name the one to go back to."
    return Action.REPORT, "The deployer's record doesn't say what runs and what ran before, so nothing can be proposed."


def _lifetime(action: Action, policy: Policy, world: World) -> timedelta:
    return policy.approval_ttl if action is Action.ASK else policy.veto_window_in(world)
