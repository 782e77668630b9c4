"""What can be seen where no system is connected: nothing, and it says so."""

from typing import Never

from incident.alert import Alert
from incident.ports import NotRecorded, Telemetry
from incident.values import Window

NOTHING = "no system is connected that this alert could be looked up in"


class Nowhere:
    """`Telemetry` of a production that nobody has connected."""

    async def metrics(self, window: Window) -> Never:
        """Raise `NotRecorded`, as everything here does."""
        del window
        raise NotRecorded(NOTHING)

    logs = spans = changes = commits = events = metrics

    async def topology(self) -> Never:
        """Raise `NotRecorded`."""
        raise NotRecorded(NOTHING)

    async def baseline(self) -> Telemetry:
        """Raise `NotRecorded`."""
        raise NotRecorded(NOTHING)

    async def extent(self) -> Window:
        """Raise `NotRecorded`."""
        raise NotRecorded(NOTHING)

    async def signal(self, alert: Alert, window: Window) -> Never:
        """Raise `NotRecorded`."""
        del alert, window
        raise NotRecorded(NOTHING)

    def gaps(self) -> tuple[str, ...]:
        """Return what is missing: everything."""
        return (NOTHING,)
