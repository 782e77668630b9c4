"""Holds figures, times and counts in a text against evidence: each is in it, is corrected, or is struck."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from agents.known import STAMP, Known, known, moments
from incident.alert import Alert
from incident.evidence import CITATION, Evidence

STRUCK: Final = "[figure not in the evidence]"
UNIT = (
    r"%|percent\b|ms\b|milliseconds\b|µs\b|us\b|seconds?\b|secs?\b|s\b|minutes?\b|mins?\b|m\b|hours?\b|h\b|days?\b|d\b|"
    r"k\b|K\b|M\b|GB\b|GiB\b|MB\b|MiB\b|KB\b|kB\b|x\b|×|times\b|/s\b|/min\b|rps\b"  # noqa: RUF001 - that is how people write it
)
CLAIM = re.compile(
    rf"(?P<stamp>{STAMP})|(?<![\w:.])(?P<time>(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:\.\d+)?)?)(?:Z|\b)"
    r"|(?<![\w.,:\-#@%])(?<!\D/)(?P<figure>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d{1,2})?)"
    rf"(?P<gap>\s?)(?P<unit>{UNIT})?(?![\w]|[.:]\d|-\w)"
)
"""A full time, a time of day, or a figure with its unit; figures inside names (p99, v1.2, cfg-17) are none."""
SENTENCE = re.compile(r"(?<=[.!?;\n])(?=\s)")
SPELT = {
    "milliseconds": "ms",
    "seconds": "s",
    "second": "s",
    "secs": "s",
    "sec": "s",
    "K": "k",
    "GiB": "GB",
    "MiB": "MB",
    "kB": "KB",
    "percent": "%",
}
FACTORS: Mapping[str, tuple[float, ...]] = {
    "%": (1.0, 0.01), "ms": (1.0, 1e-3, 1e6), "s": (1.0, 1e3), "k": (1e3,), "M": (1e6,),
    "GB": (1.0, 1e3, 1024.0, 1e9, 1024.0**3), "MB": (1.0, 1e6, 1024.0**2), "KB": (1.0, 1e3, 1024.0),
}  # fmt: skip
"""What one of a unit is in the units that values are kept in."""
LENGTHS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
RATIOS = frozenset({"x", "×", "times"})  # noqa: RUF001 - the same
NEAR = 0.12
"""A wrong figure this close to a measured one was meant to be that one; farther off, nobody can tell."""
ROUNDED = 0.015
A_MINUTE = timedelta(minutes=1)
MISREAD = timedelta(minutes=10)


def checked(text: str, cited: Sequence[Evidence], alert: Alert) -> tuple[str, tuple[str, ...]]:
    """Return the text with wrong figures corrected or struck, and a note on each.

    A sentence that cites evidence is held to that evidence, any other to all that is cited.
    """
    notes: list[str] = []
    everything = known(cited, alert)
    by_id = {item.id: item for item in cited}
    pieces = []
    for sentence in SENTENCE.split(text):
        own = [by_id[i] for i in CITATION.findall(sentence) if i in by_id]
        may = known(own, alert) if own else everything
        pieces.append(CLAIM.sub(lambda claim, may=may: _right(claim, may, notes), sentence))
    return "".join(pieces), tuple(notes)


def _right(claim: re.Match[str], may: Known, notes: list[str]) -> str:
    """Return a claim as it may stand."""
    if claim["stamp"]:
        stands = any(abs(stamp - moment) <= A_MINUTE for stamp in moments(claim[0]) for moment in may.times)
        right = claim[0] if stands else None
    elif claim["time"]:
        right = _time(claim, may)
    else:
        right = _figure(claim, may)
    if right is None:
        notes.append(f"{claim[0].strip()} was struck: no cited evidence says so")
        return STRUCK + (" " if claim[0].endswith(" ") else "")
    if right != claim[0]:
        notes.append(f"{claim[0].strip()} was corrected to {right.strip()}, which is what the evidence says")
    return right


def _time(claim: re.Match[str], may: Known) -> str | None:
    said = timedelta(hours=int(claim["hour"]) % 24, minutes=int(claim["minute"]), seconds=int(claim["second"] or 0))
    off, moment = min((_apart(said, moment), moment) for moment in may.times)
    if off <= A_MINUTE:
        return claim[0]
    return f"{moment:%H:%M}" if off <= MISREAD else None


def _apart(said: timedelta, moment: datetime) -> timedelta:
    off = abs(said - timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second))
    return min(off, timedelta(days=1) - off)


def _figure(claim: re.Match[str], may: Known) -> str | None:
    unit = SPELT.get(claim["unit"] or "", claim["unit"] or "")
    value = float(claim["figure"].replace(",", ""))
    if _holds(value, unit, _tolerance(claim["figure"], value), may):
        return claim[0]
    factors = FACTORS.get(unit, (1.0,))
    meant = [f / factor for f in may.measured for factor in factors if abs(f / factor - value) <= NEAR * value]
    if not meant or unit in RATIOS:
        return None
    return f"{min(meant, key=lambda m: abs(m - value)):.4g}{claim['gap']}{claim['unit'] or ''}"


def _holds(value: float, unit: str, tolerance: float, may: Known) -> bool:
    factors = FACTORS.get(unit, (1.0,))
    if any(abs(abs(f) / factor - value) <= tolerance for f in (*may.measured, *may.written) for factor in factors):
        return True
    if unit in RATIOS:
        return any(abs(ratio - value) <= max(tolerance, 0.05 * value) for ratio in may.ratios)
    length = LENGTHS.get(unit) or LENGTHS.get({"min": "m", "hou": "h", "day": "d"}.get(unit[:3], ""))
    if length and may.between(value * length, max(60.0, tolerance * length)):
        return True
    return not unit and value in may.counts


def _tolerance(written: str, value: float) -> float:
    """Return how far rounding to the digits that were written may have moved a figure, and 1.5 % at least."""
    decimals = len(written.partition("e")[0].partition(".")[2])
    return max(ROUNDED * value, 0.5 * 10.0**-decimals)
