"""Baselines that blame a change: what a script does that somebody writes in an afternoon."""

from collections.abc import Iterable, Sequence

from agents.analysis.words import words
from baselines.sight import Blamable, CannotTell, Sight
from incident.change import ChangeKind
from incident.diagnosis import Category, Conclusion, CulpritChange
from incident.ports import NotRecorded


async def last_change(sight: Sight) -> Conclusion:
    """Blame whatever changed last before the alert."""
    return _blaming(reversed(await _blamable(sight)))


async def scripted(sight: Sight) -> Conclusion:
    """Blame the newest change of the alerting service, or of what it calls, whose words occur in the new errors.

    Where none does: the newest one there. Where nothing changed there, it says that it doesn't know.
    """
    near = {sight.alert.service}
    try:
        graph = await sight.graph()
        near |= {name for name in graph.depends_on if graph.path(sight.alert.service, name)}
    except NotRecorded:
        pass
    said = set(words("\n".join(await sight.new_errors())))
    there = [one for one in reversed(await _blamable(sight)) if one.change and one.change.service in near]
    if not there:
        message = "nothing changed at the alerting service or at what it calls"
        raise CannotTell(message)
    return _blaming(sorted(there, key=lambda one: not said & set(words(one.text))))


async def diffs_against_errors(sight: Sight) -> Conclusion:
    """Blame the change whose diff is nearest to the new errors and the alert, by the cosine of their TF-IDF vectors.

    Of the variants tried on the recorded cases (own or plain words, with messages or without) the best one.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    changes = list(reversed(await _blamable(sight)))
    asked = "\n".join((*await sight.new_errors(), sight.alert.summary))
    told = [(one.commit and one.commit.diff) or "" for one in changes]
    try:
        vectors = TfidfVectorizer().fit_transform([asked, *told])
    except ValueError as empty:
        message = f"there are no words to compare: {empty}"
        raise CannotTell(message) from empty
    nearness = (vectors[1:] @ vectors[0].T).toarray()[:, 0]
    return _blaming(changes[n] for n in sorted(range(len(changes)), key=lambda n: -nearness[n]))


async def _blamable(sight: Sight) -> Sequence[Blamable]:
    found = await sight.blamable()
    if not found:
        message = "nothing had changed"
        raise CannotTell(message)
    return found


def _blaming(order: Iterable[Blamable]) -> Conclusion:
    ranked = list(order)
    first = ranked[0]
    services = tuple(dict.fromkeys(one.change.service for one in ranked if one.change and one.change.service))
    return Conclusion(
        cause="blamed first",
        category=Category.CHANGE,
        culprit_service=first.change.service if first.change else None,
        ranking=services,
        culprit_change=_named(first),
    )


def _named(blamed: Blamable) -> CulpritChange:
    change, commit = blamed
    if change is not None:
        return CulpritChange(id=change.id, kind=change.kind, commit=change.commit, at=change.at)
    assert commit is not None  # noqa: S101 - one of the two is always there
    return CulpritChange(kind=ChangeKind.OTHER, commit=commit.sha, at=commit.at)
