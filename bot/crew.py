"""What every incident is worked on with, and the hands that one incident gets of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from bot.app import Place
from bot.places import Places, unseen_place
from bot.working import Watch, Working
from incident.alert import Alert
from incident.facts import Fact
from incident.hands import Hands
from incident.model import Incident
from incident.policy import Policy
from incident.ports import Chat, Investigator
from storage.memory import Origin, SqlMemory
from storage.store import SqlStore

LATE_LABEL = "late"
"""Marks an alert that was read after the fact."""


def late(alert: Alert) -> Alert:
    """Return the alert as one that was read late: it says so, and nothing is done about it without a person."""
    said = f"Read late, after nobody had listened for a while: nothing is done by itself. {alert.summary}"
    return alert.model_copy(update={"summary": said, "labels": {**alert.labels, LATE_LABEL: "true"}})


@dataclass(frozen=True)
class Beginning:
    """A `Chat` that notes where an incident's thread belongs before anything of it is shown."""

    chat: Chat
    memory: SqlMemory
    origin: Origin

    async def show(self, incident: Incident, fact: Fact | None, seq: int) -> None:
        """See `Chat`."""
        if await self.memory.thread(incident.id) is None:
            await self.memory.begin(incident.id, self.origin)
        await self.chat.show(incident, fact, seq)


class Crew(NamedTuple):
    """One for the process."""

    store: SqlStore
    memory: SqlMemory
    chat: Chat
    places: Places
    policy: Policy
    investigator: Callable[[Place, Watch], Investigator]
    working: Working

    def equipped(self, place: Place, watch: Watch) -> Hands:
        """Return hands for an incident there; ``watch`` hears of the team's work."""
        return Hands(
            store=self.store,
            chats=(self.chat,),
            investigator=self.investigator(place, watch),
            telemetry=place.telemetry,
            clock=place.clock,
            policy=self.policy.model_copy(update={"asks_first": LATE_LABEL in place.alert.labels}),
            deployer=place.deployer,
        )

    async def resuming(self, incident: Incident) -> Hands:
        """Return hands for a stored incident, in its place as it is now."""
        watch = Watch(self.working)
        watch.incident_id = incident.id
        return self.equipped(await self.places.again(incident), watch)

    def writing(self, incident: Incident) -> Hands:
        """Return hands that only write: nothing is read or done where an incident has ended."""
        return self.equipped(unseen_place(incident.alert, incident.environment), Watch(self.working))
