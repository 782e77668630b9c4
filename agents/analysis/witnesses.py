"""What speaks for and against one change: each witness looks at another side of it."""

import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from agents.analysis.confidence import Witness
from agents.analysis.diffs import live, parse
from agents.analysis.effects import CAN_CAUSE, Effect, Kind
from agents.analysis.lexicon import Symptom
from agents.analysis.observations import AlertSignal, LogPattern, MetricShift, Seen
from agents.analysis.settings import Setting, figure
from agents.analysis.shipping import Shipped, inert
from agents.analysis.symptoms import Sign, Signature, complaint
from agents.analysis.words import words

CLOCKS = timedelta(seconds=90)
"""How far two clocks, or a scrape and its stamp, may disagree before order means anything."""
SOON = timedelta(minutes=10)
HALF_LIFE = 15.0
"""Minutes after which a sign that follows a change is half as telling."""
SLOW_HALF_LIFE = 60.0
"""The same for what rises little by little: it is noticed late."""
CLOSE, DISTANT = 0.6, 0.2
FITS = 0.25
"""How well what a change is known to do has to explain what is seen, or it speaks for its innocence."""


class Scene(NamedTuple):
    """What every change of a case is weighed against. ``near`` is how close a service is to the fault, 0 to 1."""

    seen: Sequence[Seen]
    fault: Signature
    near: dict[str, float]

    def complaints(self) -> list[tuple[Seen, LogPattern]]:
        """Return the log patterns that belong to the fault."""
        return [(s, s.what) for s in self.seen if isinstance(s.what, LogPattern) and complaint(s.what)]


def explains(effect: Effect, fault: Signature) -> tuple[float, Symptom | None]:
    """Return how well an effect explains the symptom of the fault that fits it best, and that symptom."""
    options = [(effect.strength * fit * fault.weight(s), s) for s, fit in CAN_CAUSE[effect.kind].items()]
    return max(options, key=lambda option: option[0], default=(0.0, None))


def mechanism(one: Shipped, effects: Sequence[Effect], scene: Scene) -> list[Witness]:
    """Could what it does produce what is seen? ``effects`` are sorted, the best explanation first."""
    score, symptom = explains(effects[0], scene.fault) if effects else (0.0, None)
    if not effects:
        return []
    found = [_unfit(one, effects[0], score)] if effects[0].kind is not Kind.BEHAVIOUR else []
    if symptom is not None:
        said = f"it {effects[0].what}, and {symptom} can follow from a change that {effects[0].kind}"
        found.append(Witness("mechanism", score, 2.6, key(one), said))
    return found


def _unfit(one: Shipped, best: Effect, score: float) -> Witness:
    """Speak against a change of which it is known what it does, as far as that hardly leads to what is seen."""
    said = f"it {best.what}, and what is seen hardly follows from a change that {best.kind}"
    return Witness("unfit", max(0.0, 1 - score / FITS), -2.0, key(one), said)


def wording(one: Shipped, like: float, rank: float) -> list[Witness]:
    """Does it speak the language of the new errors? ``rank`` is its likeness over that of the most alike."""
    said = "its words are those of the new errors and of the metrics that moved"
    return [Witness("words", rank * rank * like / (like + 0.1), 1.6, key(one), said)]


def figures(effects: Sequence[Effect], scene: Scene) -> list[Witness]:
    """Look for the figure that a setting was given in the telemetry: a pool's size on a gauge, a limit in an error."""
    for setting in (e.setting for e in effects if e.setting and figure(e.setting.new) is not None):
        for seen in scene.seen:
            says = _shows(seen, setting)
            if says:
                said = f"telemetry shows {setting.key} at its new value {setting.new}"
                return [Witness("figures", says, 1.8, seen.id, said)]
    return []


def _shows(seen: Seen, setting: Setting) -> float:
    before, after = figure(setting.old), figure(setting.new)
    if after is None:
        return 0.0
    match seen.what:
        case MetricShift() as shift if set(words(shift.metric)) & set(words(setting.key)):
            limited = shift.limit is not None and _equal(shift.limit, after)
            moved = _equal(shift.after, after) and (before is None or _equal(shift.before, before))
            return 1.0 if limited or moved else 0.0
        case LogPattern() as pattern if complaint(pattern) and set(words(pattern.example)) & set(words(setting.key)):
            standing = re.search(rf"(?<![\d.]){after:g}(?![\d.])", pattern.example)
            return 0.8 if after > 1 and standing else 0.0
    return 0.0


def _equal(left: float, right: float) -> bool:
    return math.isclose(left, right, rel_tol=0.02, abs_tol=1e-9)


def place(one: Shipped, scene: Scene) -> list[Witness]:
    """Is there a way from what it touches to where the fault is?"""
    near = scene.near.get(one.service, 0.1) if one.service else 0.45
    far = "close to the fault" if near > DISTANT else "from which no way to the fault is known"
    said = f"it went to {one.service or 'no service in particular'}, {'where the fault is' if near > CLOSE else far}"
    away = Witness("elsewhere", float(near < DISTANT), -2.0, key(one), said)
    return [away if near < DISTANT else Witness("place", near, 1.8, key(one), said)]


def order(one: Shipped, scene: Scene) -> list[Witness]:
    """Weigh order and closeness: what had begun before a change is not its doing; what begins right after it may be."""
    signs = [
        s for s in scene.fault.signs if s.onset and (s.service == one.service or scene.near.get(s.service, 0) > CLOSE)
    ]
    begun = _begun_before(one.at - CLOCKS, signs, scene)
    found = [Witness("too-late", begun, -5.0, key(one), "most of the trouble had begun before it")]
    followed = [s for s in signs if s.onset and s.onset >= one.at - CLOCKS]
    soonest = max(followed, key=lambda s: _soon(s, one.at), default=None)
    if soonest and soonest.onset:
        when = "soon after it" if soonest.onset - one.at <= SOON else "some time after it"
        said = f"{soonest.symptom} at {soonest.service} began at {soonest.onset:%H:%M}, {when}"
        found.append(Witness("order", _soon(soonest, one.at), 1.6, soonest.evidence or key(one), said))
    return found


def _begun_before(moment: datetime, signs: Sequence[Sign], scene: Scene) -> float:
    """Return the share of the trouble that was there before a moment; the signal that paged counts for half of it."""
    total = sum(s.weight for s in signs)
    early = sum(s.weight for s in signs if s.onset and s.onset < moment) / total if total else 0.0
    paged = [s.what.onset for s in scene.seen if isinstance(s.what, AlertSignal) and s.what.onset]
    return 0.5 * early + 0.5 * float(paged[0] < moment) if paged else early


def _soon(sign: Sign, at: datetime) -> float:
    """Return a sign's weight where it begins with the change, half of it one half-life later, and so on."""
    minutes = max(0.0, (sign.onset - at).total_seconds() / 60) if sign.onset else math.inf
    return sign.weight * math.exp2(-minutes / (SLOW_HALF_LIFE if sign.gradual else HALF_LIFE))


def harmlessness(one: Shipped, effects: Sequence[Effect]) -> list[Witness]:
    """Speak against what can't be felt, and against what is only thought to have reached production."""
    found = [
        Witness("guessed", 1 - one.sure, -1.5, key(one), "that it reached production with that deployment is inferred")
    ]
    commit = one.committed
    if commit and (inert(commit) or (commit.diff is not None and not live(parse(commit.diff, commit.files)))):
        found.append(Witness("cosmetic", 1.0, -5.0, key(one), "it touches nothing that a running backend can feel"))
    elif not effects or max(e.strength for e in effects) < DISTANT:
        found.append(Witness("harmless", 1.0, -2.5, key(one), "it only moves code or lifts a patch version"))
    return found


def key(one: Shipped) -> str:
    """Return the evidence that shows what a change does: the commit, else the change itself."""
    found = one.commit or one.change
    return found.id if found else ""
