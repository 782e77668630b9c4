"""The gate's questions: each answers passed, failed or unknown, in words a tired engineer understands."""

from datetime import timedelta
from typing import NamedTuple

from incident.case import Case
from incident.diagnosis import Category, Remediation
from incident.evidence import Source
from incident.facts import CheckResult
from incident.policy import Mode, Policy

EQUAL = 0.15
"""Two explanations whose confidences are no further apart can't be told apart."""

TOO_CLOSE = timedelta(minutes=1)
"""An onset is read off samples: within this nobody can say which came first."""

TELEMETRY = frozenset({Source.METRICS, Source.LOGS, Source.SPANS})
UNDOING = frozenset({Remediation.ROLLBACK, Remediation.CONFIG_REVERT})


class Answer(NamedTuple):
    """What a check found."""

    result: CheckResult
    reason: str


def passed(reason: str) -> Answer:
    """It holds."""
    return Answer(CheckResult.PASSED, reason)


def failed(reason: str) -> Answer:
    """It doesn't hold: report only."""
    return Answer(CheckResult.FAILED, reason)


def unknown(reason: str) -> Answer:
    """It could not be seen whether it holds: a person has to be asked at least."""
    return Answer(CheckResult.UNKNOWN, reason)


NO_CHANGE = unknown("No change is named, so there is nothing to ask this about.")


def environment_allowed(case: Case, policy: Policy) -> Answer:
    """Is this an environment where we may act?"""
    environment = case.incident.environment
    if environment in policy.environments:
        return passed(f"Acting in {environment} is allowed.")
    return failed(f"Acting in {environment} is not allowed; allowed: {', '.join(policy.environments) or 'nowhere'}.")


def names_a_change(case: Case, _: Policy) -> Answer:
    """Is there a change to undo?"""
    culprit = case.culprit
    if culprit is None or case.diagnosis.category is not Category.CHANGE:
        return failed("The diagnosis blames no change, so there is nothing to roll back.")
    if culprit.id is None:
        return unknown(
            f"Commit {culprit.commit or '(unknown)'} is blamed, but nobody recorded which deployment shipped it."
        )
    return passed(f"The diagnosis blames {culprit.id}.")


def undoing_helps(case: Case, _: Policy) -> Answer:
    """Would going back help?"""
    remediation = case.diagnosis.remediation
    if remediation in UNDOING:
        return passed("Going back is what would help.")
    if remediation is Remediation.UNKNOWN:
        return unknown("The diagnosis doesn't say what would help.")
    return failed(f"Going back isn't what would help: {remediation} is.")


def culprit_established(case: Case, _: Policy) -> Answer:
    """Do we know which service failed, and not merely which one paged?"""
    service = case.diagnosis.culprit_service
    if service is None:
        return failed("It isn't known which service failed first.")
    about = [e.id for e in case.cited if e.service == service and e.source in TELEMETRY]
    if about:
        shown = f"{about[0]} shows" if len(about) == 1 else f"{', '.join(about[:3])} show"
        return passed(f"{shown} that {service} failed.")
    no = "It paged, but no" if service == case.incident.alert.service else "No"
    return unknown(f"{no} cited metric, log or trace of {service} shows that it is where this began.")


def on_the_culprit(case: Case, _: Policy) -> Answer:
    """Did the change touch what failed, or something it needs?"""
    culprit, failing = case.culprit, case.diagnosis.culprit_service
    if culprit is None:
        return NO_CHANGE
    if culprit.service is None or failing is None:
        return unknown("It isn't recorded which service was changed." if failing else "It isn't known what failed.")
    if culprit.service == failing:
        return passed(f"The change is on {failing}, which failed.")
    return _on_its_way(case, failing, culprit.service)


def _on_its_way(case: Case, failing: str, changed: str) -> Answer:
    if case.topology is None:
        return unknown(f"The change is on {changed}; whether {failing} needs it isn't known.")
    chain = case.topology.path(failing, changed)
    if chain:
        return passed(f"{failing} needs what was changed: {' → '.join(chain)}.")
    known = {*case.topology.depends_on, *(s for needs in case.topology.depends_on.values() for s in needs)}
    if {failing, changed} <= known:
        return failed(f"The change is on {changed}, which {failing} doesn't need.")
    return unknown(f"The change is on {changed}; the call graph doesn't know both it and {failing}.")


def precedes_onset(case: Case, _: Policy) -> Answer:
    """Was the change there before the failure?"""
    culprit, onset = case.culprit, case.diagnosis.onset
    if culprit is None:
        return NO_CHANGE
    if onset is None:
        return unknown("It isn't known when the failure began.")
    if culprit.at <= onset:
        return passed(f"The change ({culprit.at:%H:%M:%S}) came before the failure ({onset:%H:%M:%S}).")
    if culprit.at <= onset + TOO_CLOSE:
        return unknown("The change and the failure are too close in time to say which came first.")
    return failed(f"The failure ({onset:%H:%M:%S}) began before the change ({culprit.at:%H:%M:%S}).")


def previous_version_known(case: Case, _: Policy) -> Answer:
    """Is there something to go back to?"""
    if case.culprit is None:
        return NO_CHANGE
    version = case.previous()
    if version is None:
        return unknown("Nobody recorded which version ran before the change.")
    return passed(f"{version} ran before the change.")


def reversible(case: Case, _: Policy) -> Answer:
    """Can it be undone without harm?"""
    if case.culprit is None:
        return NO_CHANGE
    if case.recorded is None or case.recorded.reversible is None:
        return unknown("Nobody recorded whether the change can be undone.")
    if case.recorded.reversible:
        return passed("The change is recorded as reversible.")
    return failed("The change is recorded as one that can't be undone.")


def nothing_newer_on_top(case: Case, _: Policy) -> Answer:
    """Would going back take something else away?"""
    if case.culprit is None:
        return NO_CHANGE
    on_top = tuple(case.newer())
    if on_top:
        return failed(f"Something newer is on top of the change: {'; '.join(on_top[:3])}.")
    if not case.history and case.changes is None:
        return unknown("Nobody recorded what was deployed after the change.")
    if case.history and case.deployed is None:
        return unknown("The deployer's record doesn't show the change, so what runs now may be something else.")
    if case.culprit.service is None:
        return unknown("It isn't recorded which service was changed, so what is on top of it can't be seen.")
    return passed("Nothing newer is on top of the change.")


def signal_still_bad(case: Case, _: Policy) -> Answer:
    """Is it still wrong?"""
    alert = case.incident.alert
    if case.latest is None:
        return unknown("The signal that paged can't be read now.")
    if alert.threshold is None:
        return unknown("The alert has no threshold, so nobody can say whether the signal is still bad.")
    if alert.breached_by(case.latest):
        return passed(f"The signal is still bad: {case.latest:g}, threshold {alert.threshold:g}.")
    return failed(f"The signal has healed: {case.latest:g}, threshold {alert.threshold:g}.")


def no_equal_rival(case: Case, _: Policy) -> Answer:
    """Is there another change that explains it as well?"""
    floor = case.diagnosis.confidence - EQUAL
    rivals = [r.change for r in case.diagnosis.rivals if r.change is not None and r.confidence >= floor]
    if rivals:
        return unknown(f"{', '.join(rivals[:3])} would explain this nearly as well.")
    return passed("No other change explains this nearly as well.")


def not_only_outsiders(case: Case, _: Policy) -> Answer:
    """Does it rest on something that nobody outside could have written?"""
    if not case.cited:
        return failed("The diagnosis rests on no evidence.")
    if all(e.outsider_text for e in case.cited):
        return unknown("All cited evidence is text that somebody outside the company could have written.")
    return passed("The diagnosis rests on more than text from outside.")


def not_paused(_: Case, policy: Policy) -> Answer:
    """Has nobody pressed the kill switch?"""
    return passed("Acting isn't paused.") if policy.pause is None else failed(str(policy.pause))


def mode_allows(case: Case, policy: Policy) -> Answer:
    """Do people let us act at all?"""
    mode = policy.mode_in(case.incident.world)
    if mode is Mode.OFF:
        return failed("The mode is off: nothing may be done.")
    if mode is Mode.REPORT:
        return passed("The mode is report: this is rehearsed as in auto, and nothing is done.")
    return passed("The mode is auto." if mode is Mode.AUTO else "The mode is ask: nothing is done without a person.")
