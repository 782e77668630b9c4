"""Joins what the workspace holds with its wires: every change is told to the apps and the pages that may see it."""

import asyncio
import secrets
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from bot.workspace.courier import Courier
from bot.workspace.faults import Faults
from bot.workspace.limits import Limits
from bot.workspace.live import Live
from bot.workspace.state import App, Channel, Json, ResponseUrl, Trigger, new_id
from bot.workspace.team import KEPT_OF_THE_REST, Team, trim

RESPONSE_URL_SECONDS = 1800.0


@dataclass
class Switchboard:
    """The workspace at work."""

    team: Team
    courier: Courier
    limits: Limits
    faults: Faults
    live: Live = field(default_factory=Live)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    agent_sessions: bool = True
    """Whether `agents.sessions.*` is there; not every workspace has it."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something on the side; it ends with the workspace at the latest."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def announce(self, channel: Channel, event: Json, subscription: str) -> None:
        """Deliver an event to the apps that are in the channel and have subscribed to its kind."""
        for app in self.team.apps.values():
            if app.user_id in channel.members:
                self.announce_to(app, event, subscription)

    def announce_to(self, app: App, event: Json, subscription: str) -> None:
        """Deliver an event to one app, if it has subscribed."""
        if subscription in app.manifest.events:
            self.spawn(self.courier.tell(app, self._outer(app, event)))

    def trigger(self, user: str, app: App) -> str:
        """A trigger id: the right to open one modal soon."""
        key = f"{int(time.time() * 1000)}.{secrets.token_hex(8)}"
        self.team.triggers[key] = Trigger(user, app.id, time.monotonic() + self.courier.pace.trigger)
        trim(self.team.triggers, KEPT_OF_THE_REST)
        return key

    def response_url(self, app: App, user: str, channel: Channel, message_ts: str | None = None) -> str:
        """A response URL for an interaction, with the message it happened at, if any."""
        key = secrets.token_urlsafe(24)
        expires = time.monotonic() + RESPONSE_URL_SECONDS
        self.team.response_urls[key] = ResponseUrl(app.id, user, channel.id, expires, message_ts)
        trim(self.team.response_urls, KEPT_OF_THE_REST)
        return f"{self.team.origin}/response/{key}"

    def _outer(self, app: App, event: Json) -> Json:
        team = self.team.id
        return {
            "token": "verification-token",
            "team_id": team,
            "context_team_id": team,
            "context_enterprise_id": None,
            "api_app_id": app.id,
            "event": event,
            "type": "event_callback",
            "event_id": new_id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team,
                    "user_id": app.user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": self._shared(event),
            "event_context": secrets.token_urlsafe(24),
        }

    def _shared(self, event: Json) -> bool:
        channel = self.team.channels.get(str(event.get("channel")))
        return channel is not None and channel.ext_shared
