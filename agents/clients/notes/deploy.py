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


def notes(seen: Sequence[Seen], alert: Alert, *, whole: bool) -> list[str]:
    """Return a few sentences, the deciding ones first."""
    services = frozenset(s.what.service for s in seen if isinstance(s.what, ChangeSeen) and s.what.service)
    pairs = shipments(seen, services | {alert.service}, alert.fired_at)
    before = sorted((one for one in pairs if one.at <= alert.fired_at), key=lambda one: one.at, reverse=True)
    live = [one for one in before if not _harmless(one)]
    live.sort(key=lambda one: one.service != alert.service)  # stable: the newest stays first
    running = {one.change.id for one in live if one.change}
    calm = [one for one in before if _harmless(one) and (one.change is None or one.change.id not in running)]
    told = [_reached(one, alert) for one in live[:TOLD]]
    if len(live) > TOLD:
        told.append(f"{len(live) - TOLD} more lie further back or elsewhere.")
    more = [] if whole else ["There is more on record than the tools show; this lies nearest to the page."]
    return [*told, *_calm(calm, alert), *_after(seen, alert), *_events(seen, alert), *more]


def _reached(one: Shipped, alert: Alert) -> str:
    where = f" reached {one.service}" if one.service else " was made"
    when = f"{minute(one.at, alert.fired_at)}, {ago(one.at, alert)}"
    return sentence(f"{_named(one)}{where} at {when}: it {_does(one)} ", cite(*_ids(one)))


def _named(one: Shipped) -> str:
    subject = next(iter(one.committed.message.strip().splitlines()), "") if one.committed else ""
    if one.deployed is None:
        return (
            f"Commit {one.committed.sha[:8] if one.committed else ''} ({quote(subject)}), in no deployment on record,"
        )
    title = subject or one.deployed.title
    kind = A_CHANGE[one.deployed.change_kind]
    return f"{kind[0].upper()}{kind[1:]} {one.deployed.id}" + (f" ({quote(title)})" if title else "")


def _does(one: Shipped) -> str:
    """Say what a change touches: settings from what to what, else what became of the code, else which files."""
    effects = sorted(effects_of(one), key=lambda e: (e.setting is None, -e.strength))
    did = list(dict.fromkeys(e.what for e in effects if e.setting or e.kind is not Kind.BEHAVIOUR))[:EFFECTS]
    files = listed(one.committed.files[:FILES]) if one.committed else ""
    if did:
        return listed(did) + (f" ({files})" if files else "")
    return f"changed {files}" if files else effects[0].what if effects else "touched nothing that I can name"


def _harmless(one: Shipped) -> bool:
    return one.committed is not None and inert(one.committed)


def _calm(calm: Sequence[Shipped], alert: Alert) -> Iterator[str]:
    alike: dict[str, list[Shipped]] = {}
    for one in calm:
        alike.setdefault(one.change.id if one.change else one.commit.id if one.commit else "", []).append(one)
    if alike:
        told = [_briefly(group, alert) for group in list(alike.values())[:HARMLESS]]
        more = f", nor by {len(alike) - HARMLESS} more like them" if len(alike) > HARMLESS else ""
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
