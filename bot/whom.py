"""Whom a question goes to: the approvers of the settings, and of them those whom the service's owners name."""

from slack_sdk.web.async_client import AsyncWebClient

from bot.in_force import InForce
from bot.people import People
from incident.catalog import Entry
from incident.facts import Asked, Verdict
from incident.model import Incident

CATALOG = "SFA_CATALOG"


class Whom:
    """One for the process; each question is answered by Slack as it is at that moment."""

    def __init__(self, client: AsyncWebClient, approvers: People, in_force: InForce) -> None:
        self.approvers = approvers
        self._client, self._in_force = client, in_force

    async def __call__(self, incident: Incident, verdict: Verdict) -> Asked:
        """Return who is asked, who made the change, and which group is on call for the service."""
        entry = await self._entry(incident, verdict)
        owners = self._owners(entry)
        narrowest = owners or self.approvers
        approvers = await self.approvers.everybody()
        on_call = await self._named(() if entry.on_call is None else (entry.on_call,)).readable()
        return Asked(
            named=await narrowest.readable(),
            approvers=tuple(sorted(approvers if owners is None else approvers & await owners.everybody())),
            on_call=next(iter(on_call), None),
            maker=(await self._in_force.policy()).catalog.person(verdict.deployed_by),
        )

    async def owners(self, incident: Incident) -> People | None:
        """Return whom the catalog names for what an incident proposes; None where it leaves it to the settings."""
        verdict = incident.last(Verdict)
        return None if verdict is None else self._owners(await self._entry(incident, verdict))

    async def _entry(self, incident: Incident, verdict: Verdict) -> Entry:
        service = None if verdict.plan is None else verdict.plan.service
        return (await self._in_force.policy()).entry(incident.world, service)

    def _owners(self, entry: Entry) -> People | None:
        return None if entry.approvers is None else self._named(entry.approvers)

    def _named(self, named: tuple[str, ...]) -> People:
        async def listed() -> tuple[str, ...]:
            return named

        return People(self._client, CATALOG, listed)
