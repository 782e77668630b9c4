"""Could what a change limited ever matter: was the usual demand near the new limit, and is what it waits for well?"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from agents.analysis.confidence import Witness
from agents.analysis.effects import Effect, Kind
from agents.analysis.observations import CallAspect, CallShift, MetricShift, Seen, Signal
from agents.analysis.settings import Setting, figure
from agents.analysis.witnesses import CLOCKS, Scene
from incident.change import Topology

SPARE, TIGHT = 0.6, 0.85
"""Usual demand below this part of a limit leaves room to spare; above, it is a tight fit."""
USUALLY = 3.0
"""Hardly any call takes longer than this many times what calls usually take."""
ASKS_MORE = frozenset({
    Kind.MORE_QUERIES, Kind.HEAVIER_QUERIES, Kind.MORE_RETRIES, Kind.LESS_CACHE, Kind.LESS_TIME, Kind.CONCURRENCY,
    Kind.MORE_LOGGING, Kind.MORE_ROOM,
})  # fmt: skip
"""What can make the one that is called slow: it is asked more often, for more, or again."""
WAITING = frozenset({CallAspect.LATENCY, CallAspect.NETWORK, CallAspect.SELF_TIME})


def demand(service: str | None, effects: Sequence[Effect], scene: Scene, graph: Topology) -> list[Witness]:
    """Return what speaks for and against a limit, and against a change whose service only waits for somebody else."""
    if not effects or service is None:
        return []
    return [*_room(service, effects[0], scene), *_behind(service, effects[0], scene, graph)]


def asks_more(service: str | None, effects: Sequence[Effect], scene: Scene) -> bool:
    """Tell whether a change makes its service ask others more often, and calls between services show just that."""
    volumes = (s.what for s in scene.seen if isinstance(s.what, CallShift) and s.what.aspect is CallAspect.VOLUME)
    return bool(effects) and effects[0].kind in ASKS_MORE and any(v.caller == service for v in volumes)


def _room(service: str, effect: Effect, scene: Scene) -> Iterator[Witness]:
    setting, limit = effect.setting, figure(effect.setting.new) if effect.setting else None
    if setting is None or limit is None or effect.kind not in {Kind.LESS_ROOM, Kind.LESS_TIME}:
        return
    found = _used(service, setting, scene) if effect.kind is Kind.LESS_ROOM else _took(service, scene)
    usual = max(found, default=None)
    if usual is None:
        return
    need, evidence, said = usual
    if need < SPARE * limit:
        yield Witness("room-left", 1.0, -6.0, evidence, f"{said}, far from the {setting.new} that it left")
    elif need > TIGHT * limit:
        yield Witness("no-room", 1.0, 1.0, evidence, f"{said}, and it left {setting.new}")


def _used(service: str, setting: Setting, scene: Scene) -> Iterator[tuple[float, str, str]]:
    """Yield how much of what the setting limits was in use before: by the gauge that saturates against it."""
    limits = [figure(setting.old), figure(setting.new)]
    for seen in scene.seen:
        shift = seen.what
        if isinstance(shift, MetricShift) and shift.service == service and shift.limit in limits:
            yield shift.before, seen.id, f"{shift.metric} was usually at {shift.before:.3g}"


def _took(service: str, scene: Scene) -> Iterator[tuple[float, str, str]]:
    """Yield how many seconds the calls that the service waits for may take when all is well."""
    for seen in scene.seen:
        shift = seen.what
        if isinstance(shift, CallShift) and shift.caller == service and shift.aspect in WAITING:
            said = f"calls to {shift.callee} usually take {shift.before:.3g} ms"
            yield USUALLY * shift.before / 1000, seen.id, said


def _behind(service: str, effect: Effect, scene: Scene, graph: Topology) -> Iterator[Witness]:
    """Speak against a change that can't have hurt what its service waits for, where that was in trouble no later."""
    began = _began(service, effect, scene)
    if began is None:
        return
    for seen, shift in _troubled(scene, graph.depends_on.get(service, ())):
        if effect.kind in ASKS_MORE - {Kind.MORE_ROOM} or (effect.kind is Kind.MORE_ROOM and _used_it(shift, scene)):
            continue
        if shift.onset and shift.onset <= began + CLOCKS:
            said = f"{shift.service}, which {service} waits for, was in trouble no later ({shift.metric})"
            yield Witness("behind", shift.score / (shift.score + 4.0), -3.5, seen.id, said)
            return


def _began(service: str, effect: Effect, scene: Scene) -> datetime | None:
    """Return when the service's trouble began: by any sign where the change explains it, else by like ones."""
    own = [shift.onset for _, shift in _troubled(scene, {service}) if shift.onset]
    vague = effect.kind in {Kind.BEHAVIOUR, Kind.MORE_ROOM}
    return min(own) if vague and own else scene.fault.began(frozenset({service}))


def _troubled(scene: Scene, services: Collection[str]) -> Iterator[tuple[Seen, MetricShift]]:
    """Yield what shows that answers of the services became slow or wrong."""
    for seen in scene.seen:
        shift = seen.what
        felt = isinstance(shift, MetricShift) and shift.signal in {Signal.LATENCY, Signal.ERRORS}
        if isinstance(shift, MetricShift) and felt and shift.service in services and shift.after > shift.before:
            yield seen, shift


def _used_it(trouble: MetricShift, scene: Scene) -> bool:
    """Tell whether the one in trouble was asked for more before that: room that nobody uses hurts nobody."""
    asked = (s.what for s in scene.seen if isinstance(s.what, MetricShift) and s.what.service == trouble.service)
    more = (a.onset for a in asked if a.signal in {Signal.TRAFFIC, Signal.SATURATION} and a.after > a.before)
    return trouble.onset is None or any(onset and onset <= trouble.onset for onset in more)
