"""Is the cause established, and is it a change whose undoing would help?"""

from datetime import timedelta

from incident.case import Case
from incident.checks.answer import NO_CHANGE, TOLD, Answer, failed, passed, unknown
from incident.diagnosis import Category, Remediation
from incident.evidence import Source
from incident.policy import Policy

EQUAL = 0.15
"""Two explanations whose confidences are no further apart can't be told apart."""

TOO_CLOSE = timedelta(minutes=1)
"""An onset is read off samples: within this nobody can say which came first."""

TELEMETRY = frozenset({Source.METRICS, Source.LOGS, Source.SPANS})
UNDOING = frozenset({Remediation.ROLLBACK, Remediation.CONFIG_REVERT})


def environment_allowed(case: Case, policy: Policy) -> Answer:
    """Is this an environment where we may act?"""
    environment = case.incident.environment
    only = policy.entry(case.incident.world, case.acts_on).environment
    if only not in {None, environment}:
        return failed(f"The catalog has {case.acts_on} in {only} alone, and this is {environment}.")
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
    if case.changes is None:
        return passed(f"The diagnosis blames {culprit.id}.")
    if case.recorded is None:
        return unknown(f"The diagnosis blames {culprit.id}, which nobody recorded.")
    if case.recorded.service != culprit.service:
        return failed(f"{culprit.id} is recorded on {case.recorded.service}, not on {culprit.service}.")
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
    ours = [e for e in case.cited if e.service == service and e.source in TELEMETRY]
    about = [e.id for e in ours if not e.outsider_text]
    if about:
        shown = f"{about[0]} shows" if len(about) == 1 else f"{', '.join(about[:TOLD])} show"
        return passed(f"{shown} that {service} failed.")
    if ours:
        return unknown(f"Only words that somebody outside could have written show that {service} failed.")
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
    if chain and not any(e.service == changed and e.source in TELEMETRY and not e.outsider_text for e in case.cited):
        return unknown(f"{failing} needs {changed}, and no cited metric, log or trace shows that {changed} failed it.")
    if chain:
        return passed(f"{failing} needs what was changed: {' → '.join(chain)}.")
    known = {*case.topology.depends_on, *(s for needs in case.topology.depends_on.values() for s in needs)}
    if {failing, changed} <= known:
        return failed(f"The change is on {changed}, which {failing} doesn't need.")
    return unknown(f"The change is on {changed}; the call graph doesn't know both it and {failing}.")


def precedes_onset(case: Case, _: Policy) -> Answer:
    """Was the change there before the failure?"""
    changed_at, onset = case.changed_at, case.diagnosis.onset
    if changed_at is None:
        return NO_CHANGE
    if onset is None:
        return unknown("It isn't known when the failure began.")
    if changed_at > case.incident.alert.fired_at:
        return failed(f"The change ({changed_at:%H:%M:%S}) came after the alert.")
    if changed_at <= onset:
        return passed(f"The change ({changed_at:%H:%M:%S}) came before the failure ({onset:%H:%M:%S}).")
    if changed_at <= onset + TOO_CLOSE:
        return unknown("The change and the failure are too close in time to say which came first.")
    return failed(f"The failure ({onset:%H:%M:%S}) began before the change ({changed_at:%H:%M:%S}).")


def no_equal_rival(case: Case, _: Policy) -> Answer:
    """Is there another change that explains it as well?"""
    own = case.diagnosis.confidence
    better = [r.change or r.what for r in case.diagnosis.rivals if r.confidence >= own + EQUAL]
    if better:
        return failed(f"Something else explains this better: {'; '.join(better[:TOLD])}.")
    floor = own - EQUAL
    rivals = [r.change for r in case.diagnosis.rivals if r.change is not None and r.confidence >= floor]
    if rivals:
        return unknown(f"{', '.join(rivals[:TOLD])} would explain this nearly as well.")
    return passed("No other change explains this nearly as well.")


def undisputed(case: Case, _: Policy) -> Answer:
    """Does the model that looked at it see the same cause as code?"""
    opinion = case.diagnosis.second_opinion
    if opinion is None:
        return passed("No model names another cause.")
    if opinion.agree:
        return passed("The model and the computed ranking agree.")
    return unknown(
        f"The model names {opinion.model.what}, the computed ranking {opinion.computed.what}: a person has to choose."
    )


def not_only_outsiders(case: Case, _: Policy) -> Answer:
    """Does it rest on something that nobody outside could have written?"""
    if not case.cited:
        return failed("The diagnosis rests on no evidence.")
    inside = [e for e in case.cited if not e.outsider_text]
    if not inside:
        return unknown("All cited evidence is text that somebody outside the company could have written.")
    if not any(e.source in TELEMETRY for e in inside):
        return unknown("No cited metric, log or trace is free of words that somebody outside could have written.")
    return passed("The diagnosis rests on more than text from outside.")
