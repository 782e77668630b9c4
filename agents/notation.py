"""How people write figures, times and lengths of time, and which digits are only part of a name."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

STAMP: Final = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?"
NUMBER: Final = (
    r"(?:\d{1,3}(?:[,.'\u2019\u00a0\u202f ]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?(?!,?\d)(?:e[+-]?\d{1,2})?)"
)
UNIT: Final = (
    r"(?:%|percent(?:age\spoints?)?\b|pp\b|ms\b|milliseconds?\b|µs\b|us\b|seconds?\b|secs?\b|s\b|minutes?\b|mins?\b|m\b|"
    r"hours?\b|h\b|days?\b|d\b|k\b|K\b|M\b|GB\b|GiB\b|MB\b|MiB\b|KB\b|kB\b|-?fold\b|x\b|×|times\b|/s\b|/min\b|rps\b)"  # noqa: RUF001 - that is how people write it
)
MONTH: Final = r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
NAMES: Final = (
    r"(?<![\w.])\d+(?:\.\d+){2,}(?:[/:]\d+)?",  # a version, an address
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b",
    r"\b[A-Za-z_]\w*(?:[-./@#]\w+)+",  # node-17, p99.9, Orders.java
    r"\b(?:version|release|commit|sha|step|TLS|SSL)\s\d[\w.]*\b",
    r"\b24/7\b",
    r"(?:\A|(?<=\n))\s*\d{1,2}[.)](?=\s|\Z)",  # the number of an item in a list
)
KINDS: Final = {
    "stamp": STAMP,
    "date": rf"(?<![\w-])(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}\s{MONTH}|{MONTH}\s\d{{1,2}})(?![\w:-])(?:,?\s20\d\d\b)?",
    "time": r"(?<![\w:.])(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|\b)",
    "name": "|".join(NAMES),
    "span": (
        r"(?<![\w.,:])(?:\d{1,3}\s?(?:h|hours?)\s?(?:and\s)?\d{1,2}\s?(?:m|mins?|minutes?)\b"
        r"|\d{1,4}\s?(?:m|mins?|minutes?)\s?(?:and\s)?\d{1,2}\s?(?:s|secs?|seconds?)\b)"
    ),
    "share": r"(?<![\w.,:])1\sin\s\d{1,4}\b(?!%)",
    "figure": (
        rf"(?<![\w.,:#@%])(?<![A-Za-z_]-)(?<!\D/){NUMBER}(?:\s?{UNIT})?(?!\w|[.:]\d|-[A-Za-z_])"
    ),
}  # fmt: skip
CLAIM: Final = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in KINDS.items()))
FIGURE: Final = re.compile(rf"(?P<digits>{NUMBER})(?P<gap>\s?)(?P<unit>{UNIT})?")
RANGE: Final = re.compile(rf"\s?(?:[-\u2013\u2014/→]|->|to|and|or)\s?{NUMBER}\s?(?P<unit>{UNIT})")
LOOSELY: Final = re.compile(
    r"(?:[~≈]|\b(?:about|around|roughly|nearly|almost|some|over|under|than|up to|at least))\s?\Z"
)
SPELT: Final = {
    "milliseconds": "ms", "millisecond": "ms", "second": "s", "seconds": "s", "sec": "s", "secs": "s",
    "minute": "m", "minutes": "m", "min": "m", "mins": "m", "hour": "h", "hours": "h", "day": "d", "days": "d",
    "K": "k", "GiB": "GB", "MiB": "MB", "kB": "KB", "percent": "%", "pp": "%", "percentage point": "%",
    "percentage points": "%", "us": "µs", "×": "x", "times": "x", "fold": "x", "-fold": "x",  # noqa: RUF001 - the same
}  # fmt: skip
LENGTHS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Figure(NamedTuple):
    """A figure as it was written; ``unit`` is spelt in one way, ``loose`` says "about"."""

    digits: str
    unit: str
    loose: bool

    def values(self) -> Iterator[tuple[float, float]]:
        """Yield what it may mean, and how far rounding to the written digits may have moved it.

        A dot before three digits is a decimal point in English and sets thousands apart elsewhere.
        """
        plain = re.sub(r"['\u2019\u00a0\u202f ]", "", self.digits)
        if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
            plain = plain.replace(",", "")
        yield self._value(plain.replace(",", "."))
        if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", plain):
            yield self._value(plain.replace(".", "").replace(",", "."))

    def _value(self, plain: str) -> tuple[float, float]:
        decimals = len(plain.partition("e")[0].partition(".")[2])
        whole = plain.rstrip("0") if self.loose and not decimals else plain
        return float(plain), 0.5 * 10.0 ** (len(plain) - len(whole) - decimals)


def figure(claim: re.Match[str]) -> Figure:
    """Read a figure; the first one of a range has the unit of the second."""
    written = FIGURE.match(claim[0])
    later = RANGE.match(claim.string, claim.end())
    unit = (written["unit"] if written else None) or (later["unit"] if later else "")
    loose = LOOSELY.search(claim.string[max(0, claim.start() - 12) : claim.start()]) is not None
    return Figure(written["digits"] if written else claim[0], SPELT.get(" ".join(unit.split()), unit), loose)


def seconds(span: str) -> float:
    """Return the length of a span such as ``1h 15m`` or ``2m30s``."""
    parts = re.findall(r"(\d+)\s?([hms])", span)
    return sum(float(size) * LENGTHS[unit] for size, unit in parts)
