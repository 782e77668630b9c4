"""Lines such as ` - service = checkout` or `Severity: critical`, and where one alert's list of them ends."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bot.alerts.states import State, heading

MOST_LABELS = 40
LONGEST_KEY, LONGEST_VALUE = 100, 500
LISTED = 40
"""What is longer after a colon is a sentence."""
PAIR = re.compile(r"^\W{0,6}?([A-Za-z_][\w./-]*(?: [\w./#()-]+){0,3})\s*(?:=|:(?!//|(?<=\d:)\d))\s*(.*)$")
BULLET = re.compile(r"^\s*(?:[-\u2013•·◦▪*]\s*|:small_\w+:\s*)")
TAG = re.compile(r"(?<![\w/.$@-])([A-Za-z_@][\w.-]{0,80})(?:=~?|:)\"?([\w@%-][\w.@%/:-]{0,200})\"?")
GAP = re.compile(r"\s{2,}|\s+\|\s+")
OPENING = frozenset({"alert", "alertname", "alert name", "labels", "value", "annotations"})
"""What a list of one alert begins with in the templates that people use."""
SECTIONS = {"labels": True, "details": True, "tags": True, "dimensions": True, "annotations": False}


class Stanza(NamedTuple):
    """What is listed of one alert. ``facts`` by lower-case name; ``labels`` verbatim, from lists of labels."""

    state: State | None
    facts: dict[str, str]
    labels: dict[str, str]


def pair(line: str) -> tuple[str, str] | None:
    """Return a line's name and value; None where it is prose."""
    found = PAIR.match(line[:1_000])
    return (found[1].strip()[:LONGEST_KEY], found[2].strip().strip('"')[:LONGEST_VALUE]) if found else None


def is_prose(line: str) -> bool:
    """Tell a sentence, also one with a colon in it, from an entry of a list and from nothing."""
    found = pair(line)
    return bool(line.strip()) and (found is None or (len(found[1]) > LISTED and not BULLET.match(line)))


def tags_in(text: str) -> dict[str, str]:
    """Return the `key:value` and `key=value` words of a text."""
    found = TAG.findall(text[:5_000])
    return {key: value.rstrip(".:,") for key, value in reversed(found[:MOST_LABELS])}


def stanzas(lines: Iterable[str]) -> tuple[Stanza, ...]:
    """Return what is listed, alert by alert: a list that begins again is the next alert's."""
    return tuple(_stanza(state, entries) for state, entries in _apart(lines))


class _Entry(NamedTuple):
    key: str
    value: str
    bulleted: bool

    @property
    def name(self) -> str:
        return self.key.lower()


def _apart(lines: Iterable[str]) -> Iterator[tuple[State | None, list[_Entry]]]:
    state: State | None = None
    now: list[_Entry] = []
    for line in lines:
        said = heading(line)
        entries = [] if said else [_Entry(key, value, bool(BULLET.match(line))) for key, value in _pairs(line)]
        if now and (said or _begins_again(entries, now)):
            yield state, now
            now = []
        state = said or state
        now = [*now, *entries]
    if now:
        yield state, now


def _begins_again(entries: list[_Entry], now: list[_Entry]) -> bool:
    names = {entry.name for entry in now}
    return any(entry.name in names and (entry.name in OPENING or entry.name == now[0].name) for entry in entries)


def _stanza(state: State | None, entries: list[_Entry]) -> Stanza:
    facts: dict[str, str] = {}
    labels: dict[str, str] = {}
    listing = False
    for entry in entries:
        if entry.name in SECTIONS and not entry.bulleted:
            listing = SECTIONS[entry.name]
            labels |= tags_in(entry.value) if listing else {}
        elif listing and entry.bulleted:
            _keep(labels, entry.key, entry.value)
        else:
            listing = False
        _keep(facts, entry.name, entry.value)
    return Stanza(state, facts, labels)


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    """Yield the pair of a line, or of each piece where a line holds several."""
    pieces = [pair(piece) for piece in GAP.split(line.strip()) if piece]
    if len(pieces) > 1 and all(pieces):
        yield from (piece for piece in pieces if piece)
    elif whole := pair(line):
        yield whole


def _keep(into: dict[str, str], key: str, value: str) -> None:
    if value and len(into) < 2 * MOST_LABELS:
        into.setdefault(key, value)
