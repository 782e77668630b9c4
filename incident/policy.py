"""What people allow, as it holds at one moment: read by the gate and by the steps."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from incident.catalog import Catalog, Entry
from incident.diagnosis import Confidence
from incident.mode import Mode
from incident.status import World
from incident.values import Instant, Name, Text, Value

REAL_VETO_WINDOW = timedelta(seconds=60)


class Pause(Value):
    """Somebody has paused acting: ``by`` is a person, a caller of the API, or the setting that holds it."""

    by: Name
    since: Instant
    reason: Text = ""

    def __str__(self) -> str:
        """Return it as a sentence."""
        why = f": {self.reason.strip().rstrip('.')}" if self.reason.strip() else ""
        return f"Acting is paused by {self.by} since {self.since:%Y-%m-%d %H:%M} UTC{why}."


class Policy(Value):
    """The settings of interface.md that bear on acting. ``rehearse`` (--dry-run): judge, and execute nothing anywhere.

    ``asks_first``: nothing happens without a person, whatever the world. ``veto_window`` is None where nobody set one.
    A rollback has worked when the signal that paged was quiet for ``settle``; it is read each ``poll``, and for
    ``patience`` at most. ``taught`` says why ``confidence_auto`` is more than was set, where people's words raised it.
    """

    pause: Pause | None = None
    mode: Mode = Mode.ASK
    rehearse: bool = False
    asks_first: bool = False
    confidence_auto: Confidence = 0.85
    confidence_ask: Confidence = 0.50
    environments: tuple[str, ...] = ("production",)
    approvals_needed: Annotated[int, Field(ge=1, le=2)] = 1
    approval_ttl: timedelta = timedelta(minutes=30)
    veto_window: timedelta | None = None
    reopen: timedelta = timedelta(hours=24)
    settle: timedelta = timedelta(minutes=3)
    patience: timedelta = timedelta(minutes=20)
    taught: Text = ""
    poll: timedelta = timedelta(seconds=30)
    catalog: Catalog = Catalog()

    def entry(self, world: World, service: str | None) -> Entry:
        """Return what its owners say of a service: of real ones, whatever made-up ones are called."""
        return self.catalog.entry(service) if world is World.REAL else Entry()

    def mode_in(self, world: World, service: str | None = None) -> Mode:
        """Return the mode that counts there for a service; made-up and recorded worlds are judged as auto."""
        mode = self.mode.at_most(self.entry(world, service).mode) if world is World.REAL else Mode.AUTO
        return Mode.ASK if self.asks_first and mode is Mode.AUTO else mode

    def veto_window_in(self, world: World) -> timedelta:
        """Return how long people may stop an automatic rollback before it starts."""
        if self.veto_window is not None:
            return self.veto_window
        return REAL_VETO_WINDOW if world is World.REAL else timedelta(0)

    def rehearsed_in(self, world: World) -> bool:
        """Tell whether nothing may be executed there."""
        return self.rehearse or world is World.RECORDED


Rules = Callable[[], Awaitable[Policy]]
"""Says what people allow at this moment: they may change it while an incident is open, in another process, too."""


def unchanging(policy: Policy) -> Rules:
    """Return rules for where nobody can change them: the command line."""

    async def rules() -> Policy:
        return policy

    return rules
