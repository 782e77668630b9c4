"""What else it could have been: rivals, what was ruled out and why, and what would settle it."""

from collections.abc import Sequence
from typing import NamedTuple

from agents.analysis.explanation import Hypothesis
from agents.analysis.observations import ChangeSeen, CommitSeen, RankedService, Seen
from agents.analysis.prose import changed
from agents.analysis.symptoms import Signature
from incident.alert import Alert
from incident.diagnosis import Category, Rival, RuledOut
from incident.evidence import CITATION

NAMED_RIVAL = 0.35
"""The strength from which another explanation is a rival, not ruled out."""
NEAR_RIVAL = 0.85
"""The part of the chosen one's strength from which a rival has to be told apart before anybody acts."""
COMPARED = "beside the chosen one"
"""How a reason begins that rests on what the chosen explanation cites."""
MOST_RIVALS = 4
MOST_OTHERS = 6
TELLING = 0.1


class Ground(NamedTuple):
    """What a conclusion is written from."""

    alert: Alert
    seen: Sequence[Seen]
    fault: Signature
    ranking: Sequence[RankedService]
    chosen: Hypothesis
    others: Sequence[Hypothesis]

    def change(self, one: Hypothesis) -> ChangeSeen | None:
        """Return the deployment of an explanation."""
        return next((s.what for s in self.seen if s.id in one.change and isinstance(s.what, ChangeSeen)), None)

    def commit(self, one: Hypothesis) -> CommitSeen | None:
        """Return the commit of an explanation."""
        return next((s.what for s in self.seen if s.id in one.change and isinstance(s.what, CommitSeen)), None)

    def name(self, one: Hypothesis) -> str:
        """Name an explanation in a phrase."""
        return changed(self.change(one), self.commit(one)) if one.category is Category.CHANGE else one.what


def alternatives(ground: Ground) -> tuple[tuple[Rival, ...], tuple[RuledOut, ...]]:
    """Return the explanations that remain possible, the strongest first, and those that don't.

    Of several kinds of one thing (commits of one deployment, gauges of one resource) the strongest stands for all.
    """
    strong = [h for h in ground.others if h.strength >= NAMED_RIVAL]
    seen: set[tuple[str, str | None]] = (
        {_sort(ground.chosen)} if ground.chosen.category is not Category.CHANGE else set()
    )
    rivals = [h for h in strong if not (_sort(h) in seen or seen.add(_sort(h)))][:MOST_RIVALS]  # type: ignore[func-returns-value]
    rest = [h for h in ground.others if h not in rivals]
    kept = [h for h in rest if not (_sort(h) in seen or seen.add(_sort(h)))][:MOST_OTHERS]  # type: ignore[func-returns-value]
    return tuple(rival(h, ground) for h in rivals), tuple(ruled_out(h, ground) for h in kept)


def _sort(one: Hypothesis) -> tuple[str, str | None]:
    return one.category.value, one.change_id or one.service


def rival(one: Hypothesis, ground: Ground) -> Rival:
    """Name an explanation that lost, and say by what."""
    commit = ground.commit(one)
    why = one.against[0].sentence if one.against else _lacks(one, ground)
    change = one.change_id or (commit.sha if commit else None)
    return Rival(what=ground.name(one), change=change, confidence=one.confidence, why_less_likely=why)


def _lacks(one: Hypothesis, ground: Ground) -> str:
    """Say which of the chosen one's witnesses a rival has not got, or has less of."""
    own = {r.name: r.weight for r in one.support}
    gap = max(ground.chosen.support, key=lambda r: r.weight - own.get(r.name, 0.0), default=None)
    if gap is None or gap.weight - own.get(gap.name, 0.0) < TELLING:
        return "nothing measured tells the two apart"
    return f"{COMPARED} it {'has less of' if gap.name in own else 'lacks'} this: {gap.sentence}"


def ruled_out(one: Hypothesis, ground: Ground) -> RuledOut:
    """Name an explanation that the evidence speaks against, and say what does."""
    reasons = one.against[:2]
    missing = {"mechanism": "nothing that it does leads to what is seen", "order": "nothing began soon after it"}
    weak = [
        said for name, said in missing.items() if sum(r.weight for r in one.support if r.name == name) < 2 * TELLING
    ]
    why = "; ".join(r.sentence for r in reasons) or "; ".join(weak) or _lacks(one, ground)
    cited = tuple(dict.fromkeys(i for i in (*one.change, *(r.evidence for r in reasons)) if CITATION.fullmatch(i)))
    return RuledOut(what=ground.name(one), why=why, evidence=cited)


def settles(ground: Ground) -> list[str]:
    """Say what would settle what is open; nothing where nothing is."""
    chosen = ground.chosen
    if chosen.category is Category.UNKNOWN:
        what = "the diffs of what was last changed, and logs and traces of the service that failed first"
        return [f"What would settle it: {what}."]
    near = near_rival(ground)
    if near is None:
        return []
    first, second = chosen.change_id, near.change_id
    return [f"What would settle it: undoing {first} alone and watching the signal before touching {second}."]


def near_rival(ground: Ground) -> Hypothesis | None:
    """Return another change that explains nearly as much as the chosen one."""
    chosen = ground.chosen
    close = (h for h in ground.others if h.category is Category.CHANGE and h.change_id != chosen.change_id)
    found = max(close, key=lambda h: h.strength, default=None) if chosen.category is Category.CHANGE else None
    return found if found and found.strength >= NEAR_RIVAL * chosen.strength else None
