"""Figures with their units, as engineers write them."""

import re
from datetime import datetime

HUNDRED, THOUSAND = 100, 1000
UNITS = (
    (re.compile(r"(?:^|[_.])(?:ms|milliseconds?|millis)(?:$|[_.])", re.IGNORECASE), "ms"),
    (re.compile(r"(?:^|[_.])(?:per_second|rps|qps|persec)(?:$|[_.])", re.IGNORECASE), "/s"),
    (re.compile(r"(?:^|[_.])(?:seconds?|sec)(?:$|[_.])", re.IGNORECASE), "s"),
    (re.compile(r"(?:^|[_.])(?:mb|megabytes)(?:$|[_.])", re.IGNORECASE), "MB"),
    (re.compile(r"(?:^|[_.])(?:gb|gigabytes)(?:$|[_.])", re.IGNORECASE), "GB"),
    (re.compile(r"(?:^|[_.])bytes(?:$|[_.])", re.IGNORECASE), "bytes"),
    (re.compile(r"(?:^|[_.])(?:percent|pct)(?:$|[_.])|%$", re.IGNORECASE), "%"),
    (re.compile(r"(?:^|[_.])ratio(?:$|[_.])", re.IGNORECASE), "ratio"),
)


def unit(metric: str | None) -> str:
    """Return the unit that a metric's name tells, empty where it tells none."""
    return next((name for shape, name in UNITS if metric and shape.search(metric)), "")


def _unit_of(metric: str | None, value: float) -> str:
    """Return the unit of a reading: what is called a percentage and reads 1 or less may as well be a share."""
    name = unit(metric)
    return "" if name == "%" and abs(value) <= 1 else name


def figure(value: float) -> str:
    """Return a number with three significant digits, whole above a hundred, thousands set apart."""
    if abs(value) >= HUNDRED:  # from here a fraction tells nothing
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 1e-4 or value == 0 else f"{value:.1e}"  # noqa: PLR2004 - below, digits run out


def quantity(metric: str | None, value: float) -> str:
    """Return a reading with its metric's unit; a ratio is written in percent."""
    name = _unit_of(metric, value)
    if name == "ratio":
        return f"{figure(100 * value)} %"
    return f"{figure(value)} {name}" if name and name != "/s" else f"{figure(value)}{name}"


def said_as(metric: str | None, value: float) -> str:
    """Return a reading as one says it aloud: two digits where that is enough, in the unit that fits its size."""
    name, size = _unit_of(metric, value), abs(value)
    if name == "ratio":
        return f"{brief(100 * value)} %"
    if name == "ms" and size >= THOUSAND:
        return f"{brief(value / THOUSAND)} s"
    if name == "s" and 0 < size < 1:
        return f"{brief(value * THOUSAND)} ms"
    if name == "bytes" and size >= THOUSAND**2:
        return f"{brief(value / THOUSAND**3)} GB" if size >= THOUSAND**3 else f"{brief(value / THOUSAND**2)} MB"
    return f"{brief(value)} {name}" if name and name != "/s" else f"{brief(value)}{name}"


def brief(value: float) -> str:
    """Return a number with two significant digits, whole ones above ten as they are."""
    return figure(value if abs(value) >= HUNDRED or value == round(value) else float(f"{value:.2g}"))


def clock(moment: datetime) -> str:
    """Return a time of day in UTC to the second; the date is the incident's."""
    return f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"


def dated(moment: datetime, day: datetime) -> str:
    """Return a time of day, with its date where that is not the day given."""
    return clock(moment) if moment.date() == day.date() else f"{moment:%Y-%m-%d} {clock(moment)}"
