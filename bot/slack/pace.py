"""How fast Slack may be talked to, and how patient to be with it."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Pace:
    """Slack's limits (docs.slack.dev/apis/web-api/rate-limits) and our patience, in seconds; tests shorten them."""

    post_every: float = 1.0
    """A channel takes a message a second, and short bursts."""
    burst: int = 2
    edit_every: float = 1.2
    """Of the whole app: chat.update is limited to 50 a minute, whatever the channel."""
    first_pause: float = 1.0
    longest_pause: float = 60.0
    """Pauses double from the first to the longest while Slack can't be reached."""
    tries: int = 10
    """After so many a parcel that alone goes wrong is given up, so that those behind it get their turn."""
    upload_tries: int = 4
    sharing: float = 5.0
    """How long a file may take to appear after its upload: Slack shares it a second or two later and promises nothing.
    Longer would hold up a channel for the sake of a picture that seldom comes twice."""
    look: float = 1.0
    """How often to look for work that nobody told of: another replica's, or what a dead one has left."""
    look_back: float = 60.0
    """How often what was said is read for what nobody heard: a call a channel, and Slack answers 50 a minute."""
    hearing: float = 30.0
    """How long after a message Slack may tell of it: until then nobody has missed it."""
    goodbye: float = 3.0
    """What a call under way may take when all ends."""


@dataclass
class Lane:
    """One queue's tempo: a token bucket, pauses that Slack asked for, and how often its first parcel went wrong."""

    pace: Pace
    every: float
    burst: int
    _left: float = field(init=False)
    _at: float = field(init=False)
    _held_until: float = 0.0
    _tries: int = 0
    _key: str = ""

    def __post_init__(self) -> None:
        self._left, self._at = float(self.burst), time.monotonic()

    def take(self, *, counted: bool) -> float:
        """Return 0 where a call may be made now, else the seconds until then. Only counted calls use up tokens."""
        now = time.monotonic()
        if now < self._held_until:
            return self._held_until - now
        self._left = min(float(self.burst), self._left + (now - self._at) / self.every)
        self._at = now
        if counted and self._left < 1:
            return (1 - self._left) * self.every
        self._left -= counted
        return 0.0

    def hold(self, seconds: float) -> None:
        """Make no call for so long."""
        self._held_until = time.monotonic() + seconds

    def went_wrong(self, key: str, *, pause: bool = True) -> int:
        """Return how often that parcel went wrong in a row by now; pause twice as long as the last time."""
        self._tries = self._tries + 1 if key == self._key else 1
        self._key = key
        if pause:
            self.hold(min(self.pace.longest_pause, self.pace.first_pause * 2 ** min(self._tries - 1, 30)))
        return self._tries

    def went_well(self) -> None:
        """Forget what went wrong."""
        self._key = ""
