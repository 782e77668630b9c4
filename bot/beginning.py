"""How an incident begins in a chat: where its thread belongs, and what its alert is marked with."""

from dataclasses import dataclass

from incident.alert import Alert
from incident.facts import Fact
from incident.model import Incident
from incident.ports import Chat
from storage.memory import Origin, SqlMemory

LATE_LABEL, AGAIN_LABEL = "late", "looked-at-again"
"""Mark an alert that was read after the fact, and one that people have looked at before."""


def late(alert: Alert) -> Alert:
    """Return the alert as one that was read late: it says so, and nothing is done about it without a person."""
    said = f"Read late, after nobody had listened for a while: nothing is done by itself. {alert.summary}"
    return alert.model_copy(update={"summary": said, "labels": {**alert.labels, LATE_LABEL: "true"}})


def again(alert: Alert) -> Alert:
    """Return the alert as one that a person wants looked at again: nothing is done about it without a person."""
    return alert.model_copy(update={"labels": {**alert.labels, AGAIN_LABEL: "true"}})


def asks_first(alert: Alert) -> bool:
    """Tell whether nothing is done about an alert without a person, whatever the world."""
    return not {LATE_LABEL, AGAIN_LABEL}.isdisjoint(alert.labels)


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
