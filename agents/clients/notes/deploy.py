"""What the offline deploy specialist writes: what reached whom before the page, what it touches, what is harmless."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from agents.analysis.changes import effects_of
from agents.analysis.effects import Kind
from agents.analysis.observations import ChangeSeen, EventSeen, Seen
from agents.analysis.prose import A_CHANGE, ago
from agents.analysis.shipping import Shipped, inert, shipments
from agents.clients.notes.saying import cite, listed, minute, quote, sentence
from incident.alert import Alert

TOLD = 4
HARMLESS = 3
EVENTS = 2
EFFECTS = 2
FILES = 2
COMMITS = 3


def notes(seen: Sequence[Seen], alert: Alert, *, whole: bool) -> list[str]:
    """Return a few sentences, the deciding ones first."""
    services = frozenset(s.what.service for s in seen if isinstance(s.what, ChangeSeen) and s.what.service)
    pairs = shipments(seen, services | {alert.service}, alert.fired_at)
    before = sorted((one for one in pairs if one.at <= alert.fired_at), key=lambda one: one.at, reverse=True)
    live = [one for one in before if not _harmless(one)]
    live.sort(key=lambda one: one.service != alert.service)  # stable: the newest stays first
    running = {one.change.id for one in live if one.change}
    calm = [one for one in before if _harmless(one) and (one.change is None or one.change.id not in running)]
    groups = _together(live)
    told = [_reached(group, alert) for group in groups[:TOLD]]
    if len(groups) > TOLD:
        told.append("Others lie further back or elsewhere.")
    more = [] if whole else ["There is more on record than the tools show; this lies nearest to the page."]
    return [*told, *_calm(calm, alert), *_after(seen, alert), *_events(seen, alert), *more]


def _together(ones: Sequence[Shipped]) -> list[list[Shipped]]:
    """Group what one deployment carried, in order."""
    groups: dict[str, list[Shipped]] = {}
    for one in ones:
        groups.setdefault(one.change.id if one.change else one.commit.id if one.commit else "", []).append(one)
    return list(groups.values())


def _reached(group: Sequence[Shipped], alert: Alert) -> str:
    """Say what reached whom and when, and what each of its commits does, those with a clear effect first."""
    one, most = group[0], sorted(group, key=lambda o: not _telling(o))[:COMMITS]
    where = f" reached {one.service}" if one.service else " was made"
    when = f"{minute(one.at, alert.fired_at)}, {ago(one.at, alert)}"
    if len(group) == 1:
        return sentence(f"{_named(one)}{_subject(one)}{where} at {when}{_does(one)} ", cite(*_ids(one)))
    told = "; ".join(
        f"{_subject(each).strip(' ()')}{_does(each)} ({each.commit.id if each.commit else ''})" for each in most
    )
    more = "; and others" if len(group) > COMMITS else ""
    return sentence(f"{_named(one)}{where} at {when}, with several commits {cite(*_ids(one)[:1])}. {told}{more}")


def _named(one: Shipped) -> str:
    if one.deployed is None:
        return f"Commit {one.committed.sha[:8] if one.committed else ''}, in no deployment on record,"
    kind = A_CHANGE[one.deployed.change_kind]
    return f"{kind[0].upper()}{kind[1:]} {one.deployed.id}"


def _subject(one: Shipped) -> str:
    """Return what its author calls it."""
    subject = next(iter(one.committed.message.strip().splitlines()), "") if one.committed else ""
    title = subject or (one.deployed.title if one.deployed else "")
    outside = any(s.outsider_text for s in _ids(one))
    return f" ({quote(title, outside=outside)})" if title else ""


def _telling(one: Shipped) -> bool:
    return any(e.setting or e.kind is not Kind.BEHAVIOUR for e in effects_of(one))


def _does(one: Shipped) -> str:
    """Say what a change touches: settings from what to what, else what became of the code, else which files."""
    effects = sorted(effects_of(one), key=lambda e: (e.setting is None, -e.strength))
    did = list(dict.fromkeys(e.what for e in effects if e.setting or e.kind is not Kind.BEHAVIOUR))[:EFFECTS]
    files = listed(one.committed.files[:FILES]) if one.committed else ""
    if did:
        return f": it {listed(did)}" + (f" ({files})" if files else "")
    return f": it changed {files}" if files else "; what it does was not recorded"


def _harmless(one: Shipped) -> bool:
    return one.committed is not None and inert(one.committed)


def _calm(calm: Sequence[Shipped], alert: Alert) -> Iterator[str]:
    alike = _together(calm)
    if alike:
        told = [_briefly(group, alert) for group in alike[:HARMLESS]]
        more = ", nor by others like them" if len(alike) > HARMLESS else ""
        yield sentence(f"Nothing that runs is touched by {listed(told)}{more}")


def _briefly(group: Sequence[Shipped], alert: Alert) -> str:
    one, files = group[0], [path for each in group if each.committed for path in each.committed.files[:1]]
    name = one.deployed.id if one.deployed else f"commit {one.committed.sha[:8] if one.committed else ''}"
    where = f" on {one.service}" if one.service else ""
    ids = dict.fromkeys(s.id for each in group for s in _ids(each))
    return f"{name}{where} at {minute(one.at, alert.fired_at)} ({', '.join((*files[:FILES], *ids))})"


def _ids(one: Shipped) -> list[Seen]:
    return [s for s in (one.change, one.commit) if s is not None]


def _after(seen: Sequence[Seen], alert: Alert) -> Iterator[str]:
    """Say what came after the page: it can't have done it, and may be somebody's attempt to help."""
    late = [(s, s.what) for s in seen if isinstance(s.what, ChangeSeen) and s.what.at > alert.fired_at]
    for one, change in late[:1]:
        where = f" to {change.service}" if change.service else ""
        when = minute(change.at, alert.fired_at)
        yield sentence(f"After the page, at {when}: {A_CHANGE[change.change_kind]} {change.id}{where} ", cite(one))


def _events(seen: Sequence[Seen], alert: Alert) -> Iterator[str]:
    told = [(s, s.what) for s in seen if isinstance(s.what, EventSeen)]
    near = sorted(told, key=lambda e: abs((alert.fired_at - e[1].at).total_seconds()))[:EVENTS]
    for one, event in near:
        yield sentence(_event(one, event, alert.fired_at), " ", cite(one))


def _event(seen: Seen, event: EventSeen, day: datetime) -> str:
    about = f" about {event.service}" if event.service else ""
    state = f": {event.status}" if event.status else ""
    words = quote(event.message, outside=seen.outsider_text) if event.message else "no words"
    return f"{event.source} says at {minute(event.at, day)}{about}{state}, {words}"
