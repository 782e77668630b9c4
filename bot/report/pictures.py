"""The pictures of one report, by the names under which its text asks for them."""

from collections.abc import Iterator

from bot.report.charts import chart, charts
from bot.report.chosen import Chosen, before_and_after
from bot.report.diagrams import chain_picture, flow_picture
from bot.report.drawing import Picture
from bot.report.team import flow
from incident.model import Incident

TWO = 2


def pictures(incident: Incident, chosen: Chosen) -> dict[str, Picture]:
    """Return ``flow``, and where there is something to see ``signal``, ``signals`` and ``chain``."""
    return dict(_drawn(incident, chosen))


def _drawn(incident: Incident, chosen: Chosen) -> Iterator[tuple[str, Picture]]:
    yield "flow", flow_picture(flow(incident))
    if chosen.spread is not None and sum(len(c) for c in chosen.spread.columns) >= TWO:
        yield "chain", chain_picture(chosen.spread)
    series = [seen for _, seen in chosen.signals]
    first = before_and_after(incident, chosen) or next(iter(series), None)
    if first is not None:
        yield "signal", chart(first, chosen.marks)
    if rest := [seen for seen in series if seen is not first and seen.kind != "signal"]:
        yield "signals", charts(rest, chosen.marks)
