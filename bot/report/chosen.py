"""What of an incident's evidence a report shows: cited things first, then the loudest."""

from datetime import datetime
from typing import NamedTuple

from bot.report import observed
from bot.report.charts import Mark
from bot.report.observed import Series
from bot.report.options import Options
from bot.report.spread import Spread, spread
from incident.evidence import Evidence
from incident.facts import Diagnosis, RollbackStarted, Turn
from incident.model import Incident

CHARTS = 4
TWO = 2


class Chosen(NamedTuple):
    """The selection. ``signals`` are at most four series, ``marks`` the instants that their charts show."""

    evidence: tuple[Evidence, ...]
    signals: tuple[tuple[Evidence, Series], ...]
    marks: tuple[Mark, ...]
    spread: Spread | None

    @property
    def spread_note(self) -> str:
        """Where the call graph in the picture comes from."""
        if self.spread is None or not self.spread.calls:
            return ""
        return "" if self.spread.declared else "The arrows were inferred, nobody declared them."


def choose(incident: Incident, options: Options) -> Chosen:
    """Return what to show, in the order to show it."""
    diagnosis = incident.last(Diagnosis)
    cited = _cited(incident, diagnosis)
    rank = {item: i for i, item in enumerate(cited)}
    ordered = sorted(incident.evidence, key=lambda item: rank.get(item.id, len(rank)))
    shown = spread(incident, diagnosis) if diagnosis else None
    enough = shown if shown and (shown.culprit or len(shown.calls)) else None
    return Chosen(tuple(ordered[: options.evidence_rows]), _signals(ordered, rank), _marks(incident, diagnosis), enough)


def _cited(incident: Incident, diagnosis: Diagnosis | None) -> list[str]:
    """What the diagnosis rests on, then its chain, then what the agents cited."""
    ids: list[str] = []
    if diagnosis is not None:
        ids += [*diagnosis.evidence, *(i for link in diagnosis.causal_chain for i in link.evidence)]
    ids += [i for turn in incident.every(Turn) for i in turn.cites]
    return list(dict.fromkeys(ids))


def _signals(ordered: list[Evidence], rank: dict[str, int]) -> tuple[tuple[Evidence, Series], ...]:
    """The signal that paged, then cited series, then the strongest; one a metric."""
    found = [(item, s) for item in ordered if (s := observed.series(item)) and len(s.readings) >= TWO]
    found.sort(key=lambda pair: (pair[1].kind != "signal", rank.get(pair[0].id, len(rank)), -abs(pair[1].score)))
    once: dict[tuple[str, str | None], tuple[Evidence, Series]] = {}
    for item, series in found:
        once.setdefault((series.service, series.metric), (item, series))
    return tuple(once.values())[:CHARTS]


def _marks(incident: Incident, diagnosis: Diagnosis | None) -> tuple[Mark, ...]:
    started = incident.last(RollbackStarted)
    culprit = diagnosis.culprit_change if diagnosis else None
    named: tuple[tuple[str, datetime | None], ...] = (
        ("change", culprit.at if culprit else None),
        ("onset", diagnosis.onset if diagnosis else None),
        ("alert", incident.alert.fired_at),
        ("rollback", started.at if started else None),
    )
    return tuple(Mark(kind, at) for kind, at in named if at is not None)
