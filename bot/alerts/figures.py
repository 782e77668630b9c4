"""Numbers as people and programs write them, and which of them is the reading and which the limit."""

import math
import re
from typing import NamedTuple

NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d{1,18}(?:[.,]\d{1,18})?)(?:e[+-]?\d{1,3})?"
UNIT = (
    r"(?:\s?(?:milliseconds?|millis|ms|seconds?|secs?|s|minutes?|min|hours?|h|percent|%|"
    r"[KMGT]i?B|bytes?|[kKM](?![a-z])|rps|req/s|/s))?(?![\w.])"
)
QUANTITY = rf"(?<![\w.-])({NUMBER})({UNIT})"
"""A number of its own: of p99, v2 and db-01 none is a reading."""
SECONDS = {"milli": 1e-3, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
BYTES = {"k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "ki": 2.0**10, "mi": 2.0**20, "gi": 2.0**30, "ti": 2.0**40}
OVER = (
    r"(?:>=?|<=?|≥|≤|above|below|over|under|exceeds|exceeded|exceeding|"
    r"greater than|less than|more than|higher than|lower than)"
)
LIMIT = r"(?:alert(?:ing)? threshold|threshold|limit|target|slo|max(?:imum)?|min(?:imum)?|allowed)"
CROSSED = re.compile(rf"datapoints?\s*\[\s*{QUANTITY}[^\n]{{0,400}}?thresholds? \(\s*{QUANTITY}", re.IGNORECASE)
STATED = re.compile(rf"{QUANTITY}[^\n\d]{{0,60}}?(?:{OVER}|{LIMIT})[^\n\d]{{0,20}}?{QUANTITY}", re.IGNORECASE)
LIMITED = re.compile(
    rf"(?:{LIMIT}|was {OVER}|is {OVER}|{OVER})(?: or equal to)?(?: the)?(?: {LIMIT})?[\s:=(]{{0,4}}{QUANTITY}",
    re.IGNORECASE,
)
READ = re.compile(
    r"(?:(?:metric|current|latest|observed) value|value|currently|now at|reached|is at|is|was)"
    rf"[\s:=(]{{1,3}}{QUANTITY}",
    re.IGNORECASE,
)
REF = re.compile(rf"\b([A-Z]\w{{0,30}})=({NUMBER})", re.IGNORECASE)


class Quantity(NamedTuple):
    """A number with its unit as written, empty where it has none."""

    number: float
    unit: str = ""


def number(text: str) -> float | None:
    """Return a number with thousands set apart or a decimal comma; None where it is none or not finite."""
    text = text.strip()
    grouped = re.fullmatch(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?:e[+-]?\d{1,3})?", text, re.IGNORECASE)
    try:
        value = float(text.replace(",", "" if grouped else "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def reading_and_limit(text: str) -> tuple[Quantity | None, Quantity | None]:
    """Return the reading and the limit that a text states, each None where it doesn't."""
    for shape in (CROSSED, STATED):
        if found := shape.search(text):
            return _quantity(found[1], found[2]), _quantity(found[3], found[4])
    read, limited = READ.search(text), LIMITED.search(text)
    return (
        _quantity(read[1], read[2]) if read else None,
        _quantity(limited[1], limited[2]) if limited else None,
    )


def quantity(text: str) -> Quantity | None:
    """Return the first quantity of a field; of Grafana's `A=2300, C=1`, the first that is more than a yes or no."""
    refs = [value for _, told in REF.findall(text[:500]) if (value := number(told)) is not None]
    if refs:
        return Quantity(next((ref for ref in refs if ref not in {0.0, 1.0}), refs[0]))
    found = re.search(QUANTITY, text[:200], re.IGNORECASE)
    return _quantity(found[1], found[2]) if found else None


def in_unit(told: Quantity | None, unit: str) -> float | None:
    """Return the number in another unit; as it is where the two units are not of one kind."""
    if told is None:
        return None
    for scales in (SECONDS, BYTES):
        have, want = _scale(told.unit, scales), _scale(unit, scales)
        if have and want:
            return round(told.number * have / want, 9)
    return told.number


def _scale(unit: str, scales: dict[str, float]) -> float | None:
    unit = unit.strip().lower()
    if scales is BYTES:
        sized = re.fullmatch(r"([kmgt]i?)?b(?:ytes?)?|bytes?", unit)
        return scales.get(sized[1] or "", 1.0) if sized else None
    return next((scale for name, scale in scales.items() if unit.startswith(name) and not unit.startswith("sl")), None)


def _quantity(told: str, unit: str) -> Quantity | None:
    value = number(told)
    unit = unit.strip()
    if value is None:
        return None
    return Quantity(value * {"k": 1e3, "K": 1e3, "M": 1e6}[unit]) if unit in {"k", "K", "M"} else Quantity(value, unit)
