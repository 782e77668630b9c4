"""Holds figures, times and counts in a text against evidence: each is in it, is corrected, or is struck."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from agents.known import Known, known, leaves, moments
from agents.notation import CLAIM, FIGURE, LENGTHS, Figure, figure, seconds
from incident.alert import Alert
from incident.evidence import CITATION, Evidence

STRUCK: Final = "[figure not in the evidence]"
QUOTE = re.compile(r"“[^”\n]*”|(?<![^\s(])'[^'\n]+'(?![\w'])")
VERBATIM = "\ue000"
"""Stands in for words that are quoted as the evidence has them: what is in them claims nothing."""
SENTENCE = re.compile(r"(?<=[.!?;\n])(?=\s)")
FACTORS: Mapping[str, tuple[float, ...]] = {
    "%": (1.0, 0.01), "ms": (1.0, 1e-3, 1e6), "s": (1.0, 1e3), "k": (1e3,), "M": (1e6,),
    "GB": (1.0, 1e3, 1024.0, 1e9, 1024.0**3), "MB": (1.0, 1e6, 1024.0**2), "KB": (1.0, 1e3, 1024.0),
}  # fmt: skip
"""What one of a unit is in the units that values are kept in."""
NEAR = 0.12
"""A wrong figure this close to a measured one was meant to be that one; farther off, nobody can tell."""
ROUNDED = 0.015
A_RATIO = 0.05
A_SHARE = 0.15
A_MINUTE = timedelta(minutes=1)
MISREAD = timedelta(minutes=10)
THOUSAND = 1000


def checked(
    text: str, cited: Sequence[Evidence], alert: Alert, found: Sequence[Evidence] = ()
) -> tuple[str, tuple[str, ...]]:
    """Return the text with wrong figures corrected or struck, and a note on each.

    A sentence that cites evidence is held to that evidence, any other to all that is cited. Counts ("5 services")
    may be of everything that was ``found``.
    """
    text, quotes = _without_quotes(text, cited, alert)
    notes: list[str] = []
    everything = known(cited, alert)
    counts = everything.counts | known(found, alert).counts
    everything = everything._replace(counts=counts)
    by_id = {item.id: item for item in cited}
    pieces = []
    for sentence in SENTENCE.split(text):
        own = [by_id[i] for i in CITATION.findall(sentence) if i in by_id]
        may = known(own, alert)._replace(counts=counts) if own else everything
        pieces.append(CLAIM.sub(lambda claim, may=may: _right(claim, may, notes), sentence))
    words = iter(quotes)
    return re.sub(VERBATIM, lambda _: next(words), "".join(pieces)), tuple(notes)


def _without_quotes(text: str, cited: Sequence[Evidence], alert: Alert) -> tuple[str, list[str]]:
    """Take out what is quoted word for word, be it cut short at its end; return it in order."""
    source = " ".join(" ".join((item.statement, *map(str, _texts(item)))) for item in cited)
    source = " ".join(f"{source} {alert.summary} {alert.name}".split())
    quotes: list[str] = []

    def held(quote: re.Match[str]) -> str:
        if " ".join(quote[0][1:-1].rstrip("… ").split()) not in source:
            return quote[0]
        quotes.append(quote[0])
        return VERBATIM

    return QUOTE.sub(held, text.replace(VERBATIM, "")), quotes


def _texts(item: Evidence) -> list[str]:
    return [leaf for leaf in leaves(item.values) if isinstance(leaf, str)]


def _right(claim: re.Match[str], may: Known, notes: list[str]) -> str:
    """Return a claim as it may stand."""
    right = _checked(claim, may)
    if right is None:
        notes.append(f"{claim[0].strip()} was struck: no cited evidence says so")
        return STRUCK + (" " if claim[0].endswith(" ") else "")
    if right != claim[0]:
        notes.append(f"{claim[0].strip()} was corrected to {right.strip()}, which is what the evidence says")
    return right


def _checked(claim: re.Match[str], may: Known) -> str | None:
    said = claim[0]
    match claim.lastgroup:
        case "stamp":
            stands = any(abs(stamp - moment) <= A_MINUTE for stamp in moments(said) for moment in may.times)
        case "date":
            stands = any(_same_day(said, moment) for moment in may.times)
        case "time":
            return _time(said, may)
        case "span":
            stands = may.lasts(seconds(said), 60.0)
        case "share":
            share = 1 / max(1.0, float(said.split()[-1]))
            stands = any(
                abs(abs(f) / factor - share) <= A_SHARE * share for f in may.measured for factor in (1.0, 100.0)
            )
        case "figure":
            return _figure(claim, may)
        case _:  # a name
            stands = True
    return said if stands else None


def _same_day(said: str, moment: datetime) -> bool:
    month, day = f"{moment:%b}".lower(), str(moment.day)
    words = said.lower().split()
    return said.startswith(f"{moment:%Y-%m-%d}") or (
        day in {w.strip(",") for w in words} and any(w.startswith(month) for w in words)
    )


def _time(said: str, may: Known) -> str | None:
    hour, minute, second = (float(part) for part in (said.rstrip("Z") + ":0:0").split(":")[:3])
    at = timedelta(hours=hour % 24, minutes=minute, seconds=second)
    off, moment = min((_apart(at, moment), moment) for moment in may.times)
    if off <= A_MINUTE:
        return said
    return f"{moment:%H:%M}" if off <= MISREAD else None


def _apart(said: timedelta, moment: datetime) -> timedelta:
    off = abs(said - timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second))
    return min(off, timedelta(days=1) - off)


def _figure(claim: re.Match[str], may: Known) -> str | None:
    said, written = figure(claim), FIGURE.match(claim[0])
    if any(_holds(value, slack, said, may) for value, slack in said.values()):
        return claim[0]
    value, _ = next(said.values())
    meant = [f for f in _in_unit(may.measured, said.unit) if abs(f - value) <= NEAR * value]
    if not meant or said.unit == "x" or written is None:
        return None
    right = min(meant, key=lambda m: abs(m - value))
    return f"{_plainly(right)}{written['gap']}{written['unit'] or ''}"


def _holds(value: float, slack: float, said: Figure, may: Known) -> bool:
    """Tell whether evidence has the figure: measured ones may be rounded a little, those in texts are exact."""
    near = max(ROUNDED * value, min(slack, NEAR * value if said.loose else slack))
    measured = _in_unit((*may.measured, *may.differences), said.unit)
    if any(abs(f - value) <= near for f in measured):
        return True
    if any(abs(f - value) <= slack for f in _in_unit(may.written, said.unit)):
        return True
    if said.unit == "x" and any(abs(ratio - value) <= max(slack, A_RATIO * value) for ratio in may.ratios):
        return True
    if said.unit == "%" and any(abs(100 * abs(ratio - 1) - value) <= near for ratio in may.ratios):
        return True
    length = LENGTHS.get(said.unit)
    if length and may.between(value * length, max(60.0, near * length)):
        return True
    return not said.unit and value in may.counts


def _in_unit(figures: Sequence[float], unit: str) -> chain[float]:
    return chain.from_iterable((abs(f) / factor for factor in FACTORS.get(unit, (1.0,))) for f in figures)


def _plainly(value: float) -> str:
    return f"{value:,.0f}" if value >= THOUSAND else f"{value:.4g}"
