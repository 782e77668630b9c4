"""Can the change be undone, and would undoing it cost something that nobody wants to lose?"""

from incident import patches
from incident.case import Case
from incident.change import Change
from incident.checks.answer import NO_CHANGE, TOLD, Answer, failed, passed, unknown
from incident.policy import Policy


def reversible(case: Case, policy: Policy) -> Answer:
    """Can it be undone without harm: nothing migrated, no other form of data, nothing deleted?"""
    if case.culprit is None:
        return NO_CHANGE
    recorded = None if case.recorded is None else case.recorded.reversible
    owners = policy.entry(case.incident.world, case.culprit.service).reversible
    if recorded is False:
        return failed("The change is recorded as one that can't be undone.")
    if owners is False:
        return failed(f"The catalog says that changes of {case.culprit.service} can't be undone.")
    sure = [why for commit in case.shipped for why in patches.lasting(commit)]
    if sure:
        return failed(f"Going back wouldn't undo it: {'; '.join(dict.fromkeys(sure[:TOLD]))}.")
    return _as_recorded(case, sure=bool(recorded), owners=bool(owners))


def _as_recorded(case: Case, *, sure: bool, owners: bool) -> Answer:
    perhaps = [why for commit in case.shipped for why in patches.perhaps_lasting(commit)]
    title = case.recorded.title if case.recorded is not None else ""
    if found := patches.LASTING_WORDS.search(title):
        perhaps.append(f"its title speaks of {found[0]!r}")
    if perhaps:
        return unknown(f"Going back may leave something behind: {'; '.join(dict.fromkeys(perhaps[:TOLD]))}.")
    if sure:
        seen = ", and its commit shows nothing that would stay" if case.shipped else ""
        return passed(f"The change is recorded as reversible{seen}.")
    if owners and any(commit.diff for commit in case.shipped):
        return passed("The catalog says that it can be undone, and its commit shows nothing that would stay.")
    return unknown("Nobody recorded whether the change can be undone.")


def not_a_security_fix(case: Case, _: Policy) -> Answer:
    """Would going back open a hole again?

    A published weakness that is named stops us; words that hint at one are left to a person, who can read them.
    """
    if case.culprit is None:
        return NO_CHANGE
    texts = [(c.message, c.author) for c in case.shipped]
    if case.recorded is not None:
        labels = " ".join(str(value) for value in case.recorded.attributes.values())
        texts.append((f"{case.recorded.title} {labels}", case.recorded.author))
    for text, author in texts:
        if found := patches.advisory(text):
            return failed(f"The change mends {found}: going back would open it again.")
        if why := patches.about_safety(text, author):
            return unknown(f"The change may be a security fix: {why}.")
    if not any(text.strip() for text, _author in texts):
        return unknown("Nobody recorded what the change is about, so it may be a security fix.")
    return passed("Nothing says that the change is a security fix.")


def no_dependent_needs_it(case: Case, _: Policy) -> Answer:
    """Was something put out since that may need the new version?"""
    culprit = case.culprit
    if culprit is None or culprit.service is None:
        return NO_CHANGE
    if case.changes is None:
        return unknown("Nobody recorded what else was deployed after the change, so something may need it.")
    later = [c for service in sorted(_dependents(case, culprit.service)) for c in case.since(service)]
    for change in later:
        if why := _says_so(case, change):
            return failed(f"{change.service} was changed since ({change.id}) and {why}.")
    for change in later:
        if why := _may_need(case, change, culprit.service):
            return unknown(f"{change.service} was changed since ({change.id}) and {why}.")
    if later:
        told = ", ".join(f"{c.service} ({c.id})" for c in later[:TOLD])
        return passed(f"What was changed since and needs {culprit.service} has nothing to do with the change: {told}.")
    return passed(f"Nothing that needs {culprit.service} was deployed after the change.")


def _dependents(case: Case, service: str) -> frozenset[str]:
    """Return who needs the service: by the call graph, without one everybody else."""
    if case.topology is not None:
        return case.topology.callers(service)
    return frozenset(c.service for c in case.changes or () if c.service not in {None, service})


def _says_so(case: Case, change: Change) -> str | None:
    culprit, words = case.culprit, " ".join([change.title, *(c.message for c in case.patches_of(change))])
    if culprit is not None and culprit.id is not None and culprit.id in words:
        return f"names {culprit.id}"
    if culprit is not None and culprit.version is not None and culprit.service is not None:
        named = culprit.version in words and patches.names(culprit.service, words)
        return f"names {culprit.service} {culprit.version}" if named else None
    return None


def _may_need(case: Case, change: Change, service: str) -> str | None:
    """Return why a later change may need the blamed one, None where its commit shows that it doesn't."""
    commits = case.patches_of(change)
    ours = {c.sha for c in case.shipped}
    if any(c.sha in ours for c in commits):
        return "went out with the same commit"
    if not commits or any(c.diff is None for c in commits):
        return f"nobody can see whether it needs the new version of {service}"
    new = frozenset(word for c in case.shipped for word in patches.new_names(c))
    for commit in commits:
        brought = "\n".join(patches.added(commit.diff))
        if patches.names(service, f"{commit.message} {brought}"):
            return f"its commit speaks of {service}"
        if used := new & set(patches.IDENTIFIER.findall(brought)):
            return f"its commit uses what is new: {', '.join(sorted(used)[:TOLD])}"
    return None
