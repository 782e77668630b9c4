"""One incident in a scene that outlives the server: a workspace, a GitHub, a database, and people who try again."""

import asyncio
import json
import os
import sys
import tempfile
import time
import urllib.request
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from dying import AT, ONCE, PASSED, named
from sqlalchemy import select

from bot.workspace.courier import Pace
from bot.workspace.people import CannotDo
from bot.workspace.server import Workspace
from bot.workspace.spots import Place
from bot.workspace.state import Message
from incident.facts import Outcome, RollbackEnded
from incident.model import Incident
from incident.status import Status
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
DYING = "import dying; dying.serve()"
"""Not by its file: the process that draws would import it once more."""
ADA, BEN, ALERTS, INCIDENTS = "U0ADA", "U0BEN", "C0ALERTS", "C0INCIDENTS"
FIRED = "[FIRING:1] HighRequestLatency checkout (critical production)"
FIRING = {"text": "", "attachments": [{"title": FIRED, "text": "", "fallback": FIRED, "color": "danger"}]}
QUICK = Pace(ack=20.0, trigger=60.0, sharing=0.01, limits=600.0)
LOOK_EVERY, AGAIN_AFTER, PATIENCE = 0.1, 4.0, 120.0
"""Seconds between two looks, after which people do again what nothing came of, and for a whole incident."""
QUIET = 5
"""Looks at which all is over before it counts as over."""


class Story(NamedTuple):
    """An incident that is told again and again. No ``target``: a real system's alert, of which nothing can be read."""

    name: str
    target: str
    settings: Mapping[str, str]


STORIES = {
    each.name: each
    for each in (
        Story("automatic", "checkout-latency", {"SFA_VETO_WINDOW": "1s"}),
        Story("approved", "checkout-latency", {"SFA_CONFIDENCE_AUTO": "1.0"}),
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
        for message in list(self.workspace.channel(INCIDENTS).messages.values()):
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


class Servers:
    """Those that are alive. The first ``replicas`` may die at the first point, what is started later at the next."""

    def __init__(
        self, scene: Scene, environment: Mapping[str, str], points: Sequence[str], stack: AsyncExitStack
    ) -> None:
        self._scene, self._environment, self._points, self._stack = scene, environment, points, stack
        self._alive: list[Process] = []
        self._once = [scene.folder / f"once-{number}" for number, _ in enumerate(points)]
        for file in self._once:
            file.touch()

    @property
    def deaths(self) -> int:
        """How many have died at their point."""
        return sum(not file.exists() for file in self._once)

    async def alive(self, replicas: int = 1) -> bool:
        """Start what has to be started; tell whether something was."""
        self._alive = [each for each in self._alive if each.returncode is None]
        if self._alive:
            return False
        self._alive = list(await asyncio.gather(*(self._start() for _ in range(replicas))))
        return True

    async def end(self) -> AsyncIterator[str]:
        """End them as a platform would; yield what was wrong with that."""
        for server in self._alive:
            server.terminate()
        for server in self._alive:
            _, said = await server.communicate()
            if server.returncode or b"Traceback" in said:
                yield f"exit {server.returncode}: {said.decode()[-3000:]}"

    async def _start(self) -> Process:
        number, more = self.deaths, {PASSED: str(self._scene.folder / "passed")}
        if number < len(self._points):
            more = {AT: self._points[number], ONCE: str(self._once[number])}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", DYING, cwd=self._scene.folder, env={**self._environment, **more},
            stdout=PIPE, stderr=PIPE,
        )  # fmt: skip
        self._stack.push_async_callback(_gone, process)
        async for line in _said(process):
            if b"ready" in line:
                break
        return process


async def tell(
    story: Story, points: Sequence[str] = (), url: str | None = None, replicas: int = 1
) -> tuple[Told, list[str]]:
    """Tell a story in which a server dies at each of these points in turn; return what came of it.

    The points that were passed are returned where none was to die.
    """
    with tempfile.TemporaryDirectory(prefix="kills-") as scratch:
        folder = Path(scratch)
        url = url or f"sqlite+aiosqlite:///{folder}/incidents.db"
        async with _github() as github, Workspace(pace=QUICK) as workspace, Database(url) as database:
            told = await _lived(Scene(folder, story, workspace, github, database), url, points, replicas)
        passed = folder / "passed"
        return told, passed.read_text().splitlines() if passed.exists() else []


async def _lived(scene: Scene, url: str, points: Sequence[str], replicas: int) -> Told:
    """Keep servers alive and let people act until all is over, then look what has come of it."""
    async with AsyncExitStack() as stack:
        servers = Servers(scene, scene.environment(url), points, stack)
        await servers.alive(replicas)
        people = _People(scene, stack)
        until, quiet = time.monotonic() + PATIENCE, 0
        while time.monotonic() < until and quiet < QUIET:
            await asyncio.sleep(LOOK_EVERY)
            if await servers.alive():
                people.may_act = 0.0
            quiet = quiet + 1 if await people.look() else 0
        exits = tuple([each async for each in servers.end()])
        late = () if quiet else (f"not over within {PATIENCE:.0f} s",)
        return await scene.told(servers.deaths, (*late, *exits))


class _People:
    """They ask, approve, and do so again where nothing came of it."""

    def __init__(self, scene: Scene, stack: AsyncExitStack) -> None:
        self._scene, self._stack = scene, stack
        self.may_act = 0.0

    async def look(self) -> bool:
        """Do what is to be done; tell whether all is over."""
        incidents = await self._scene.store.recent(1)
        if not incidents:
            self._act(self._scene.begin)
        elif incidents[0].status is Status.AWAITING_APPROVAL:
            self._act(self._scene.approve)
        return bool(incidents) and await self._scene.over(incidents[0])

    def _act(self, what: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if time.monotonic() >= self.may_act:
            self.may_act = time.monotonic() + AGAIN_AFTER
            self._stack.push_async_callback(_done, asyncio.create_task(what()))


async def _done(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _said(process: Process) -> asyncio.StreamReader:
    if process.stdout is None:
        raise LookupError
    return process.stdout


async def _gone(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.communicate()


@asynccontextmanager
async def _github() -> AsyncIterator[str]:
    """Run the stand-in for GitHub as a process of its own, its repository marked as a sandbox."""
    process = await asyncio.create_subprocess_exec(sys.executable, ROOT / "tests" / "github_standin.py", stdout=PIPE)
    try:
        url = json.loads(await _said(process).readline())["url"]
        body = json.dumps({"topics": ["first-responder-sandbox"]}).encode()
        await asyncio.to_thread(urllib.request.urlopen, urllib.request.Request(f"{url}/_standin", body))  # noqa: S310
        yield url
    finally:
        await _gone(process)


def _name(names: Mapping[str, str], key: str) -> str:
    seq, _, part = key.partition(":")[2].partition(":")
    return f"{names[seq]}:{part}" if seq in names else seq


def _buttons(message: Message) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for block in message.content.get("blocks") or ():
        for button in block["elements"] if block["type"] == "actions" else ():
            if button["action_id"] == "approve":
                yield block["block_id"], button
