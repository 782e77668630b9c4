"""An incident's messages as parcels: named so that none is taken in twice, and addressed to its thread."""

from collections.abc import Iterable, Iterator
from typing import Any

from bot.thread.message import Message, Upload
from incident.diagnosis import Category
from incident.facts import AlertResolved, AlertSeen, Diagnosis
from incident.model import Incident
from incident.status import Status
from storage.memory import Thread, card_key
from storage.parcel import Body, Kind, Parcel

LOOKING, SETTLED, NEEDED = "eyes", "white_check_mark", "raising_hand"
"""Reactions under an alert: it is worked on, it is over, a person is needed."""


class Wrapping:
    """For one incident as it is after one of its facts. Files are named, and drawn later: `painter`."""

    def __init__(self, incident: Incident, thread: Thread) -> None:
        self.incident = incident
        self._thread = thread
        self._version = len(incident.facts) + 1
        self._card = card_key(incident.id)

    def card(self, message: Message) -> Parcel:
        """The message that is kept current: the root of the thread, or its first reply where an alert is the root."""
        return self._parcel("card", Kind.POST, self._placed(_content(message)), version=self._version)

    def told(self, messages: Iterable[Message], seq: int, main: str | None = None) -> Iterator[Parcel]:
        """What a fact says, each message followed by its files; ``main`` is the channel for what is said elsewhere."""
        for part, thing in enumerate(_things(messages)):
            if isinstance(thing, Upload):
                body = {"filename": thing.name, "title": thing.title, "alt_txt": thing.alt}
                yield self._reply(f"{seq}:{part}", Kind.UPLOAD, body)
            elif not thing.elsewhere:
                yield self._reply(f"{seq}:{part}", Kind.POST, _content(thing), urgent=thing.urgent)
            elif main is not None:
                yield Parcel(f"{self.incident.id}:{seq}:{part}", main, Kind.POST, _content(thing), self.incident.id)

    def again(self, message: Message, seq: int) -> Parcel:
        """The first message of a fact, as it looks now."""
        return self._reply(f"{seq}:0", Kind.POST, _content(message), urgent=message.urgent, version=self._version)

    def reactions(self, seq: int) -> Iterator[Parcel]:
        """What the alert's message is to carry, where the fact has changed that."""
        ts = self._thread.alert_ts
        before = _face(self.incident.at(seq - 1)) if seq else None
        after = _face(self.incident)
        if ts is None or before == after:
            return
        if before is not None:
            yield self._parcel(f"{seq}:unreact", Kind.UNREACT, {"name": before, "timestamp": ts})
        yield self._parcel(f"{seq}:react", Kind.REACT, {"name": after, "timestamp": ts})

    def session(self, seq: int) -> Iterator[Parcel]:
        """How the agent's session stands in the thread, where the fact has changed that: Slack shows its own Stop."""
        status = _session(self.incident.status)
        if seq == 0 or status != _session(self.incident.at(seq - 1).status):
            yield self._reply("session", Kind.SESSION, {"status": status}, version=self._version)

    def _reply(self, part: str, kind: Kind, body: Body, **more: Any) -> Parcel:  # noqa: ANN401 - what a Parcel has
        root = None if self._thread.alert_ts else self._card
        return self._parcel(part, kind, self._placed(body), thread_of=root, **more)

    def _parcel(self, part: str, kind: Kind, body: Body, **more: Any) -> Parcel:  # noqa: ANN401 - what a Parcel has
        return Parcel(f"{self.incident.id}:{part}", self._thread.channel, kind, body, self.incident.id, **more)

    def _placed(self, body: Body) -> Body:
        return {**body, "thread_ts": self._thread.alert_ts} if self._thread.alert_ts else body


def seq_of(parcel: Parcel) -> int:
    """Return which fact of its incident a message or file is about."""
    return int(parcel.key.removeprefix(f"{parcel.incident_id}:").partition(":")[0])


def _things(messages: Iterable[Message]) -> Iterator[Message | Upload]:
    for message in messages:
        yield message
        yield from message.uploads


def _content(message: Message) -> Body:
    spoken = {} if message.speaker is None else {"username": message.speaker.name, "icon_emoji": message.speaker.icon}
    return {"text": message.text, "blocks": list(message.blocks), **spoken}


def _session(status: Status) -> str:
    """Return it in Slack's words: docs.slack.dev/reference/methods/agents.sessions.setStatus."""
    match status:
        case Status.INVESTIGATING | Status.ROLLING_BACK | Status.VERIFYING:
            return "processing"
        case Status.AWAITING_APPROVAL | Status.AWAITING_VETO:
            return "suspended"
        case Status.RESOLVED | Status.REPORTED | Status.HANDED_OVER:
            return "active"
        case Status.CLOSED:
            return "closed"


def _face(incident: Incident) -> str:
    match incident.status:
        case Status.INVESTIGATING | Status.ROLLING_BACK | Status.VERIFYING:
            return LOOKING
        case Status.RESOLVED | Status.CLOSED:
            return SETTLED
        case Status.REPORTED if _over(incident):
            return SETTLED
        case Status.AWAITING_APPROVAL | Status.AWAITING_VETO | Status.REPORTED | Status.HANDED_OVER:
            return NEEDED


def _over(incident: Incident) -> bool:
    """Tell whether a problem has gone by itself: whoever paged says so, or nothing was found wrong any more."""
    told = next((f for f in reversed(incident.facts) if isinstance(f, AlertSeen | AlertResolved)), None)
    diagnosis = incident.last(Diagnosis)
    well = diagnosis is not None and diagnosis.category is Category.NONE
    return well if told is None else isinstance(told, AlertResolved)
