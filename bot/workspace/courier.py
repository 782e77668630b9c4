"""Payloads on their way to an app: over a socket or signed HTTP, acknowledged within three seconds or tried again."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Literal

from bot.workspace.faults import Faults
from bot.workspace.signed import post_signed
from bot.workspace.sockets import NotAcknowledged, Sockets
from bot.workspace.state import App, Json, new_id
from bot.workspace.team import KEPT_OF_THE_REST, trim

logger = logging.getLogger(__name__)

EnvelopeType = Literal["events_api", "slash_commands", "interactive"]


@dataclass(frozen=True)
class Pace:
    """Slack's times in seconds, and how much faster than Slack's the rate limits are; tests shorten them."""

    ack: float = 3.0
    retries: tuple[float, ...] = (1.0, 60.0, 300.0)
    """Before the first, second and third retry of an event: api.slack.com/apis/events-api#retries."""
    trigger: float = 3.0
    """How long a trigger id lives."""
    sharing: float = 0.3
    """Between the last step of an upload and the message that shows the file."""
    refresh: float = 10.0
    """Between a socket's warning that it will be closed and its end."""
    limits: float = 1.0


@dataclass
class Courier:
    """Brings payloads to apps and remembers events for redelivery."""

    sockets: Sockets
    faults: Faults
    pace: Pace
    sent: dict[str, tuple[App, Json]] = field(default_factory=dict)
    """Events by `event_id`, the latest last."""

    async def ask(self, app: App, kind: EnvelopeType, payload: Json) -> Json:
        """Deliver a command or click once; what it was acknowledged with. Raises `NotAcknowledged`."""
        late = (fault := self.faults.take(kind)) is not None and fault.kind == "late"
        answer = await self._carry(app, kind, payload, {})
        if late:
            raise NotAcknowledged("timeout")
        return answer

    async def tell(self, app: App, payload: Json) -> None:
        """Deliver an event, and again at most three times until it is acknowledged."""
        self.sent[payload["event_id"]] = (app, payload)
        trim(self.sent, KEPT_OF_THE_REST)
        retry: Json = {"retry_attempt": 0, "retry_reason": ""}
        for attempt, wait in enumerate((*self.pace.retries, None), 1):
            try:
                await self._event(app, payload, retry)
            except NotAcknowledged as why:
                logger.debug("event %s was not acknowledged: %s", payload["event_id"], why.reason)
                retry = {"retry_attempt": attempt, "retry_reason": why.reason}
            else:
                return
            if wait is not None:
                await asyncio.sleep(wait)

    async def again(self, event_id: str, times: int = 1) -> None:
        """Deliver an event that was delivered already, as Slack does when an acknowledgement got lost."""
        app, payload = self.sent[event_id]
        for attempt in range(1, times + 1):
            await self._event(app, payload, {"retry_attempt": attempt, "retry_reason": "timeout"})

    async def _event(self, app: App, payload: Json, retry: Json) -> None:
        late = (fault := self.faults.take("events_api")) is not None and fault.kind == "late"
        await self._carry(app, "events_api", payload, retry)
        if late:
            raise NotAcknowledged("timeout")

    async def _carry(self, app: App, kind: EnvelopeType, payload: Json, retry: Json) -> Json:
        if app.request_url:
            return await post_signed(app.request_url, app.signing_secret, payload, retry, self.pace.ack)
        accepts = kind != "events_api"
        envelope = {"envelope_id": new_id("E"), "type": kind, "payload": payload, "accepts_response_payload": accepts}
        return await self.sockets.send(app.id, envelope | retry, self.pace.ack)
