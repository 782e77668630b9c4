"""Lines such as ` - service = checkout` or `Severity: critical`, and where one alert's list of them ends."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bot.alerts.words import State, heading

MOST_LABELS = 40
LONGEST_KEY, LONGEST_VALUE = 100, 500
PAIR = re.compile(r"^\W{0,6}?([A-Za-z_][\w./-]*(?: [\w./#()-]+){0,3})\s*(?:=|:(?!//))\s*(.*)$")
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


def tags_in(text: str) -> dict[str, str]:
    """Return the `key:value` and `key=value` words of a text."""
    found = TAG.findall(text[:5_000])
    return {key: value.rstrip(".:,") for key, value in reversed(found[:MOST_LABELS])}


def stanzas(lines: Iterable[str]) -> tuple[Stanza, ...]:
    """Return what is listed, alert by alert: a list that begins again is the next alert's."""
    done: list[Stanza] = []
    now, listing, first = Stanza(None, {}, {}), False, ""
    for line in lines:
        state = heading(line)
        if state:
            done.append(now)
            now, listing, first = Stanza(state, {}, {}), False, ""
            continue
        for key, value in _pairs(line):
            name = key.lower()
            if name in now.facts and (name in OPENING or name == first):
                done.append(now)
                now, listing, first = Stanza(now.state, {}, {}), False, ""
            first = first or name
            bulleted = bool(BULLET.match(line))
            if name in SECTIONS and not bulleted:
                listing = SECTIONS[name]
                now.facts[name] = value
                now.labels.update(tags_in(value) if listing else {})
            elif listing and bulleted:
                _keep(now.labels, key, value)
                now.facts.setdefault(name, value)
            else:
                listing = listing and bulleted
                _keep(now.facts, name, value)
    return tuple(stanza for stanza in (*done, now) if stanza.facts or stanza.labels)


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
