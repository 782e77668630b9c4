"""An incident tried out before anybody is paged: what would have been measured, and who would have suffered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from scenarios.gauges import Happened
from scenarios.generator.draft import Draft, Trouble
from scenarios.releases import shipped
from scenarios.schema import Rule, Scenario
from scenarios.simulation import Simulation

SURE = 600.0
"""Seconds that a trial goes on after its horizon."""
NOBODY = Rule(service="nobody", name="none yet", metric="none yet", threshold=0, value=0, summary="none yet")
FELT_ERRORS, FELT_SLOWNESS = 0.02, 1.5
"""Suffering is so many more failing requests, or answers so many times as slow."""


class Trial(NamedTuple):
    """A run from before the onset to the end of the horizon."""

    happened: Happened
    metrics: pl.DataFrame
    """``timestamp`` in seconds after the onset."""
    onset: float
    """Seconds after the alert that nobody was sent."""
    calm: "Trial | None" = None

    @classmethod
    def of(cls, draft: Draft, trouble: Trouble, sides: Mapping[str, Any], seed: int, fired_at: datetime) -> "Trial":
        """Let it happen."""
        rule = NOBODY.model_copy(update={"service": draft.layout.entries[0]})
        scenario = draft.scenario(rule, trouble.horizon + SURE, **sides)
        return cls._run(scenario, trouble, seed, fired_at)

    @classmethod
    def _run(cls, scenario: Scenario, trouble: Trouble, seed: int, fired_at: datetime) -> "Trial":
        model = Simulation(scenario, seed, fired_at, shipped(scenario, fired_at)).until(0)
        onset = -trouble.horizon - SURE
        since = (pl.col("timestamp") - pl.lit(fired_at)).dt.total_microseconds() / 1e6 - onset
        return cls(model.happened, model.metrics.with_columns(timestamp=since), onset)

    def without(self, trouble: Trouble) -> "Trial":
        """Return what would have been measured had nothing gone wrong."""
        scenario = self.happened.scenario.model_copy(update={"faults": ()})
        return self._run(scenario, trouble, self.happened.seed, self.happened.grid.fired_at)

    def suffering(self, at: float) -> tuple[str, ...]:
        """Return who felt it so many seconds after the onset, of the company's own."""
        times, now = self.happened.grid.times - self.onset, self.happened.course
        usual, bad = times < -60, (times > at - 300) & (times <= at)  # noqa: PLR2004 - a minute and five
        if not bad.any():
            bad = times == times[-1]

        failing = now.errors + now.shed
        errors = failing[bad].mean(axis=0) - failing[usual].mean(axis=0)
        slower = now.p99[bad].mean(axis=0) / now.p99[usual].mean(axis=0)
        felt = (errors > FELT_ERRORS) | (slower > FELT_SLOWNESS)
        names = np.array(self.happened.net.names)[felt].tolist()
        return tuple(str(name) for name in names if self.happened.scenario.system.services[name].kind != "external")
