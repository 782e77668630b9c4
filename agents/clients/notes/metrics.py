"""What the offline metrics specialist writes: is it still bad, what moved first, what ran full, who only suffers."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from agents.analysis.observations import AlertSignal, CallAspect, CallShift, Seen, Signal
from agents.clients.notes.saying import at, cite, listed, minute, sentence
from agents.clients.notes.scene import Moved, Scene, look
from agents.units import said_as
from incident.alert import Alert

TOLD = 3
FULL = 0.95
"""The part of its limit from which something is full."""
MUCH = 1.5
"""Load that changed by less is worth no sentence."""
SLOW = (CallAspect.NETWORK, CallAspect.SELF_TIME, CallAspect.LATENCY)
FAILING = (CallAspect.ERRORS, CallAspect.MISSING)
MOST = 7


def notes(seen: Sequence[Seen], alert: Alert, *, whole: bool) -> list[str]:
    """Return a few sentences, the deciding ones first."""
    scene = look(seen, alert, whole=whole)
    told = (*_page(scene), *_first(scene), *_room(scene), *_calls(scene), *_followers(scene), *_load_moved(scene))
    return list(told)[:MOST]


def _page(scene: Scene) -> Iterator[str]:
    if scene.signal is not None:
        yield _signal(*scene.signal, scene.alert)


def _signal(seen: Seen, signal: AlertSignal, alert: Alert) -> str:
    name = f"{signal.metric} of {signal.service}" if signal.metric else f"the signal of {signal.service} that paged"
    if signal.latest is None:
        return sentence(f"There are no readings of {name} ", cite(seen))
    now = f"{name} is at {said_as(signal.metric, signal.latest)}"
    usual = f", usually {said_as(signal.metric, signal.before)}" if signal.before is not None else ""
    if signal.excursion is False:
        return sentence(f"{now}{usual}: it never left its usual range ", cite(seen))
    limit = f" of {said_as(signal.metric, signal.threshold)}" if signal.threshold is not None else ""
    state = {True: f"; still beyond the threshold{limit}", False: f"; back within the threshold{limit}", None: ""}
    worst = f", {said_as(signal.metric, signal.peak)} at worst" if signal.peak and not signal.breached else ""
    left = f", and left its usual range{at(signal.onset, alert.fired_at)}" if signal.onset else ""
    return sentence(now, usual, worst, state[signal.breached], left, " ", cite(seen))


def _first(scene: Scene) -> Iterator[str]:
    """Say what moved at the first suspect, and who moved before it all the same."""
    own = [m for m in scene.of(scene.suspect) if not _is_page(m, scene.alert)][:TOLD]
    if not own:
        if scene.ranked is not None:
            seen, ranking = scene.ranked
            yield sentence(f"Most points at {scene.suspect}: {ranking.entries[0].why} ", cite(seen))
        return
    begun = scene.begun
    before = [m for m in scene.moved if begun and m.shift.onset and m.shift.onset < begun and m.is_trouble]
    others = sorted((m for m in before if m.shift.service != scene.suspect), key=_onset)
    quiet = scene.signal is not None and scene.signal[1].excursion is False
    opening = f"{scene.suspect} moved first" if begun and not others else f"Most points at {scene.suspect}"
    opening = f"Little moved, most of it at {scene.suspect}" if quiet else opening
    told = listed([f"{m.path(scene.alert)} {cite(m.seen)}" for m in sorted(own, key=_onset)])
    yield sentence(f"{opening}: {told}")
    for one in others[:1]:
        yield sentence(f"Still, {one.shift.service} moved earlier: {one.path(scene.alert)} ", cite(one.seen))


def _onset(one: Moved) -> tuple[bool, datetime | None]:
    return one.shift.onset is None, one.shift.onset


def _room(scene: Scene) -> Iterator[str]:
    """Say which limits moved and what sits at its limit."""
    for one in [m for m in scene.moved if m.is_limit][:1]:
        verb = "was cut" if one.shift.after < one.shift.before else "was raised"
        levels = f"from {one.level(one.shift.before)} to {one.level(one.shift.after)}"
        when = at(one.shift.onset, scene.alert.fired_at)
        yield sentence(
            f"A limit moved: {one.shift.metric} of {one.shift.service} {verb} {levels}{when} ", cite(one.seen)
        )
    full = [m for m in scene.of(scene.suspect) if m.shift.limit and m.shift.peak >= FULL * m.shift.limit]
    for one in [m for m in full if m.shift.signal in {Signal.SATURATION, Signal.RESOURCE}][:1]:
        reached = f"{one.level(one.shift.peak)} of {one.level(one.shift.limit or 0.0)}"
        yield sentence(f"{one.shift.metric} of {one.shift.service} is at its limit: {reached} ", cite(one.seen))


def _calls(scene: Scene) -> Iterator[str]:
    """Say where the time goes in calls to the suspect, and which of them fail."""
    about = [c for c in scene.called if c[1].callee == scene.suspect]
    for aspects in (SLOW[:2], FAILING):
        for seen, call in [c for c in about if c[1].aspect in aspects][:1]:
            yield sentence(_call(call), " ", cite(seen))


def _call(call: CallShift) -> str:
    who = f"calls from {call.caller} to {call.callee}" if call.caller else f"calls to {call.callee}"
    what = f" ({call.operation})" if call.operation else ""
    times = f"went from {said_as('ms', call.before)} to {said_as('ms', call.after)}"
    shares = f"{said_as('ratio', call.after)} of {who}{what} fail, {said_as('ratio', call.before)} before"
    match call.aspect:
        case CallAspect.ERRORS:
            return shares
        case CallAspect.NETWORK:
            return f"The network between caller and callee takes the time: {who}{what} {times}"
        case CallAspect.SELF_TIME:
            part = f"its own part of {call.operation or 'a call'}"
            return f"The time is spent in {call.callee} itself and not in what it calls: {part} {times}"
        case CallAspect.MISSING:
            return f"{who[0].upper()}{who[1:]}{what} go missing"
        case CallAspect.LATENCY | CallAspect.VOLUME:
            return f"{who[0].upper()}{who[1:]}{what} {times}"


def _followers(scene: Scene) -> Iterator[str]:
    """Say who only suffers, by the call graph, and who moved without being on that way."""
    others = list(dict.fromkeys(m.shift.service for m in scene.moved if m.shift.service != scene.suspect))
    strongest = {s: found[0] for s in others if (found := scene.of(s))}
    hit = [m for s, m in strongest.items() if scene.suspect and scene.graph.path(s, scene.suspect)]
    apart = [m for m in strongest.values() if m not in hit]
    if hit:
        told = listed([_follows(m, scene.alert.fired_at) for m in hit[:TOLD]])
        more = ", and others" if len(hit) > TOLD else ""
        yield sentence(f"These call {scene.suspect}, directly or through others, and suffer with it: {told}{more}")
    elif apart and not scene.graph.depends_on:
        yield sentence(f"Moved as well: {listed([_follows(m, scene.alert.fired_at) for m in apart[:TOLD]])}")


def _follows(one: Moved, day: datetime) -> str:
    since = f" since {minute(one.shift.onset, day)}" if one.shift.onset else ""
    return f"{one.shift.service}{since} ({one.shift.metric} {one.level(one.shift.after)}, {one.seen.id})"


def _load_moved(scene: Scene) -> Iterator[str]:
    load = [m for m in scene.moved if m.is_load and not m.is_limit]
    big = [m for m in load if max(m.shift.after, m.shift.before) >= MUCH * max(min(m.shift.after, m.shift.before), 0.0)]
    for one in big[:1]:
        yield sentence(f"Load moved at {one.shift.service}: {one.path(scene.alert)} ", cite(one.seen))
    if scene.whole and scene.moved and not load:
        yield "No measure of load left its usual range."


def _is_page(one: Moved, alert: Alert) -> bool:
    return one.shift.service == alert.service and one.shift.metric == alert.metric
