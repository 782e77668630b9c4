"""Slack's rate limits, as token buckets: a method's calls a minute, and one message a second in a channel."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.workspace.team import KEPT_OF_THE_REST, trim

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute: docs.slack.dev/apis/web-api/rate-limits."""

TIER_OF = {
    "agents.sessions.setStatus": 3,
    "bots.info": 3,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.join": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "files.completeUploadExternal": 4,
    "files.getUploadURLExternal": 4,
    "files.info": 4,
    "pins.add": 2,
    "reactions.add": 3,
    "reactions.get": 3,
    "reactions.remove": 2,
    "team.info": 3,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "users.info": 4,
    "users.list": 2,
    "users.lookupByEmail": 3,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}
SPECIAL = {"auth.test": 600, "chat.getPermalink": 600, "apps.connections.open": 60}
"""Calls a minute where Slack says "special" and names no figure or "hundreds"."""
POSTING_BURST = 3
"""Messages a channel takes at once before one a second holds."""


@dataclass
class Bucket:
    """Tokens that come back over time."""

    capacity: float
    per_second: float
    left: float
    at: float

    def take(self, now: float) -> float:
        """Take one; else the seconds until there is one again."""
        self.left = min(self.capacity, self.left + (now - self.at) * self.per_second)
        self.at = now
        if self.left >= 1:
            self.left -= 1
            return 0.0
        return (1 - self.left) / self.per_second


class Limits:
    """The buckets of every app. ``pace`` 60 makes Slack's minute a second, for tests."""

    def __init__(self, pace: float = 1.0, now: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace
        self._now = now
        self._buckets: dict[tuple[str, str, str], Bucket] = {}

    def take(self, app_id: str, method: str, channel: str = "") -> int:
        """Count a call; 0 when it may go on, else the whole seconds of `Retry-After`."""
        if method == "chat.postMessage":
            capacity, per_second = float(POSTING_BURST), 1.0
        elif a_minute := SPECIAL.get(method) or TIERS.get(TIER_OF.get(method, 0)):
            capacity, per_second, channel = float(a_minute), a_minute / 60, ""
        else:
            return 0
        now = self._now()
        fresh = Bucket(capacity, per_second * self._pace, capacity, now)
        wait = self._buckets.setdefault((app_id, method, channel), fresh).take(now)
        trim(self._buckets, KEPT_OF_THE_REST)
        return math.ceil(wait)
