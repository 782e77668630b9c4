"""The pictures of one report, by the names under which its text asks for them."""

from collections.abc import Iterator

from bot.report.charts import Mark, chart
from bot.report.chosen import Chosen
from bot.report.diagrams import chain_picture, flow_picture
from bot.report.drawing import Picture
from bot.report.observed import Series
from bot.report.team import flow
from incident.facts import Check, Recovery, RollbackStarted
from incident.model import Incident

TWO = 2


def pictures(incident: Incident, chosen: Chosen) -> dict[str, Picture]:
    """Return ``flow``, and where there is something to see ``chain``, ``chart-1`` to ``chart-4`` and ``recovery``."""
    return dict(_drawn(incident, chosen))


def _drawn(incident: Incident, chosen: Chosen) -> Iterator[tuple[str, Picture]]:
    yield "flow", flow_picture(flow(incident))
    if chosen.spread is not None and sum(len(c) for c in chosen.spread.columns) >= TWO:
        yield "chain", chain_picture(chosen.spread)
    for number, (_, series) in enumerate(chosen.signals, 1):
        yield f"chart-{number}", chart(series, chosen.marks)
    recovery = recovery_picture(incident)
    if recovery is not None:
        yield "recovery", recovery


def recovery_picture(incident: Incident) -> Picture | None:
    """Return the signal that paged after the rollback; None where it was not read twice."""
    check, started = incident.last(Check), incident.last(RollbackStarted)
    if check is None or len(check.readings) < TWO:
        return None
    alert = incident.alert
    series = Series(
        kind="signal", service=alert.service, metric=alert.metric, threshold=check.threshold,
        readings=tuple(sorted((r.at, r.value) for r in check.readings)),
    )  # fmt: skip
    marks = [Mark("rollback", started.at)] if started else []
    if check.result is Recovery.RECOVERED:
        marks.append(Mark("recovered", check.at))
    return chart(series, marks, f"After the rollback: {series.name}")
