"""What the offline logs specialist writes: which error came first and where, who only passes it on, what is noise."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from agents.analysis.observations import LogPattern, Seen, ServiceRanking, Trend
from agents.analysis.symptoms import complaint
from agents.clients.notes.saying import cite, listed, minute, quote, sentence
from incident.alert import Alert

REGULAR = 10
"""How often a line has to have come before its absence says anything."""
OWN, PASSED_ON, APART = 2, 2, 2
"""How many lines are told of who failed first, of who passes it on, and of everybody else."""
SAME_WORDS = 30
FEW = 3
"""Lines of who failed first below which nothing stands out."""
NO_ERROR = "No error is new or more frequent than usual."


class Line(NamedTuple):
    """A log pattern with its evidence."""

    seen: Seen
    pattern: LogPattern

    def said(self, day: datetime) -> str:
        """Return its words, how often it came, and since when."""
        began = self.pattern.onset or self.pattern.first_at
        since = f" since {minute(began, day)}" if began else ""
        before = f"{self.pattern.before:,} before" if self.pattern.before else "none before"
        where = f", raised in {self.pattern.frame}" if self.pattern.frame else ""
        words = quote(self.pattern.example, outside=self.seen.outsider_text)
        return f"{words}, {_lines(self.pattern.after)}{since}, {before}{where} {cite(self.seen)}"

    def shortly(self) -> str:
        """Return its words and how often it came."""
        words = quote(self.pattern.example, outside=self.seen.outsider_text)
        return f"{words} ({_lines(self.pattern.after)}, {self.seen.id})"


def notes(seen: Sequence[Seen], alert: Alert, *, whole: bool) -> list[str]:
    """Return a few sentences, the deciding ones first."""
    ranking = next((s.what for s in seen if isinstance(s.what, ServiceRanking) and s.what.entries), None)
    lines = [Line(s, s.what) for s in seen if isinstance(s.what, LogPattern)]
    complaints = [line for line in lines if complaint(line.pattern)]
    first = _first(ranking, complaints)
    if not complaints and lines and whole:
        return [NO_ERROR, *_gone(lines, alert)]
    if complaints and sum(line.pattern.after for line in _of(complaints, first)) < FEW:
        return [sentence(f"No error stands out; new are only {_shortly(complaints)}"), *_gone(lines, alert)]
    tied = _tied(complaints, first)
    told = [
        *_own(complaints, first, alert),
        *_passed_on([line for line in tied if line.pattern.service != first], alert),
        *_apart([line for line in complaints if line not in tied], first),
    ]
    return [*told, *_gone([line for line in lines if not complaints or line.pattern.service == first], alert)]


def _first(ranking: ServiceRanking | None, complaints: Sequence[Line]) -> str | None:
    """Return who failed first by the logs: the first in the ranking of those who complain."""
    loud = {line.pattern.service for line in complaints}
    ranked = [entry.service for entry in ranking.entries] if ranking else [line.pattern.service for line in complaints]
    return next((service for service in ranked if service in loud), None)


def _own(complaints: Sequence[Line], first: str | None, alert: Alert) -> Iterator[str]:
    own = _distinct(sorted(_of(complaints, first), key=lambda line: line.pattern.frame is None))
    for place, line in enumerate(own[:OWN]):
        opening = f"{first} fails by itself first: " if not place else "With it: "
        yield sentence(opening, line.said(alert.fired_at))


def _tied(complaints: Sequence[Line], first: str | None) -> list[Line]:
    """Return the lines of the first one, and of who names it or shares its traces, directly or through others."""
    known = {first}
    while True:
        tied = [x for x in complaints if x.pattern.service == first or known & {*x.pattern.names, *x.pattern.also_in}]
        reached = {line.pattern.service for line in tied} | known
        if reached == known:
            return tied
        known = reached


def _passed_on(handed: Sequence[Line], alert: Alert) -> Iterator[str]:
    """Say who only hands on what it got."""
    who = list(dict.fromkeys(line.pattern.service for line in handed))
    if who:
        examples = "; ".join(f"{x.pattern.service} {x.said(alert.fired_at)}" for x in _distinct(handed)[:PASSED_ON])
        yield sentence(f"{listed(who)} only {'passes' if len(who) == 1 else 'pass'} it on: {examples}")


def _apart(alone: Sequence[Line], first: str | None) -> Iterator[str]:
    """Say what else complains and has no visible tie to the first one: noise, or another story."""
    if alone:
        yield sentence(f"No tie to {first} that I can see: {_shortly(alone)}")


def _shortly(lines: Sequence[Line]) -> str:
    loudest = sorted(_distinct(lines), key=lambda line: -line.pattern.after)[:APART]
    return "; ".join(f"{line.pattern.service} {line.shortly()}" for line in loudest)


def _gone(lines: Sequence[Line], alert: Alert) -> Iterator[str]:
    """Say which routine lines have stopped: what should happen and no longer does."""
    gone = [line for line in lines if line.pattern.trend is Trend.VANISHED and line.pattern.before >= REGULAR]
    if gone:
        line = gone[0]
        last = f" since {minute(line.pattern.last_at, alert.fired_at)}" if line.pattern.last_at else ""
        words = quote(line.pattern.example, outside=line.seen.outsider_text)
        yield sentence(f"{line.pattern.service} no longer logs {words}{last} ", cite(line.seen))


def _lines(count: int) -> str:
    return f"{count:,} line" + ("" if count == 1 else "s")


def _of(lines: Sequence[Line], service: str | None) -> list[Line]:
    return [line for line in lines if line.pattern.service == service]


def _distinct(lines: Sequence[Line]) -> list[Line]:
    """Keep one line of those of a service that begin alike."""
    kept: dict[tuple[str, str], Line] = {}
    for line in lines:
        kept.setdefault((line.pattern.service, line.pattern.template[:SAME_WORDS]), line)
    return list(kept.values())
