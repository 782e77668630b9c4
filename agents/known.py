"""What a piece of evidence allows to be said: figures, moments, ratios, and how many there are of what."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from typing import NamedTuple

from agents.notation import STAMP
from incident.alert import Alert
from incident.evidence import Evidence
from incident.values import Json

STAMPS = re.compile(STAMP)
NUMBERS = re.compile(r"(?<![\d.])(?<!\d:)(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!:\d)")
MOST = 4000
MARKS = 80
"""Moments between which lengths of time are looked for."""
UNSPOKEN = frozenset({"readings", "score"})
LONGEST = 24_000
"""Characters of a text that are looked at: a diff is kept up to this length."""


class Known(NamedTuple):
    """``measured`` are figures of values, ``written`` those inside texts; differences and ratios are of pairs."""

    measured: tuple[float, ...]
    written: tuple[float, ...]
    times: tuple[datetime, ...]
    differences: tuple[float, ...]
    ratios: tuple[float, ...]
    counts: frozenset[int]

    def lasts(self, seconds: float, slack: float) -> bool:
        """Tell whether it was measured as a length in seconds or ms, or lies between two known moments."""
        measured = any(abs(f - seconds) <= slack or abs(f / 1000 - seconds) <= slack for f in self.measured)
        return measured or self.between(seconds, slack)

    def between(self, seconds: float, slack: float) -> bool:
        """Tell whether it is the time between two known moments."""
        pairs = combinations(self.times[:MARKS], 2)
        return any(abs(abs((a - b).total_seconds()) - seconds) <= slack for a, b in pairs)


def known(cited: Iterable[Evidence], alert: Alert) -> Known:
    """Return what the evidence and the page itself allow to be said."""
    evidence = list(cited)
    values = [leaf for item in evidence for leaf in leaves(item.values)]
    texts = [leaf for leaf in values if isinstance(leaf, str)] + [item.statement for item in evidence]
    measured = [float(leaf) for leaf in values if isinstance(leaf, int | float) and not isinstance(leaf, bool)]
    measured += [v for v in (alert.value, alert.threshold) if v is not None]
    written = [number for text in (*texts, alert.summary, alert.name) for number in _numbers(text)]
    times = [alert.fired_at, *(moment for text in texts for moment in moments(text))]
    pairs = list(_pairs(evidence, alert))
    return Known(
        measured=tuple(measured[:MOST]),
        written=tuple(written[:MOST]),
        times=tuple(dict.fromkeys(times[:MOST])),
        differences=tuple(after - before for before, after in pairs),
        ratios=tuple(ratio for before, after in pairs if before and after for ratio in _ratios(before, after)),
        counts=_counts(evidence),
    )


def moments(text: str) -> Iterator[datetime]:
    """Yield the full times that a text holds; one without a zone is taken for UTC, as all others are."""
    for found in STAMPS.finditer(text[:LONGEST]):
        try:
            moment = datetime.fromisoformat(found[0])
        except ValueError:
            continue
        yield moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _numbers(text: str) -> Iterator[float]:
    for found in NUMBERS.finditer(STAMPS.sub(" ", text[:LONGEST])):
        yield float(found[0].replace(",", ""))


def leaves(value: Json | Mapping[str, Json]) -> Iterator[Json]:
    """Yield every text and figure in nested values, those that nobody speaks of left out."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name not in UNSPOKEN:
                yield from leaves(item)
    elif isinstance(value, list):
        for item in value[:MOST]:
            yield from leaves(item)
    elif value is not None:
        yield value


def _pairs(evidence: Iterable[Evidence], alert: Alert) -> Iterator[tuple[float, float]]:
    """Yield figures that belong together: what something was, and what it became."""
    pairs = [
        (item.values.get("before"), item.values.get(name)) for item in evidence for name in ("after", "peak", "latest")
    ]
    for before, after in [*pairs, (alert.threshold, alert.value)]:
        if isinstance(before, int | float) and isinstance(after, int | float):
            yield float(before), float(after)


def _ratios(before: float, after: float) -> tuple[float, float]:
    return abs(after / before), abs(before / after)


def _counts(evidence: Sequence[Evidence]) -> frozenset[int]:
    keys: tuple[Callable[[Evidence], object], ...] = (
        lambda _: "all", lambda e: e.source, lambda e: e.service, lambda e: e.values.get("kind"),
        lambda e: (e.values.get("kind"), str(e.values.get("trend"))), lambda e: (e.service, e.source),
        lambda e: (e.values.get("kind"), str(e.values.get("signal"))),
    )  # fmt: skip
    sizes: set[int] = {len({e.service for e in evidence if e.service})}
    for signal in {str(item.values.get("signal")) for item in evidence}:
        sizes.add(len({e.service for e in evidence if str(e.values.get("signal")) == signal}))
    for key in keys:
        groups: dict[object, int] = {}
        for item in evidence:
            groups[key(item)] = groups.get(key(item), 0) + 1
        sizes.update(groups.values())
    return frozenset(sizes)
