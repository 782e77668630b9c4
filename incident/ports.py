"""What the middle needs of the world, and the errors that cross these lines.

Adapters translate their library's errors into these at their edge. Longer than other files, as it is the whole border.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, Self

from incident.alert import Alert
from incident.change import Change, Commit, Event, Topology
from incident.facts import Diagnosis, Fact, Outcome, Plan, Progress, Reading, Remark, Turn
from incident.limits import Around
from incident.model import Incident
from incident.policy import Pause
from incident.status import World
from incident.values import Window


class NotRecorded(Exception):
    """Nobody recorded this signal: it could not be seen, which is not "nothing happened"."""


class Unreadable(Exception):
    """The signal exists and could not be read; the message says what is wrong and what would help."""


class AlreadyOpen(Exception):
    """The same problem is being worked on: the message is the id of the incident that is open."""


class LostRace(Exception):
    """Somebody else wrote this fact of the incident first: load it again and look."""


class Busy(Exception):
    """A rollback may not start at this moment, such as while another one is under way there; the message says why."""


class Paused(Exception):
    """Somebody has paused acting; the message says who and since when."""

    def __init__(self, pause: Pause) -> None:
        super().__init__(str(pause))
        self.pause = pause


class NotReady(Exception):
    """A rollback can't be sent, and nothing was: the message says why, the rest of a sentence; ``url`` shows more."""

    def __init__(self, why: str, url: str | None = None) -> None:
        super().__init__(why)
        self.url = url


class Undelivered(Exception):
    """People can't be reached just now. The fact stays stored and unmarked, and is shown when they can be."""


class Unkept(Exception):
    """The store can't be used just now. What was stored stays, and the work goes on from there later."""


class UnknownIncident(Exception):
    """No stored incident has this id."""


async def on_the_wall(length: timedelta) -> None:
    """Let real time pass."""
    await asyncio.sleep(length.total_seconds())


class Clock(NamedTuple):
    """The time, and ways to let it pass. A made-up world passes it faster than the wall does.

    ``for_people`` passes what people were given to object: they have it on the wall, whatever the world.
    """

    now: Callable[[], datetime]
    wait: Callable[[timedelta], Awaitable[None]] = on_the_wall
    for_people: Callable[[timedelta], Awaitable[None]] = on_the_wall


class Table(Protocol):
    """Columns behind Arrow's C stream (polars and pyarrow both speak it)."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Export the columns; see the Arrow PyCapsule interface."""


class Telemetry(Protocol):
    """What can be read of a production. Each method may be repeated; each raises `NotRecorded` or `Unreadable`.

    Rows come in any order; times are ``timestamp[us, UTC]``.
    """

    async def metrics(self, window: Window) -> Table:
        """Return ``timestamp, service, metric, value`` (float, the metric's own unit)."""

    async def logs(self, window: Window) -> Table:
        """Return ``timestamp, service, level, message, trace_id, attributes`` (JSON text); the last two may be null."""

    async def spans(self, window: Window) -> Table:
        """Return ``trace_id, span_id, parent_id, service, name, start, duration_ms, status, attributes``."""

    async def changes(self, window: Window) -> tuple[Change, ...]:
        """Return what was changed, oldest first."""

    async def commits(self, window: Window) -> tuple[Commit, ...]:
        """Return what was committed, oldest first."""

    async def events(self, window: Window) -> tuple[Event, ...]:
        """Return what providers and platforms said, oldest first."""

    async def topology(self) -> Topology:
        """Return the declared call graph."""

    async def baseline(self) -> "Telemetry":
        """Return a healthy period, whatever its dates; its window is `extent`."""

    async def extent(self) -> Window:
        """Return the stretch of time that signals cover; of the future nothing."""

    async def signal(self, alert: Alert, window: Window) -> tuple[Reading, ...]:
        """Return the readings of the signal that paged, oldest first."""

    def gaps(self) -> tuple[str, ...]:
        """Return what was found damaged or left out so far while reading, one sentence each."""


Heard = Callable[[], Awaitable[tuple[Remark, ...]]]
"""Returns what people have written in the incident's thread up to now, oldest first."""


class Investigator(Protocol):
    """The team."""

    def investigate(
        self, incident: Incident, telemetry: Telemetry, heard: Heard
    ) -> AsyncGenerator[Turn | Diagnosis, None]:
        """Yield turns as they happen and one diagnosis at last, whatever fails on the way; closed when left early.

        ``incident`` may hold turns already (after a restart): agents that have spoken aren't asked again.
        """


class Deployed(NamedTuple):
    """The deployer's own record of one version that ran, or that is on its way (not ``finished``).

    ``actor`` is who it has verified as having deployed it, by its own name of them.
    """

    service: str
    version: str
    previous_version: str | None
    change: str | None
    at: datetime
    actor: str | None = None
    finished: bool = True


class Dispatched(NamedTuple):
    """What became of a rollback."""

    outcome: Outcome
    url: str | None = None
    reason: str = ""

    @classmethod
    def never(cls, why: str, url: str | None = None) -> Self:
        """Return that it certainly was not sent, and why: the rest of a sentence."""
        return cls(Outcome.FAILED, url, f"Nothing was changed: {why.removesuffix('.')}.")


class Sighting(NamedTuple):
    """The run that rolls back, as it was seen just now. ``run`` is the deployer's own name of it."""

    run: str
    progress: Progress
    url: str | None = None


Tell = Callable[[Sighting], Awaitable[None]]
"""Hears of a run when it is found and when it has come further."""


Send = Callable[[], Awaitable[Sighting | Dispatched | None]]
"""Sends what was prepared, and does nothing before that. Called once for a key, ever; it takes seconds at most.

Returns the run where its name is answered, `Dispatched` where it is over already (`Dispatched.never` where it certainly
was not sent), None where it has to be looked for. An `OSError` (`TimeoutError` included) is a lost answer.
"""


class Deployer(Protocol):
    """Whoever can roll a service back, and its own record of what runs where."""

    @property
    def acts_on(self) -> World:
        """The only kind of world whose incidents it may be used for."""

    async def history(self, service: str, environment: str) -> tuple[Deployed, ...]:
        """Return what was deployed there, oldest first; the last one is running, or about to.

        Raises `NotRecorded`, `Unreadable`.
        """

    def prepared(self, plan: Plan, key: str) -> AbstractAsyncContextManager[Send]:
        """Read, check and connect all that sending it needs, so that whoever may send has nothing else left to do.

        May be repeated: it has no effect. Entering it raises `NotReady`.
        """

    async def follow(self, plan: Plan, key: str, run: str | None, tell: Tell) -> Dispatched:
        """Follow to its end what may have been sent, by whichever process, and never send it.

        ``run`` is what was last told of it; without one it is looked for by its key. `Outcome.UNKNOWN` where it isn't
        found; an answer that is lost may be an `OSError`.
        """


class Chat(Protocol):
    """Where people read. Showing a fact twice must not be visible twice."""

    async def show(self, incident: Incident, fact: Fact | None, seq: int) -> None:
        """Show the incident as it is after its ``seq``-th fact (from 1; 0 is its opening, which is no fact).

        Raises `Undelivered`.
        """


class Store(Protocol):
    """Where incidents and facts are kept. What it says is stored survives the process."""

    async def open(self, incident: Incident) -> None:
        """Insert it with the facts it has, all or nothing.

        Raises `AlreadyOpen` where its fingerprint is held, `LostRace` where its id is taken.
        """

    async def append(self, incident: Incident, fact: Fact) -> Incident:
        """Store the next fact and return the successor.

        Raises `OutOfOrder`, `LostRace`, `Busy` or `Paused` for a RollbackStarted, `Paused` for a RollbackSent,
        `AlreadyOpen` for an AlertSeen after the end.
        """

    async def load(self, incident_id: str) -> Incident:
        """Return the incident with all its facts; raises `UnknownIncident`."""

    async def around(self, incident: Incident, at: datetime) -> Around:
        """Return what else was done and opened in the incident's production up to a moment of its own time."""

    async def latest(self, fingerprint: str) -> Incident | None:
        """Return the newest incident of a problem, whether it is open or not."""

    async def paused(self) -> Pause | None:
        """Return the pause of acting that holds now, for every process that shares the store."""

    async def mark_shown(self, incident_id: str, seq: int) -> None:
        """Remember that the fact is on people's screens."""

    async def unshown(self, incident_id: str) -> Collection[int]:
        """Return the sequence numbers of facts that were stored and not marked as shown, 0 for the opening."""
