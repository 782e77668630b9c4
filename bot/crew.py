"""What every incident is worked on with, and the hands that one incident gets of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from agents.traffic import traffic
from bot.app import Place
from bot.beginning import asks_first
from bot.places import Places, unseen_place
from bot.working import Watch, Working
from incident.alert import Alert
from incident.hands import Hands, Whom
from incident.model import Incident
from incident.policy import Policy, Rules
from incident.ports import Chat, Investigator
from incident.responder import Responder
from storage.leases import SqlLeases
from storage.memory import Origin
from storage.store import SqlStore


class Crew(NamedTuple):
    """One for the process."""

    store: SqlStore
    leases: SqlLeases
    chat: Chat
    places: Places
    rules: Rules
    investigator: Callable[[Place, Watch], Investigator]
    working: Working
    whom: Whom | None = None

    def equipped(self, place: Place, watch: Watch) -> Hands:
        """Return hands for an incident there; ``watch`` hears of the team's work."""
        return Hands(
            store=self.store,
            chats=(self.chat,),
            investigator=self.investigator(place, watch),
            telemetry=place.telemetry,
            clock=place.clock,
            rules=self._rules_for(place.alert),
            deployer=place.deployer,
            whom=self.whom,
            traffic=traffic,
        )

    def opening(self, hands: Hands, origin: Origin) -> Responder:
        """Return who opens an incident with these hands, its thread beginning at ``origin``."""
        return Responder(replace(hands, store=self.store.beginning_at(origin)))

    def _rules_for(self, alert: Alert) -> Rules:
        async def rules() -> Policy:
            return (await self.rules()).model_copy(update={"asks_first": asks_first(alert)})

        return rules

    async def resuming(self, incident: Incident) -> Hands:
        """Return hands for a stored incident, in its place as it is now."""
        watch = Watch(self.working)
        watch.incident_id = incident.id
        place = (await self.places.again(incident))._replace(alert=incident.alert)
        return self.equipped(place, watch)

    def writing(self, incident: Incident) -> Hands:
        """Return hands that only write: nothing is read or done where an incident has ended."""
        return self.equipped(unseen_place(incident.alert, incident.environment), Watch(self.working))
