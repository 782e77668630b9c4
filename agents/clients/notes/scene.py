"""Everything that the metrics tools answered, sorted for whoever writes about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from agents.analysis.metric_kinds import is_capacity
from agents.analysis.observations import AlertSignal, CallShift, MetricShift, Seen, ServiceRanking, Signal
from agents.analysis.services import calls
from agents.clients.notes.saying import minute
from agents.units import said_as
from incident.alert import Alert
from incident.change import Topology


class Moved(NamedTuple):
    """A series that moved, with its evidence."""

    seen: Seen
    shift: MetricShift

    @property
    def is_limit(self) -> bool:
        """True of a pool's size, a quota: what others are measured against."""
        return is_capacity(self.shift.metric)

    @property
    def is_load(self) -> bool:
        """True of what is asked of a service."""
        return self.shift.signal is Signal.TRAFFIC

    @property
    def is_trouble(self) -> bool:
        """True of what goes wrong, neither a limit nor load."""
        return not self.is_limit and not self.is_load

    def level(self, value: float) -> str:
        """Return a reading of the series as one says it."""
        return said_as(self.shift.metric, value)

    def path(self, alert: Alert) -> str:
        """Return where it went from where, and since when."""
        slowly = " little by little" if self.shift.gradual else ""
        levels = f"{self.shift.metric}{slowly} from {self.level(self.shift.before)} to {self.level(self.shift.after)}"
        return levels + (f" since {minute(self.shift.onset, alert.fired_at)}" if self.shift.onset else "")


class Scene(NamedTuple):
    """Everything that the tools answered, sorted; ``whole``: nothing was left out of the answers."""

    alert: Alert
    moved: tuple[Moved, ...]
    called: tuple[tuple[Seen, CallShift], ...]
    signal: tuple[Seen, AlertSignal] | None
    graph: Topology
    ranked: tuple[Seen, ServiceRanking] | None
    whole: bool

    @property
    def suspect(self) -> str | None:
        """Who most likely failed first, as far as metrics and calls tell."""
        if self.ranked is not None:
            return self.ranked[1].entries[0].service
        return self.moved[0].shift.service if self.moved else None

    def of(self, service: str | None) -> list[Moved]:
        """Return what moved at a service, limits and load left out, the strongest first."""
        return [m for m in self.moved if m.shift.service == service and m.is_trouble]

    @property
    def begun(self) -> datetime | None:
        """When the first suspect left its usual range, by its own series and by the signal that paged."""
        own = [m.shift.onset for m in self.of(self.suspect)]
        if self.signal is not None and self.signal[1].service == self.suspect:
            own.append(self.signal[1].onset)
        return min((moment for moment in own if moment is not None), default=None)


def look(seen: Sequence[Seen], alert: Alert, *, whole: bool) -> Scene:
    """Sort what was observed."""
    return Scene(
        alert,
        tuple(Moved(s, s.what) for s in seen if isinstance(s.what, MetricShift)),
        tuple((s, s.what) for s in seen if isinstance(s.what, CallShift)),
        next(((s, s.what) for s in seen if isinstance(s.what, AlertSignal)), None),
        calls(seen),
        next(((s, s.what) for s in seen if isinstance(s.what, ServiceRanking) and s.what.entries), None),
        whole,
    )
