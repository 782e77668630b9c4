"""Is this the moment to act: is it still bad, is nobody at it already, and was enough done for now?"""

from datetime import datetime

from incident import limits, underway
from incident.case import Case
from incident.change import ChangeKind
from incident.checks.answer import NO_CHANGE, TOLD, Answer, failed, passed, unknown
from incident.mode import Mode
from incident.policy import Policy


def nothing_newer_on_top(case: Case, _: Policy) -> Answer:
    """Would going back take something else away?"""
    if case.culprit is None:
        return NO_CHANGE
    on_top = tuple(case.newer())
    if on_top:
        return failed(f"Something newer is on top of the change: {'; '.join(on_top[:TOLD])}.")
    if not case.history and case.changes is None:
        return unknown("Nobody recorded what was deployed after the change.")
    if case.history and case.deployed is None:
        return unknown("The deployer's record doesn't show the change, so what runs now may be something else.")
    if case.culprit.service is None:
        return unknown("It isn't recorded which service was changed, so what is on top of it can't be seen.")
    return passed("Nothing newer is on top of the change.")


def not_undone_already(case: Case, _: Policy) -> Answer:
    """Is somebody at it already, or done with it?"""
    culprit = case.culprit
    if culprit is None or culprit.service is None:
        return NO_CHANGE
    place = (culprit.service, case.incident.environment)
    for one in case.around.acted if case.around else ():
        if one.held and (one.plan.service, one.plan.environment) == place:
            return failed(f"{one.incident} is rolling {culprit.service} back already.")
    back = None if case.changed_at is None else case.previous()
    if case.history and back is not None and case.history[-1].version == back and case.deployed != case.history[-1]:
        return failed(f"{culprit.service} runs {back} again since {case.history[-1].at:%H:%M}.")
    if (undone := _undone_at(case)) is not None:
        return failed(f"{culprit.service} was rolled back at {undone:%H:%M} already.")
    if not case.history and case.changes is None:
        return unknown("Nobody recorded whether the change was undone already.")
    return passed(f"Nobody has rolled {culprit.service} back yet.")


def _undone_at(case: Case) -> datetime | None:
    """Return when a recorded rollback took the change out, None where none did."""
    changed_at, culprit = case.changed_at, case.culprit
    backs = [
        c.at
        for c in case.changes or ()
        if culprit is not None and c.service == culprit.service and c.kind is ChangeKind.ROLLBACK and c.id != culprit.id
    ]
    return max((at for at in backs if changed_at is not None and at > changed_at), default=None)


def nothing_under_way(case: Case, policy: Policy) -> Answer:
    """Is a deployment, a canary or a freeze going on?"""
    culprit = case.culprit
    if culprit is None or culprit.service is None:
        return NO_CHANGE
    freeze = _frozen(case, policy, culprit.service)
    if freeze:
        return failed(f"Nothing may be changed now: {freeze}.")
    if here := _going_on(case, culprit.service):
        return failed(f"Something is under way: {here}.")
    for service in sorted({case.incident.alert.service, case.diagnosis.culprit_service or ""} - {culprit.service, ""}):
        if there := _going_on(case, service):
            return unknown(f"Something is under way that may be the cause or the cure: {there}.")
    if not case.history and case.changes is None and case.events is None:
        return unknown("Nobody recorded whether a deployment is under way.")
    return passed("No deployment, canary or freeze is under way, as far as is recorded.")


def _frozen(case: Case, policy: Policy, service: str) -> str | None:
    entry = policy.entry(case.incident.world, service)
    window = next((freeze for freeze in entry.freeze if freeze.holds(case.at)), None)
    if window is not None:
        return f"the catalog has a freeze, {window}"
    return next(underway.frozen(case.events or (), service, case.at), None)


def _going_on(case: Case, service: str) -> str | None:
    coming = (
        f"{d.version} of {d.service} is being rolled out {'until' if d.finished else 'since'} {d.at:%H:%M:%S}"
        for d in case.history or ()
        if d.service == service and (d.at > case.at or not d.finished)
    )
    told = (
        *coming,
        *underway.unfinished(case.changes or (), service, case.at),
        *underway.announced(case.events or (), service, case.at),
    )
    return next(iter(told), None)


def within_limits(case: Case, _: Policy) -> Answer:
    """Was so much done automatically that a person should look first?"""
    if case.culprit is None or case.culprit.service is None:
        return NO_CHANGE
    if case.around is None:
        return unknown("It isn't known what was done automatically of late.")
    why = limits.spent(case.around.acted, case.culprit.service, case.incident.environment, case.at)
    return unknown(why) if why else passed("Automatic rollbacks are within their limits.")


def no_storm(case: Case, _: Policy) -> Answer:
    """Is so much broken at once that one change is hardly the cause?"""
    if case.around is None:
        return unknown("It isn't known how much else is broken.")
    why = limits.storm(case.around.opened, case.at)
    return unknown(why) if why else passed("Few other incidents were opened of late.")


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


def mode_allows(case: Case, policy: Policy) -> Answer:
    """Do people let us act at all?"""
    mode = policy.mode_in(case.incident.world, case.acts_on)
    if mode is Mode.OFF:
        return failed("The mode is off: nothing may be done.")
    if mode is Mode.REPORT:
        return passed("The mode is report: this is rehearsed as in auto, and nothing is done.")
    return passed("The mode is auto." if mode is Mode.AUTO else "The mode is ask: nothing is done without a person.")


def not_paused(_: Case, policy: Policy) -> Answer:
    """Has nobody pressed the kill switch?"""
    return passed("Acting isn't paused.") if policy.pause is None else failed(str(policy.pause))
