"""The real bot in a workspace on this machine, and what people do and see there. Slack's pace is quicker here."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import SecretStr

from bot.apart import Apart
from bot.config import Settings
from bot.connection import Way, connected
from bot.kept import Storage, open_storage
from bot.offers import Offers
from bot.places import Places
from bot.runner import Runner
from bot.slack.pace import Pace
from bot.slack_settings import SlackSettings
from bot.thinking import Thinking
from bot.workspace.server import Workspace
from bot.workspace.spots import Place as Spot
from incident.model import Incident
from storage.audit import SqlAudit
from storage.database import Database
from storage.feedback import SqlFeedback
from storage.leases import SqlLeases
from storage.memory import SqlMemory
from storage.outbox import SqlOutbox
from storage.overrides import SqlOverrides
from storage.pause import SqlSwitch
from storage.store import SqlStore

ADA, BEN, CLEO, GUEST = "U0ADA", "U0BEN", "U0CLEO", "U0GUEST"
ALERTS, INCIDENTS = "C0ALERTS", "C0INCIDENTS"
ALERTMANAGER, DATADOG = "AALERTM", "ADATADOG"
QUICK = Pace(post_every=0.001, burst=1000, edit_every=0.01, first_pause=0.01, longest_pause=0.2, sharing=2.0)

Found = TypeVar("Found")


class Scene:
    """A workspace, and a bot that can be started there again and again on the same database."""

    def __init__(self, workspace: Workspace, offers: list[Offers], folder: Path, apart: Apart) -> None:
        self.workspace = workspace
        self._offers, self._apart = offers, apart
        self.database_url = f"sqlite+aiosqlite:///{folder / 'bot.db'}"
        self.pace = QUICK
        self.mind: Thinking | None = None
        self.storage: Storage
        self.runner: Runner

    @property
    def _way(self) -> Way:
        return Way(self._apart, self.pace, self.mind)

    @asynccontextmanager
    async def bot(
        self, settings: Mapping[str, Any] | None = None, places: Places | None = None, **slack: object
    ) -> AsyncIterator[None]:
        """Start the bot, and end it as `serve` does."""
        chosen = Settings(database_url=self.database_url, **(settings or {}))
        places = places or Places()
        self._offers[:] = [Offers(places)]
        async with (
            open_storage(chosen) as self.storage,
            connected(chosen, self._slack(slack), self.storage, places, self._way) as connection,
        ):
            self.runner = connection.runner
            await self.workspace.until(lambda: self.workspace.board.courier.sockets.count("AFIRST"))
            yield

    @asynccontextmanager
    async def replica(self, places: Places, settings: Mapping[str, Any] | None = None) -> AsyncIterator[Runner]:
        """Start another bot on the same database, which `open_storage` leaves to PostgreSQL."""
        chosen = Settings(database_url=self.database_url, **(settings or {}))
        async with Database(chosen.database_url) as database, SqlLeases(database) as leases:
            storage = Storage(
                store=SqlStore(database, switch=SqlSwitch(database)),
                memory=SqlMemory(database),
                leases=leases,
                outbox=SqlOutbox(database, leases=leases),
                feedback=SqlFeedback(database),
                audit=SqlAudit(database),
                overrides=SqlOverrides(database),
                database=database,
            )
            async with connected(chosen, self._slack({}), storage, places, self._way) as connection:
                yield connection.runner

    @contextmanager
    def unheard(self) -> Iterator[None]:
        """Let what is said come to nothing, as when Slack told of it a process that died that very moment."""
        app = self.workspace.team.apps["AFIRST"]
        whole, app.manifest = app.manifest, replace(app.manifest, events=frozenset())
        yield
        app.manifest = whole

    def _slack(self, more: Mapping[str, Any]) -> SlackSettings:
        ours = {
            "bot_token": SecretStr(self.workspace.bot_token),
            "app_token": SecretStr(self.workspace.app_token),
            "api_url": self.workspace.api_url,
            "alert_channels": (ALERTS,),
            "alert_senders": ("BALERTM",),
            "incident_channel": INCIDENTS,
            "approvers": ("S0ONCALL",),
        }
        return SlackSettings.model_construct(**{**SlackSettings.model_construct().model_dump(), **ours, **more})

    async def until(self, look: Callable[[], Found | None]) -> Found:
        return await self.workspace.until(look)

    async def stored(self, holds: Callable[[Incident], object]) -> Incident:
        """Wait until an incident is as it should be."""
        return (await self.count(1, holds))[0]

    async def count(self, number: int, holds: Callable[[Incident], object]) -> list[Incident]:
        """Wait until so many incidents are as they should be."""
        while True:
            found = [incident for incident in await self.incidents() if holds(incident)]
            if len(found) >= number:
                return found
            await asyncio.sleep(0.02)

    async def incidents(self) -> tuple[Incident, ...]:
        return await self.storage.store.recent(100)

    async def at_rest(self) -> None:
        """Wait until nothing is worked on and nothing waits to be sent."""
        while await self._busy():  # noqa: ASYNC110 - two owners, and rows that tell nobody
            await asyncio.sleep(0.02)

    async def _busy(self) -> bool:
        return bool(self.runner.running or not await self.storage.outbox.empty())

    def messages(self, channel: str, thread_ts: str | None = None) -> list[dict[str, Any]]:
        """What stands in a channel, or in a thread, with what only one person sees under `only_for`."""
        found = self.workspace.channel(channel).messages.values()
        wanted = (m for m in found if thread_ts is None or thread_ts in (m.thread_ts, m.ts))
        files = self.workspace.team.files
        return [
            {
                **m.content,
                "ts": m.ts,
                "thread_ts": m.thread_ts,
                "only_for": m.only_for,
                "files": [files[each].name for each in m.files],
            }
            for m in wanted
        ]

    def told(self, user: str, channel: str = ALERTS) -> list[str]:
        """What only this person was told, oldest first."""
        return [str(m["text"]) for m in self.messages(channel) if m["only_for"] == user]

    async def answer(self, user: str, channel: str = ALERTS, number: int = 1) -> str:
        """Wait until somebody was answered so often; the last answer."""
        return (await self.until(lambda: (told := self.told(user, channel))[number - 1 :] and told))[number - 1]

    async def question(self, channel: str = ALERTS) -> dict[str, Any]:
        """Wait for the approval card."""
        return await self.until(lambda: next(iter(self.with_button("approve", channel)), None))

    def with_button(self, action_id: str, channel: str = ALERTS) -> list[dict[str, Any]]:
        return [m for m in self.messages(channel) if _button(m, action_id)]

    async def press(self, user: str, message: Mapping[str, Any], action_id: str, channel: str = ALERTS) -> None:
        """Press a button as it was shown, even where it has gone since."""
        block, button = _button(message, action_id) or ("", {})
        given = {"type": "button", "block_id": block, "action_id": action_id, "value": button.get("value")}
        await self.workspace.interactions.press(user, Spot(channel, message["ts"]), given)

    async def modal(self, user: str) -> Any:  # noqa: ANN401 - a view
        """Wait for the modal that somebody has before them."""
        return await self.until(lambda: (self.workspace.team.modals.get(user) or [None])[-1])

    async def submit(self, user: str, **values: object) -> None:
        view = await self.modal(user)
        state = {name: {name: value} for name, value in values.items()}
        await self.workspace.submissions.submit(user, view.id, state)

    async def command(self, user: str, line: str, channel: str = INCIDENTS) -> None:
        await self.workspace.interactions.command(user, channel, line)

    async def alert(self, name: str) -> Mapping[str, Any]:
        """An alert of a new world as Alertmanager would post it."""
        return await self._offers[0].fire(name)

    async def fire(self, name: str) -> str:
        return await self.workspace.offers.fire(name)


def unhealed(text: str) -> bool:
    """Tell whether a message says that the signal stayed bad: in which words hangs on the noise of that minute."""
    return "did not recover" in text or "got worse" in text


def _button(message: Mapping[str, Any], action_id: str) -> tuple[str, dict[str, Any]] | None:
    for block in message.get("blocks") or ():
        for element in block.get("elements", ()) if block["type"] == "actions" else ():
            if element["action_id"] == action_id:
                return block["block_id"], element
    return None
