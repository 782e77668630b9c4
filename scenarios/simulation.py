"""One run of the model, and everything that was recorded of it. Each signal is made when it is first asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

import polars as pl

from incident.change import Event
from scenarios.forces import forces
from scenarios.gauges import Happened, scraped
from scenarios.lines import LogLine, logged
from scenarios.network import network
from scenarios.physics import run
from scenarios.plan import STEP, Grid
from scenarios.releases import Release, undone
from scenarios.requests import Sampled, Span, sample
from scenarios.schema import Scenario


class Simulation:
    """A world from ``scenario.before`` ahead of the alert until ``end`` (seconds after it), with these rollbacks done.

    The same scenario, seed, alert time and rollbacks give the same rows up to any moment, however late the end.
    """

    def __init__(
        self, scenario: Scenario, seed: int, fired_at: datetime, shipped: Mapping[str, tuple[Release, ...]]
    ) -> None:
        self._scenario, self._seed, self._fired_at, self._shipped = scenario, seed, fired_at, shipped
        self._rollbacks: tuple[Release, ...] = ()
        self.end = 0.0

    def until(self, end: float, rollbacks: Sequence[Release] = ()) -> "Simulation":
        """Return the same world, further on."""
        later = Simulation(self._scenario, self._seed, self._fired_at, self._shipped)
        later.end, later._rollbacks = end, tuple(rollbacks)
        return later

    @cached_property
    def happened(self) -> Happened:
        """What really went on."""
        grid = Grid.between(self._fired_at, -self._scenario.before, self.end)
        net = network(self._scenario.system)
        out = undone(self._rollbacks, self._shipped, self._fired_at)
        on = forces(self._scenario, net, self._seed, grid, out)
        return Happened(self._scenario, net, grid, self._seed, on, run(net, on, self._seed))

    @cached_property
    def metrics(self) -> pl.DataFrame:
        """``timestamp, service, metric, value``."""
        return scraped(self.happened)

    @cached_property
    def _sampled(self) -> Sampled:
        return sample(self.happened)

    @cached_property
    def spans(self) -> pl.DataFrame:
        """The columns of `Telemetry.spans`."""
        rows = pl.DataFrame(self._sampled.spans, schema=_SPANS, orient="row")
        return rows.with_columns(start=self._clock("start", "service"))

    @cached_property
    def logs(self) -> pl.DataFrame:
        """The columns of `Telemetry.logs`."""
        releases = [release for chain in self._shipped.values() for release in chain]
        rows = logged(self.happened, self._sampled.failures, [*releases, *self._rollbacks])
        frame = pl.DataFrame(rows, schema=_LOGS, orient="row")
        return frame.with_columns(timestamp=self._clock("timestamp", "service")).sort("timestamp", maintain_order=True)

    @cached_property
    def kills(self) -> tuple[Event, ...]:
        """What the platform said about instances that it killed."""
        world = self.happened
        return tuple(
            Event(
                at=self._fired_at + timedelta(seconds=float(world.grid.times[t]) + STEP / 3),
                source="kubernetes",
                service=world.net.names[i],
                status="OOMKilled",
                message=f"Container {world.net.names[i]} exceeded its memory limit and was restarted",
            )
            for t, i in zip(*world.course.killed.nonzero(), strict=True)
        )

    def _clock(self, seconds: str, service: str) -> pl.Expr:
        """Turn seconds after the alert into what the service's own, possibly wrong, clock said."""
        skew = self._scenario.clock_skew
        wrong = pl.col(service).replace_strict(skew, default=0.0, return_dtype=pl.Float64) if skew else pl.lit(0.0)
        micros = ((pl.col(seconds) + wrong) * 1e6).round().cast(pl.Int64)
        return pl.lit(self._fired_at).dt.cast_time_unit("us") + micros.cast(pl.Duration("us"))


_SPANS = {
    name: pl.Float64 if name in {"start", "duration_ms"} else pl.String for name in Span._fields
}  # fmt: skip
_LOGS = {("timestamp" if name == "at" else name): pl.Float64 if name == "at" else pl.String for name in LogLine._fields}
