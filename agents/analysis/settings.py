"""Finds the values a change sets: key, old and new, in code, configuration and change records, with their units."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from agents.analysis.diffs import Hunk

ASSIGNED = re.compile(
    r"""^\s*(?:(?:const|var|let|final|static|export|public|private|readonly|val|set|env)\s+|-\s+)*"""
    r"""["']?(?P<key>[A-Za-z_][\w.\-/\[\]]*)["']?\s*(?::=|=|:|\s)\s*(?P<value>[^=:\s].*?)\s*[,;{]?\s*(?:(?<!:)//.*|\s#.*)?$"""
)
SETTER = re.compile(r"\b(?:set|with)(?P<key>[A-Z]\w*)\(\s*(?P<value>[^()]{1,60}?)\s*\)")
ARROW = re.compile(
    r"(?<![\w.\-/])(?P<key>[A-Za-z_][\w.\-/]{0,80})[\"']?(?:\s{0,3}[:=]\s{0,3}|\s{1,3})(?:(?:from|was|by|:)\s{1,3})?"
    r"[\"']?(?P<old>[\w.\-/%]{1,60})[\"']?\s{0,3}(?:->|→|=>|\bto\b)\s{0,3}[\"']?(?P<new>[\w.\-/%]{1,60})"
)
RECORD = re.compile(
    r"[\"']?(?P<name>key|name|setting|parameter|path|old|before|from|previous|new|after|to|value)(?:_value)?"
    r"[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?P<value>[^\"',;}]{1,80})",
    re.IGNORECASE,
)
NUMBER = re.compile(r"^[\"']?(?P<figure>\d[\d_]*(?:\.\d+)?(?:e\d+)?)\s*(?P<unit>[A-Za-z%]*)[\"']?$")
TIMES = re.compile(
    r"^(?P<figure>\d[\d_]*(?:\.\d+)?)\s*\*\s*[\w.]*?"
    r"(?P<unit>nano|micro|milli|second|minute|hour|day|kib|mib|gib|kb|mb|gb)\w*",
    re.IGNORECASE,
)
FIGURE = re.compile(r"(?<![\w.])\d[\d_.]*\w*")
UNITS = {
    "nano": 1e-9, "ns": 1e-9, "micro": 1e-6, "us": 1e-6, "milli": 1e-3, "ms": 1e-3,
    "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "m": 60.0, "min": 60.0, "minute": 60.0, "minutes": 60.0,
    "h": 3600.0, "hour": 3600.0, "hours": 3600.0, "d": 86400.0, "day": 86400.0, "days": 86400.0,
    "k": 1e3, "kb": 1e3, "kib": 1024.0, "ki": 1024.0, "mb": 1e6, "mib": 1024.0**2, "mi": 1024.0**2,
    "gb": 1e9, "gib": 1024.0**3, "gi": 1024.0**3, "%": 0.01, "": 1.0,
}  # fmt: skip
"""Of every unit its size in seconds, bytes or parts of one; "m" is a minute, for that is what settings mean by it."""
KEYWORDS = frozenset(
    {"return", "if", "else", "package", "import", "from", "case", "func", "def", "for", "while", "req", "err"}
)


class Setting(NamedTuple):
    """One value that a change sets; ``old`` or ``new`` is None where the key came or went."""

    key: str
    old: str | None
    new: str | None

    @property
    def direction(self) -> int:
        """-1 where the figure went down, 1 where it went up, 0 where neither can be told."""
        before, after = figure(self.old), figure(self.new)
        if before is None or after is None:
            return 0
        return (after > before) - (after < before)

    @property
    def factor(self) -> float:
        """How many times larger the larger figure is; 1 where it can't be told."""
        before, after = figure(self.old), figure(self.new)
        if not before or not after:
            return 1.0 if before == after else 10.0
        return max(before, after) / min(before, after)


def figure(text: str | None) -> float | None:
    """Return a value as a number in its base unit (seconds, bytes, a ratio); None where it is no number."""
    text = (text or "").strip().strip("\"'")
    found = NUMBER.match(text) or TIMES.match(text)
    if not found or found["unit"].lower() not in UNITS:
        return None
    return float(found["figure"].replace("_", "")) * UNITS[found["unit"].lower()]


def settings(hunks: tuple[Hunk, ...]) -> tuple[Setting, ...]:
    """Return the settings that hunks change, each once, those that merely moved left out."""
    found: dict[tuple[str, str | None, str | None], Setting] = {}
    for hunk in hunks:
        before = dict(_assigned(hunk.code("-")))
        after = dict(_assigned(hunk.code("+")))
        pairs = [Setting(key, before.get(key), after.get(key)) for key in {**before, **after}]
        for one in (*pairs, *_alike(hunk)):
            if _tells(one):
                found.setdefault((one.key.lower(), one.old, one.new), one)
    return tuple(found.values())


def _tells(one: Setting) -> bool:
    """Leave out what only moved, and what came or went without being a figure: that is code, not a setting."""
    if one.old == one.new or one.key.lower() in KEYWORDS:
        return False
    old, new = figure(one.old), figure(one.new)
    return (old if old is not None else new) is not None if None in {one.old, one.new} else old is None or old != new


def _assigned(lines: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for line in lines:
        for match in (ASSIGNED.match(line), SETTER.search(line)):
            if match and _plain(match["value"]):
                yield match["key"], match["value"].strip("\"' ,;")


def _plain(value: str) -> bool:
    """Tell a value from a computation: numbers with units, words, URLs and booleans, not calls."""
    return (
        figure(value.rstrip(",;")) is not None
        or re.fullmatch(r"[\"']?[\w.\-/:@%]{1,120}[\"']?[,;]?", value) is not None
    )


def _alike(hunk: Hunk) -> Iterator[Setting]:
    """Yield the figure in which alone a removed and an added line differ, named by what stands before it."""
    added = {tuple(FIGURE.sub("#", line).split()): line for line in hunk.code("+")}
    for line in hunk.code("-"):
        twin = added.get(tuple(FIGURE.sub("#", line).split()), "")
        pairs = zip(FIGURE.finditer(line), FIGURE.finditer(twin), strict=False)
        changed = [(old, new[0]) for old, new in pairs if old[0] != new[0]]
        if len(changed) == 1 and not ASSIGNED.match(line):
            old, new = changed[0]
            named = re.findall(r"[A-Za-z_][\w.\-]+", line[: old.start()]) or re.findall(r"[A-Za-z_]\w+", line)
            if named:
                yield Setting(named[-1], old[0], new)


def told(text: str) -> tuple[Setting, ...]:
    """Return the settings that a change record tells of: ``key: 100 -> 10``, or fields named key, old and new."""
    arrows = [Setting(m["key"], m["old"], m["new"]) for m in ARROW.finditer(text[:5000])]
    fields = {m["name"].lower(): m["value"].strip() for m in RECORD.finditer(text[:5000])}
    key = next((fields[n] for n in ("key", "setting", "parameter", "name", "path") if n in fields), None)
    old = next((fields[n] for n in ("old", "before", "from", "previous") if n in fields), None)
    new = next((fields[n] for n in ("new", "after", "to", "value") if n in fields), None)
    record = [Setting(key, old, new)] if key and (old or new) else []
    return tuple(dict.fromkeys([s for s in (*record, *arrows) if s.old != s.new]))
