"""Which change could have done it: each is weighed by independent witnesses, added up in log-odds."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from agents.analysis import witnesses
from agents.analysis.confidence import Witness, strength
from agents.analysis.diffs import live, net, parse
from agents.analysis.effects import Effect, Kind, of_setting
from agents.analysis.imprints import imprints
from agents.analysis.observations import ChangeSeen, CommitSeen
from agents.analysis.rewrites import of_hunks
from agents.analysis.settings import settings, told
from agents.analysis.shipping import Shipped, inert
from agents.analysis.symptoms import scarcity
from agents.analysis.witnesses import Scene
from agents.analysis.words import cosine, vector, words
from incident.change import ChangeKind
from incident.patches import bare

UNRECORDED = {ChangeKind.FLAG: 0.5, ChangeKind.ROLLBACK: 0.4}
"""How surely a change of which nothing but its title is known changes behaviour; others count 0.8."""
SPOKEN = 0.05
SAYING = re.compile(
    r"\b(?:log(?:ger|ging)?|console|slog|zap|fmt)\.\w+\(|\b(?:print(?:ln|f)?|puts|echo)\b|^\s*[\"'].*[\"'],?\s*$",
    re.IGNORECASE,
)
"""A line that says something to people and does nothing else."""
LONG_NAME = 4


class Weighed(NamedTuple):
    """A change with everything that speaks for and against it; the effect that explains the fault best comes first."""

    shipped: Shipped
    effects: tuple[Effect, ...]
    witnesses: tuple[Witness, ...]

    @property
    def strength(self) -> float:
        """Return the probability that the log-odds of all witnesses add up to."""
        return strength(self.witnesses)


def weigh_changes(scene: Scene, shipped: Sequence[Shipped]) -> list[Weighed]:
    """Return every change with its witnesses, strongest first."""
    documents = [_document(one, scene) for one in shipped]
    idf = scarcity(scene.fault, documents)
    query = vector(scene.fault.text, idf)
    likeness = [cosine(query, vector(document, idf)) for document in documents]
    best = max(likeness, default=0.0) or 1.0
    found = [_weigh(scene, one, like, like / best) for one, like in zip(shipped, likeness, strict=True)]
    return sorted(found, key=lambda w: -w.strength)


def _weigh(scene: Scene, one: Shipped, like: float, rank: float) -> Weighed:
    effects = sorted(effects_of(one), key=lambda e: -witnesses.explains(e, scene.fault)[0])
    heard = (
        *witnesses.mechanism(one, effects, scene),
        *witnesses.wording(one, like, rank),
        *witnesses.figures(effects, scene),
        *imprints(one, scene),
        *witnesses.place(one, scene),
        *witnesses.order(one, scene),
        *witnesses.harmlessness(one, effects),
    )
    return Weighed(one, tuple(effects), tuple(w for w in heard if w.says > SPOKEN))


def _document(one: Shipped, scene: Scene) -> list[str]:
    """Return a change's words; those of service names are left out, since every change of a service shares them."""
    change, commit = one.deployed, one.committed
    text = [f"{change.title} {change.details}"] if change else []
    if commit:
        changed = net(live(parse(commit.diff, commit.files)))
        lines = (line[1:] for line in (commit.diff or "").splitlines() if line[:1] in {"+", "-"})
        text += [commit.message, *commit.files, *lines, *changed.lost, *changed.gained]
    names = {piece for service in scene.near for piece in (*words(service), bare(service))}
    return [word for word in words(" ".join(text)) if word not in names]


def effects_of(one: Shipped) -> tuple[Effect, ...]:
    """Return what a change does, as far as its diff, its record and its title tell."""
    change, commit = one.deployed, one.committed
    found = list(_written(commit)) if commit and not inert(commit) else []
    if change:
        found += _recorded(change, alone=commit is None)
    return tuple(found)


def _written(commit: CommitSeen) -> list[Effect]:
    hunks = live(parse(commit.diff, commit.files))
    changed = net(hunks)
    found = [of_setting(s, hunk.stuff) for hunk in hunks for s in settings((hunk,))]
    found += of_hunks(hunks, changed)
    if found or (commit.diff is not None and not hunks):
        return found
    if hunks and all(SAYING.search(line) for h in hunks for sign in "+-" for line in h.code(sign)):
        return [Effect(Kind.BEHAVIOUR, 0.1, "changed what is logged there")]
    moved = bool(hunks) and not changed.lost and (not changed.gained or _extracted(changed.gained))
    surely = 0.15 if moved else 0.6 if hunks else 0.3
    return [Effect(Kind.BEHAVIOUR, surely, "changed code there")]


def _extracted(gained: Mapping[str, int]) -> bool:
    """Tell whether new tokens are but the name of a function that holds moved code, used where that code was."""
    named = [token for token in gained if len(token) >= LONG_NAME]
    return any(gained[token] > 1 for token in named) and all(token[:1] not in {'"', "'"} for token in named)


def _recorded(change: ChangeSeen, *, alone: bool) -> list[Effect]:
    """Read a change's record; a flag's on and off say nothing about what it switches."""
    text = change.details if change.change_kind is ChangeKind.FLAG else f"{change.title}\n{change.details}"
    found = [of_setting(s) for s in told(text)]
    if found or not alone:
        return found
    return [Effect(Kind.BEHAVIOUR, UNRECORDED.get(change.change_kind, 0.8), "did something that was not recorded")]
