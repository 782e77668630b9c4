"""What outlives the server while an incident is told: a workspace, a GitHub, a database; and what came of it there."""

import asyncio
import json
import os
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from dying import named
from sqlalchemy import select

from bot.workspace.people import CannotDo
from bot.workspace.server import Workspace
from bot.workspace.spots import Place
from bot.workspace.state import Message
from incident.facts import Outcome, RollbackEnded
from incident.model import Incident
from storage.database import Database
from storage.memory import card_key
from storage.outbox import SqlOutbox
from storage.outbox_rows import SENT
from storage.parcel import Kind
from storage.store import SqlStore
from storage.tables import outbox
from storage.tampering import verify

ROOT = Path(__file__).parents[1]
PATH = os.pathsep.join((str(ROOT), str(ROOT / "benchmarks")))
ADA, BEN, ALERTS, INCIDENTS = "U0ADA", "U0BEN", "C0ALERTS", "C0INCIDENTS"
FIRED = "[FIRING:1] HighRequestLatency checkout (critical production)"
FIRING = {"text": "", "attachments": [{"title": FIRED, "text": "", "fallback": FIRED, "color": "danger"}]}


class Story(NamedTuple):
    """An incident that is told again and again. No ``target``: a real system's alert, of which nothing can be read."""

    name: str
    target: str
    settings: Mapping[str, str]
    answered: bool = True


STORIES = {
    each.name: each
    for each in (
        Story("automatic", "checkout-latency", {"SFA_VETO_WINDOW": "1s"}),
        Story("approved", "checkout-latency", {"SFA_CONFIDENCE_AUTO": "1.0"}),
        Story("expired", "checkout-latency", {"SFA_CONFIDENCE_AUTO": "1.0", "SFA_APPROVAL_TTL": "3s"}, answered=False),
        Story("heard", "", {}),
    )
}


class Told(NamedTuple):
    """What came of it. ``said``: how often each message was, by its fact and part, like "check:0".

    ``unsaid``: what was given up, or isn't in Slack as the outbox has it. ``deaths``: how many servers died.
    """

    status: str
    dispatches: int
    unknown: bool
    said: Counter[str]
    unsaid: tuple[str, ...]
    flaws: tuple[str, ...]
    deaths: int
    exits: tuple[str, ...]


class Scene:
    """Everything around the servers, and how they are started there."""

    def __init__(self, folder: Path, story: Story, workspace: Workspace, github: str, database: Database) -> None:
        self.folder, self.story, self.workspace, self._github, self._database = (
            folder, story, workspace, github, database,
        )  # fmt: skip
        self.store = SqlStore(database)

    def environment(self, url: str) -> dict[str, str]:
        """Return what every server is given."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SFA_", "SLACK_"))}
        return {
            **kept, **self.story.settings, "PYTHONPATH": PATH, "SFA_PORT": "0", "SFA_DATABASE_URL": url,
            "SLACK_API_URL": self.workspace.api_url, "SLACK_BOT_TOKEN": self.workspace.bot_token,
            "SLACK_APP_TOKEN": self.workspace.app_token, "SFA_ALERT_CHANNELS": "#alerts",
            "SFA_ALERT_SENDERS": "Alertmanager", "SFA_INCIDENT_CHANNEL": "incidents", "SFA_APPROVERS": "@oncall",
            "SFA_GITHUB_API_URL": self._github, "SFA_GITHUB_ROLLBACK_REPO": "acme/rollbacks",
            "SFA_GITHUB_TOKEN": "read-token", "SFA_GITHUB_DISPATCH_TOKEN": "send-token",
        }  # fmt: skip

    async def begin(self) -> None:
        """Let somebody ask for the investigation, or an alert fire, which it does once."""
        if not self.story.target:
            if not self.workspace.channel(ALERTS).messages:
                self.workspace.post("AALERTM", ALERTS, **FIRING)
            return
        with suppress(CannotDo):
            await self.workspace.interactions.command(ADA, INCIDENTS, f"/investigate {self.story.target}")

    async def approve(self) -> None:
        """Let somebody press the button, where it is."""
        for message in list(self.workspace.channel(INCIDENTS).messages.values()) if self.story.answered else ():
            for block, button in _buttons(message):
                given = {"type": "button", "block_id": block, "action_id": "approve", "value": button.get("value")}
                with suppress(CannotDo):
                    await self.workspace.interactions.press(BEN, Place(INCIDENTS, message.ts), given)

    async def over(self, incident: Incident) -> bool:
        """Tell whether the incident is at its end and all of it is said."""
        unshown, said = await self.store.unshown(incident.id), await SqlOutbox(self._database).empty()
        return incident.status.ended and said and not unshown

    async def told(self, deaths: int, exits: tuple[str, ...]) -> Told:
        """Return what came of it."""
        incident, *more = await self.store.recent(3)
        ended, names = incident.last(RollbackEnded), dict(zip(map(str, count(1)), named(incident.facts), strict=False))
        said = Counter(_name(names, key) for key, _ in self._messages(incident))
        return Told(
            status=f"{1 + len(more)} incidents" if more else incident.status.value,
            dispatches=await asyncio.to_thread(self._dispatches),
            unknown=ended is not None and ended.outcome is Outcome.UNKNOWN,
            said=said,
            unsaid=tuple([each async for each in self._unsaid(incident, dict(self._messages(incident)))]),
            flaws=tuple(map(str, (await verify(self._database)).flaws)),
            deaths=deaths,
            exits=exits,
        )

    def _messages(self, incident: Incident) -> Iterator[tuple[str, Message]]:
        channel = INCIDENTS if self.story.target else ALERTS
        for message in self.workspace.channel(channel).messages.values():
            if message.only_for is None and message.metadata:
                yield str(message.metadata["event_payload"]["key"]), message
            for file in message.files:
                name = self.workspace.team.files[file].name
                yield f"{incident.id}:{name.removeprefix(incident.id)}", message

    async def _unsaid(self, incident: Incident, messages: Mapping[str, Message]) -> AsyncIterator[str]:
        async with self._database.reading() as connection:
            rows = list(await connection.execute(select(outbox)))
        for row in rows:
            if row.state != SENT:
                yield f"{row.key}, {row.state}"
            elif row.kind == Kind.POST.value:
                text = "" if row.key not in messages else messages[row.key].content.get("text")
                if text != json.loads(row.body)["text"]:
                    yield f"the newest words of {row.key}"
            if row.key == card_key(incident.id) and row.version <= len(incident.facts):
                yield "the newest card"

    def _dispatches(self) -> int:
        with urllib.request.urlopen(f"{self._github}/_standin") as answer:  # noqa: S310 - on this machine
            return len(json.load(answer)["dispatches"])


def _name(names: Mapping[str, str], key: str) -> str:
    seq, _, part = key.partition(":")[2].partition(":")
    return f"{names[seq]}:{part}" if seq in names else seq


def _buttons(message: Message) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for block in message.content.get("blocks") or ():
        for button in block["elements"] if block["type"] == "actions" else ():
            if button["action_id"] == "approve":
                yield block["block_id"], button
