"""What an answer may ask of telemetry beyond what the team asks: which lines and which levels there were, and when."""

from datetime import datetime
from typing import Final

import polars as pl

from agents.analysis.levels import ERROR, severity
from agents.analysis.logs import search
from agents.analysis.metric_kinds import signal_of
from agents.analysis.observations import OBSERVATION, LogPattern, MetricShift
from agents.log_tools import LogTools
from agents.metric_tools import MetricTools
from agents.statements import quoted
from agents.tools import Call, Question, Reply, computed
from agents.units import dated, quantity
from incident.evidence import Evidence, Source
from incident.values import Window

SHOWN: Final = 10
SERIES: Final = 24
ERRORS: Final = "errors"
ANY: Final = "."


class LineTools(LogTools):
    """Log lines of a stretch of time."""

    async def log_lines(self, service: str, since: str, until: str, level: str) -> str:
        """Which lines were logged then, by template; ``level`` errors leaves out all others."""
        whole = self.desk.scope.signal_window(self.desk.alert)
        return await self.ask(
            Call("log_lines", Source.LOGS, whole, service, since, until, "level", level), self._within
        )

    async def _within(self, asked: Question) -> Reply:
        logs, redactor = await self.desk.logs(), self.ledger.redactors[self.agent]

        def look() -> list[LogPattern]:
            lines = _errors(logs) if asked.text == ERRORS else logs
            return [p for p in search(lines, None, ANY, asked.window, redactor) if asked.about(p.service)]

        found = sorted(await computed(look), key=lambda p: -p.after)
        return Reply(found[:SHOWN], len(found) - len(found[:SHOWN]))


class LevelTools(MetricTools):
    """Readings of a stretch of time."""

    async def metric_levels(self, service: str, since: str, until: str) -> str:
        """Where each series of a service was then: ``before`` is its middle until then, ``after`` the middle then."""
        whole = self.desk.scope.signal_window(self.desk.alert)
        return await self.ask(Call("metric_levels", Source.METRICS, whole, service, since, until), self._levels)

    async def _levels(self, asked: Question) -> Reply:
        metrics = await self.desk.metrics()
        found = await computed(lambda: [m for m in _levels(metrics, asked.window) if asked.about(m.service)])
        return Reply(found[:SERIES], len(found) - len(found[:SERIES]))


def in_its_words(item: Evidence, fired_at: datetime) -> str:
    """Return what evidence of these tools says of its own window; its statement speaks of the whole one."""
    match OBSERVATION.validate_python(item.values):
        case LogPattern() as lines if item.query.startswith("log_lines"):
            return _lines(lines, item.window[0], fired_at)
        case MetricShift() as level if item.query.startswith("metric_levels"):
            was, most, usual = (quantity(level.metric, v) for v in (level.after, level.peak, level.before))
            before = f"; until then at {usual}" if usual != was else ""
            return f"{level.service}: {level.metric} was at {was} then, at most {most}{before}"
        case _:
            return item.statement


def _lines(lines: LogPattern, start: datetime, fired_at: datetime) -> str:
    said = f"{lines.service} {lines.level}: {quoted(lines.example)} {lines.after:,} line{'s' * (lines.after != 1)}"
    if lines.first_at and lines.first_at >= start:
        said += f", first at {dated(lines.first_at, fired_at)}"
    said += f", last at {dated(lines.last_at, fired_at)}" if lines.last_at else ""
    return said + (f"; {lines.before:,} before that" if lines.before else "")


def _errors(logs: pl.DataFrame) -> pl.DataFrame:
    level, message = (logs[name].cast(pl.String) for name in ("level", "message"))
    return logs.filter(severity(level, message) >= ERROR)


def _levels(metrics: pl.DataFrame, window: Window) -> list[MetricShift]:
    known = metrics.filter(pl.col("timestamp") < window.end)
    inside, value = pl.col("timestamp") >= window.start, pl.col("value")
    grouped = known.group_by("service", "metric").agg(
        before=value.filter(~inside).median(),
        after=value.filter(inside).median(),
        peak=value.filter(inside).max(),
    )
    rows = grouped.drop_nulls("after").sort("service", "metric").iter_rows(named=True)
    return [
        MetricShift(
            service=row["service"], metric=row["metric"], signal=signal_of(row["metric"]),
            before=row["after"] if row["before"] is None else row["before"], after=row["after"], peak=row["peak"],
            onset=None, score=0.0,
        )
        for row in rows
    ]  # fmt: skip
