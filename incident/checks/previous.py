"""Is there a version to go back to, and did it run well as far as anybody can see?"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from incident import patches
from incident.case import Case
from incident.change import ChangeKind
from incident.checks.answer import NO_CHANGE, Answer, failed, passed, unknown
from incident.policy import Policy
from incident.status import Status

SOAK = timedelta(minutes=10)
"""A version that ran for less proved nothing."""


def previous_version_known(case: Case, _: Policy) -> Answer:
    """Is there something to go back to?"""
    if case.culprit is None:
        return NO_CHANGE
    version = case.previous()
    if version is None:
        return unknown("Nobody recorded which version ran before the change.")
    return passed(f"{version} ran before the change.")


def previous_version_healthy(case: Case, _: Policy) -> Answer:
    """Did what we would go back to run well, as far as anybody can see?"""
    version = None if case.culprit is None else case.previous()
    if version is None or case.culprit is None or case.culprit.service is None:
        return unknown("It isn't known which version would run again, so nobody can say whether it ran well.")
    taken_back = next(_taken_back(case, version), None)
    if taken_back:
        return failed(f"{version} was itself taken back: {taken_back}.")
    doubts = next(_doubts(case, version), None)
    return unknown(doubts) if doubts else passed(f"{version} ran before the change, and nothing speaks against it.")


def _taken_back(case: Case, version: str) -> Iterator[str]:
    """Yield who turned away from the version: the deployer's record, a recorded rollback, ourselves."""
    history, service = case.history or (), case.culprit.service if case.culprit else None
    for place, (one, next_) in enumerate(pairwise(history)):
        ran_before = {d.version for d in history[:place]}
        if one.version == version and next_.version != version and next_.version in ran_before:
            yield f"the older {next_.version} took its place at {next_.at:%Y-%m-%d %H:%M}"
    for change in case.changes or ():
        if change.kind is ChangeKind.ROLLBACK and change.service == service and change.previous_version == version:
            yield f"{change.id} at {change.at:%Y-%m-%d %H:%M}"
    for one_of_ours in case.around.acted if case.around else ():
        plan = one_of_ours.plan
        if (plan.service, plan.from_version) == (service, version) and one_of_ours.status is Status.RESOLVED:
            yield f"{one_of_ours.incident} was resolved by that at {one_of_ours.at:%Y-%m-%d %H:%M}"


def _doubts(case: Case, version: str) -> Iterator[str]:
    ran = _ran(case, version)
    needed = max(SOAK, _took(case))
    if ran is not None and ran < needed:
        yield f"{version} ran for {_minutes(ran)} only, too short to show that it is healthy."
    service = case.culprit.service if case.culprit else None
    for other in case.around.opened if case.around else ():
        blamed = other.blamed
        if blamed is not None and (blamed.service, blamed.version) == (service, version):
            yield f"{other.incident} blamed {version}, so it may not be healthy either."
    for acted in case.around.acted if case.around else ():
        if (acted.plan.service, acted.plan.from_version) == (service, version):
            yield f"{version} was rolled back in {acted.incident}, whose end doesn't show that it was healthy."


def _ran(case: Case, version: str) -> timedelta | None:
    """Return how long the version ran before the change, None where its beginning isn't recorded.

    What differs from its predecessor in nothing that runs has run as long as that.
    """
    changed_at, service = case.changed_at, case.culprit.service if case.culprit else None
    made = [c for c in case.changes or () if c.service == service and c.version == version]
    began = [d.at for d in case.earlier_versions() if d.version == version] or [c.at for c in made]
    earlier = [at for at in began if changed_at is not None and at < changed_at]
    if changed_at is None or not earlier:
        return None
    commits = [c for change in made for c in case.patches_of(change)]
    before = max((d.at for d in case.earlier_versions() if d.at < max(earlier)), default=None)
    same = before is not None and bool(commits) and all(patches.idle(c) for c in commits)
    return changed_at - (before if before is not None and same else max(earlier))


def _took(case: Case) -> timedelta:
    """Return how long the change took to do harm: what is slower than that would look healthy in less."""
    onset, changed_at = case.diagnosis.onset, case.changed_at
    return timedelta(0) if onset is None or changed_at is None else max(onset - changed_at, timedelta(0))


def _minutes(length: timedelta) -> str:
    return f"{length // timedelta(minutes=1)} minutes"
