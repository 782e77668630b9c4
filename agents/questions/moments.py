"""Stretches of time in people's words: "before 14:00", "between 1pm and 2pm CET", "10 minutes before the deploy"."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from incident.values import Window

ISO: Final = r"\d{4}-\d\d-\d\d(?:t|\s)\d\d:\d\d(?::\d\d)?(?:z|\s?[+-]\d\d:?\d\d)?"
ZONE: Final = r"(?:utc|gmt|z|[a-z]{1,2}[sd]t|cet|cest|[+-]\d{1,2}(?::?\d\d)?|[a-z]+/[a-z_]+)"
CLOCK: Final = rf"(?:\d{{1,2}}:\d\d(?::\d\d)?(?:\s?[ap]m\b)?|\d{{1,2}}\s?[ap]m\b|noon|midnight)(?:\s?{ZONE}(?![\w:]))?"
LANDMARK: Final = (
    r"(?:the\s)?(?:alert|page|incident|onset|trouble|rollback"
    r"|deploy(?:ment)?|release|rollout|config(?:\schange)?|change)"
)
LENGTH: Final = (
    r"(?:half\san\shour|(?:(?:an?|one|two|three|five|ten|thirty|\d{1,4})\s?)?(?:minutes?|mins?|m|hours?|hrs?|h))\b"
)
MOMENT: Final = rf"(?:{ISO}|{CLOCK}|now|{LENGTH}\sago|{LANDMARK}\b)"
BETWEEN: Final = re.compile(
    rf"\b(?:between|from)\s(?P<a>{MOMENT})\s(?:and|to|until|till|-)\s(?P<b>{MOMENT})"
    rf"|(?P<c>{CLOCK})\s?(?:[-\u2013]|to)\s?(?P<d>{CLOCK})"
)
LAST: Final = re.compile(rf"\b(?:last|past)\s(?P<length>{LENGTH})")
BESIDE: Final = re.compile(rf"\b(?P<length>{LENGTH})\s(?P<side>before|after)\s(?P<a>{MOMENT})")
UNTIL: Final = re.compile(rf"\b(?:before|until|till|up to|prior to|by)\s(?P<a>{MOMENT})")
SINCE: Final = re.compile(rf"\b(?:after|since|from)\s(?P<a>{MOMENT})")
AROUND: Final = re.compile(rf"\b(?:at|on|around|about|near)\s(?P<a>{MOMENT})")
NEAR: Final = timedelta(minutes=5)
COUNTED: Final = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "five": 5, "ten": 10, "thirty": 30}
OFFSETS: Final = {
    "cet": 1, "cest": 2, "bst": 1, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7, "utc": 0, "gmt": 0, "z": 0,
}  # fmt: skip
"""Hours from UTC; what means several zones (IST) is none."""


class Landmarks(NamedTuple):
    """Moments that have a name in an incident. ``changed`` and ``undone`` are None where nothing of it is known."""

    fired: datetime
    now: datetime
    onset: datetime | None = None
    changed: datetime | None = None
    undone: datetime | None = None


class Stretch(NamedTuple):
    """What was asked for: None is an open end."""

    since: datetime | None = None
    until: datetime | None = None

    def within(self, whole: Window) -> Window | None:
        """Return the part of a window that was meant; None where there is none."""
        part = Window(max(self.since or whole.start, whole.start), min(self.until or whole.end, whole.end))
        return part if part.start < part.end else None

    def __contains__(self, moment: object) -> bool:
        """Tell whether a moment lies inside."""
        if not isinstance(moment, datetime):
            return False
        return (self.since is None or moment >= self.since) and (self.until is None or moment < self.until)


def stretch(text: str, marks: Landmarks) -> tuple[Stretch, str] | None:
    """Return the stretch of time that a question is about and the words that say so; None: it names none.

    A time of day is UTC where no zone follows, and of the day on which it is nearest to the alert.
    """
    said = " ".join(text.lower().split())
    return next(((found, phrase) for found, phrase in _read(said, marks) if found != Stretch()), None)


def _read(said: str, marks: Landmarks) -> Iterator[tuple[Stretch, str]]:
    if found := BETWEEN.search(said):
        start, end = _moment(found["a"] or found["c"], marks), _moment(found["b"] or found["d"], marks)
        if start and end:
            yield Stretch(*sorted((start, end))), found[0]
    if found := BESIDE.search(said):
        length, moment = _length(found["length"]), _moment(found["a"], marks)
        if moment:
            early = found["side"] == "before"
            yield (Stretch(moment - length, moment) if early else Stretch(moment, moment + length)), found[0]
    if found := LAST.search(said):
        yield Stretch(marks.now - _length(found["length"]), marks.now), found[0]
    until, since = UNTIL.search(said), SINCE.search(said)
    ends = [_moment(each["a"], marks) if each else None for each in (since, until)]
    yield Stretch(*ends), " ".join(each[0] for each in (since, until) if each)
    if (found := AROUND.search(said)) and (moment := _moment(found["a"], marks)):
        yield Stretch(moment - NEAR, moment + NEAR), found[0]


def _moment(words: str, marks: Landmarks) -> datetime | None:
    if words == "now":
        return marks.now
    if words.endswith(" ago"):
        return marks.now - _length(words.removesuffix(" ago"))
    if re.fullmatch(LANDMARK, words):
        return _landmark(words.removeprefix("the "), marks)
    if re.fullmatch(ISO, words):
        with suppress(ValueError):
            moment = datetime.fromisoformat(words.upper().replace(" ", "T", 1).replace(" ", ""))
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return None
    return _clock(words, marks.fired)


def _landmark(name: str, marks: Landmarks) -> datetime | None:
    match name:
        case "alert" | "page" | "incident":
            return marks.fired
        case "onset" | "trouble":
            return marks.onset
        case "rollback":
            return marks.undone
        case _:
            return marks.changed


def _clock(words: str, fired: datetime) -> datetime | None:
    found = re.match(r"(\d{1,2})(?::(\d\d))?(?::(\d\d))?\s?([ap]m\b)?\s?(.*)", words)
    if found is None:
        zone, hour, minute, second = words.partition(" ")[2], 12 if words.startswith("noon") else 0, 0, 0
    else:
        zone, (hour, minute, second) = found[5], (int(found[n] or 0) for n in (1, 2, 3))
        hour = hour % 12 + 12 * (found[4] == "pm") if found[4] else hour
    where = _zone(zone)
    if where is None or hour > 24 or minute > 59 or second > 59:  # noqa: PLR2004 - the clock's
        return None
    of_day = timedelta(hours=hour, minutes=minute, seconds=second)
    midnight = fired.astimezone(where).replace(hour=0, minute=0, second=0, microsecond=0)
    days = (midnight + timedelta(days=day) + of_day for day in (-1, 0, 1))
    return min(days, key=lambda moment: abs(moment - fired)).astimezone(UTC)


def _zone(name: str) -> tzinfo | None:
    """Return the zone that a name means; None where nobody knows it."""
    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        if not name or name in OFFSETS:
            return timezone(timedelta(hours=OFFSETS.get(name, 0)))
        if found := re.fullmatch(r"([+-])(\d{1,2})(?::?(\d\d))?", name):
            length = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
            return timezone(-length if found[1] == "-" else length)
        return ZoneInfo("/".join("_".join(map(str.capitalize, part.split("_"))) for part in name.split("/")))
    return None


def _length(words: str) -> timedelta:
    if words.startswith("half"):
        return timedelta(minutes=30)
    count = re.match(r"\d+|an?\b|one|two|three|five|ten|thirty", words)
    number = 1 if count is None else COUNTED.get(count[0]) or int(count[0])
    unit = words[count.end() :].strip() if count else words
    return timedelta(hours=number) if unit.startswith("h") else timedelta(minutes=number)
