"""The team as the middle sees it: an incident and its telemetry in, turns and one diagnosis out.

AutoGen and analysis are imported when an investigation starts, not before.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from incident.facts import Agent, Diagnosis, Turn
from incident.model import Incident
from incident.ports import Clock, Heard, Telemetry

if TYPE_CHECKING:
    from agents.case import Case
    from agents.clients.offline import OfflineClient
    from agents.windows import Scope

OFFLINE = "offline"
LONGEST = timedelta(seconds=120)
BACK = timedelta(hours=3)


class Crew(NamedTuple):
    """Who thinks and with what. ``client`` makes one incident's model client, None is the offline reasoner.

    ``model`` is the name in turns and usage; ``may_use`` can take tools away from an agent.
    """

    model: str = OFFLINE
    client: Callable[[Case], OfflineClient] | None = None
    may_use: Callable[[Agent, str], bool] = lambda _agent, _tool: True

    def think(self, case: Case) -> OfflineClient:
        """Return a model client for one incident."""
        if self.client is not None:
            return self.client(case)
        from agents.clients.offline import OfflineClient

        return OfflineClient(case)


class TeamInvestigator:
    """Investigates with a fresh team for each incident; may serve several at once.

    ``as_of`` is the last moment whose telemetry may be used (None: 10 minutes after the alert), ``window`` how much
    before the alert is read. ``working`` hears which agent does what right now: ``plans``, ``looks``, ``decides``,
    or a tool call.
    """

    def __init__(  # noqa: PLR0913 - each is a setting of its own
        self,
        *,
        as_of: datetime | None = None,
        deadline: timedelta = LONGEST,
        window: timedelta = BACK,
        clock: Clock | None = None,
        working: Callable[[str, str], None] | None = None,
        crew: Crew | None = None,
    ) -> None:
        self.as_of = as_of
        self.deadline = deadline
        self.window = window
        self.now = clock.now if clock is not None else _wall
        self.crew = crew or Crew()
        self._working = working

    async def investigate(
        self, incident: Incident, telemetry: Telemetry, heard: Heard
    ) -> AsyncGenerator[Turn | Diagnosis, None]:
        """Yield turns as they happen and one diagnosis at last, whatever fails on the way."""
        from agents.session import Session

        async with aclosing(Session(self, incident, telemetry, heard).run()) as facts:
            async for fact in facts:
                yield fact

    def tell(self, agent: Agent, doing: str) -> None:
        """Let whoever watches know."""
        if self._working is not None:
            self._working(agent.value, doing)

    def scope(self) -> Scope:
        """Return how far back, and up to when, telemetry is used."""
        from agents.windows import Scope

        return Scope(signals=self.window, as_of=self.as_of)


def _wall() -> datetime:
    return datetime.now(UTC)
