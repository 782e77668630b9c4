"""What a baseline sees of an incident: the same telemetry and window as our method, as plain matrices and texts."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from agents.analysis.calls import infer_calls
from agents.analysis.templates import masked
from agents.windows import Scope
from incident.alert import Alert
from incident.change import Change, Commit, Topology
from incident.ports import NotRecorded, Telemetry
from incident.values import Window

Matrix = np.ndarray[Any, np.dtype[np.float64]]

LEAD = timedelta(minutes=5)
"""Before the alert: where the published methods' "time of the fault" is put. Nobody who is paged knows the true one."""
NEWLY = timedelta(minutes=30)
"""Before the alert: an error that wasn't said earlier is new."""
STEP = "1m"
MOST_MISSING = 0.5
"""A series that lacks more of its readings can't be compared."""
BAD_LEVEL = r"(?i)err|fatal|crit|severe|panic|emerg|alert"


class CannotTell(Exception):
    """The method has nothing to go by, or its library broke: it gave no answer, and that is counted as wrong."""


class Readings(NamedTuple):
    """Readings a minute before and since the fault, a column a series. ``series`` has service and metric of each."""

    series: tuple[tuple[str, str], ...]
    before: Matrix
    since: Matrix


class Blamable(NamedTuple):
    """A change before the alert with the commit that it shipped, as far as either was recorded."""

    change: Change | None
    commit: Commit | None

    @property
    def text(self) -> str:
        """All that it says of itself."""
        commit = self.commit
        told = (commit.message, " ".join(commit.files), commit.diff or "") if commit else ()
        return "\n".join((self.change.title if self.change else "", *told))


class Sight(NamedTuple):
    """One incident, as every baseline gets it."""

    alert: Alert
    telemetry: Telemetry

    async def readings(self) -> Readings:
        """Return comparable series; "before" is the healthy period where there is one, else what precedes the fault."""
        rows = pl.DataFrame(await self.telemetry.metrics(self._signals()))
        begin = self.alert.fired_at - LEAD
        since = _wide(rows.filter(pl.col("timestamp") >= begin))
        before = _wide(await self._healthy(rows.filter(pl.col("timestamp") < begin)))
        shared = sorted(set(since.columns) & set(before.columns) - {"timestamp"})
        if not shared or before.height < 2 or since.is_empty():  # noqa: PLR2004 - a spread needs two
            message = "no series has readings on both sides of the alert"
            raise CannotTell(message)
        series = tuple((service, name) for service, _, name in (column.partition("\x1f") for column in shared))
        return Readings(series, before.select(shared).to_numpy(), since.select(shared).to_numpy())

    async def _healthy(self, early: pl.DataFrame) -> pl.DataFrame:
        try:
            baseline = await self.telemetry.baseline()
            return pl.DataFrame(await baseline.metrics(await baseline.extent()))
        except NotRecorded:
            return early

    async def graph(self) -> Topology:
        """Return who calls whom, declared or as spans show it."""
        try:
            return await self.telemetry.topology()
        except NotRecorded:
            seen = infer_calls(pl.DataFrame(await self.telemetry.spans(self._signals())))
            return Topology(depends_on=seen.depends_on, inferred=True)

    async def new_errors(self) -> tuple[str, ...]:
        """Return errors around the alert whose wording was not logged earlier; all of them where none is new."""
        lines = pl.DataFrame(await self.telemetry.logs(self._signals()))
        lines = lines.filter(pl.col("level").str.contains(BAD_LEVEL))
        lines = lines.with_columns(wording=masked(lines["message"]))
        early = pl.col("timestamp") < self.alert.fired_at - NEWLY
        late = lines.filter(~early)
        new = late.filter(~pl.col("wording").is_in(lines.filter(early)["wording"].implode()))
        return tuple((late if new.is_empty() else new).unique("wording", maintain_order=True)["message"])

    async def blamable(self) -> Sequence[Blamable]:
        """Return the changes before the alert, oldest first, and the commits that none of them is known to ship."""
        window = Window(Scope().change_window(self.alert).start, self.alert.fired_at)
        changes = await self.telemetry.changes(window)
        try:
            commits = await self.telemetry.commits(window)
        except NotRecorded:
            commits = ()
        by_sha = {commit.sha: commit for commit in commits}
        shipped = [Blamable(change, by_sha.pop(change.commit or "", None)) for change in changes]
        return [*(Blamable(None, commit) for commit in by_sha.values()), *shipped]

    def _signals(self) -> Window:
        return Scope().signal_window(self.alert)


def _wide(rows: pl.DataFrame) -> pl.DataFrame:
    """Return a row a minute and a column a series, holes filled from the reading before (or else after)."""
    if rows.is_empty():
        return pl.DataFrame({"timestamp": []})
    long = rows.select(
        pl.col("timestamp").dt.truncate(STEP), pl.concat_str("service", "metric", separator="\x1f").alias("of"), "value"
    )
    wide = long.pivot("of", index="timestamp", values="value", aggregate_function="mean").sort("timestamp")
    full = [name for name in wide.columns if wide[name].null_count() <= MOST_MISSING * wide.height]
    return wide.select(full).fill_null(strategy="forward").fill_null(strategy="backward")
