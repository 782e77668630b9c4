"""What of an incident's evidence a report shows: what the diagnosis rests on, the rest counted by its query."""

from datetime import datetime
from typing import NamedTuple

from bot.report import observed
from bot.report.observed import Series
from bot.report.options import Options
from bot.report.plotting import Mark
from bot.report.spread import Spread, spread
from incident.evidence import Evidence
from incident.facts import Check, Diagnosis, Recovery, RollbackStarted, Turn
from incident.model import Incident

CHARTS = 5
TWO = 2


class Query(NamedTuple):
    """One question to the telemetry, its name in the table, and the evidence that it made."""

    name: str
    asked: Evidence
    made: tuple[str, ...]


class Chosen(NamedTuple):
    """The selection. ``signals`` are at most five series, ``marks`` the instants that their charts show."""

    evidence: tuple[Evidence, ...]
    queries: tuple[Query, ...]
    signals: tuple[tuple[Evidence, Series], ...]
    marks: tuple[Mark, ...]
    spread: Spread | None

    def query_of(self, item: Evidence) -> str:
        """Return the name of the query that makes a piece of evidence again."""
        return next((q.name for q in self.queries if item.id in q.made), "")


def choose(incident: Incident, options: Options) -> Chosen:
    """Return what to show, in the order to show it."""
    diagnosis = incident.last(Diagnosis)
    decisive = _decisive(incident, diagnosis)
    rank = {item: i for i, item in enumerate(decisive)}
    ordered = sorted(incident.evidence, key=lambda item: rank.get(item.id, len(rank)))
    rows = [item for item in ordered if item.id in rank] or ordered
    shown = spread(incident, diagnosis) if diagnosis else None
    enough = shown if shown and (shown.culprit or len(shown.since) > 1) else None
    return Chosen(
        tuple(rows[: options.evidence_rows]), _queries(ordered), _signals(incident, rows),
        _marks(incident, diagnosis), enough,
    )  # fmt: skip


def _decisive(incident: Incident, diagnosis: Diagnosis | None) -> list[str]:
    """The signal that paged, what the diagnosis rests on, its chain, and what rules the rest out; in a draft all."""
    if diagnosis is None:
        return [i for turn in incident.every(Turn) for i in turn.cites]
    signal = [item.id for item in incident.evidence if (s := observed.series(item)) and s.kind == "signal"]
    ids = [*diagnosis.evidence, *(i for link in diagnosis.causal_chain for i in link.evidence), *signal]
    return list(dict.fromkeys([*ids, *(i for other in diagnosis.ruled_out for i in other.evidence)]))


def _queries(ordered: list[Evidence]) -> tuple[Query, ...]:
    """Every query once, in the order in which the evidence asks for them."""
    made: dict[tuple[str, datetime, datetime], list[Evidence]] = {}
    for item in ordered:
        made.setdefault((item.query, *item.window), []).append(item)
    return tuple(
        Query(f"Q{n}", items[0], tuple(i.id for i in items)) for n, items in enumerate(made.values(), 1)
    )  # fmt: skip


def _signals(incident: Incident, rows: list[Evidence]) -> tuple[tuple[Evidence, Series], ...]:
    """The signal that paged with what was read of it after a rollback, then the others; one a metric."""
    check = incident.last(Check)
    found = [(item, s) for item in rows if (s := observed.series(item)) and len(s.readings) >= TWO]
    found.sort(key=lambda pair: pair[1].kind != "signal")
    once: dict[tuple[str, str | None], tuple[Evidence, Series]] = {}
    for item, series in found:
        told = _continued(series, check) if series.kind == "signal" else series
        once.setdefault((series.service, series.metric), (item, told))
    return tuple(once.values())[:CHARTS]


def _continued(series: Series, check: Check | None) -> Series:
    """Return the series with what was read later, where that is in the same unit: of counters growth is checked."""
    if check is None or check.threshold != series.threshold:
        return series
    read = {**dict(series.readings), **{r.at: r.value for r in check.readings}}
    return series.model_copy(update={"readings": tuple(sorted(read.items())), "usual": check.usual})


def before_and_after(incident: Incident, chosen: Chosen) -> Series | None:
    """Return the signal that paged until after a rollback: as filed and read on, else as the check read it alone."""
    check, alert = incident.last(Check), incident.alert
    filed = next((seen for _, seen in chosen.signals if seen.kind == "signal"), None)
    if check is None or len(check.readings) < TWO or (filed and filed.readings[-1][0] >= check.readings[-1].at):
        return filed
    read = tuple((r.at, r.value) for r in check.readings)
    return Series(
        kind="signal", service=alert.service, metric=alert.metric, threshold=check.threshold, usual=check.usual,
        readings=read,
    )  # fmt: skip


def _quiet_by(check: Check | None) -> datetime | None:
    """The last reading of a signal that recovered: a mark beyond it would be outside its chart."""
    if check is None or check.result is not Recovery.RECOVERED:
        return None
    return max((r.at for r in check.readings), default=check.at)


def _marks(incident: Incident, diagnosis: Diagnosis | None) -> tuple[Mark, ...]:
    started, check = incident.last(RollbackStarted), incident.last(Check)
    culprit = diagnosis.culprit_change if diagnosis else None
    named: tuple[tuple[str, datetime | None], ...] = (
        ("change", culprit.at if culprit else None),
        ("onset", diagnosis.onset if diagnosis else None),
        ("alert", incident.alert.fired_at),
        ("rollback", started.at if started else None),
        ("recovered", _quiet_by(check)),
    )
    return tuple(Mark(kind, at) for kind, at in named if at is not None)
