"""Tells a story in which servers die: they are started again, or another one goes on, and people try again."""

import asyncio
import json
import sys
import tempfile
import time
import urllib.request
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

from dying import AT, ONCE, PASSED
from dying_scene import ROOT, Scene, Story, Told

from bot.workspace.courier import Pace
from bot.workspace.server import Workspace
from incident.status import Status
from storage.database import Database

DYING = "import dying; dying.serve()"
"""Not by its file: the process that draws would import it once more."""
QUICK = Pace(ack=20.0, trigger=60.0, sharing=0.01, limits=600.0)
LOOK_EVERY, AGAIN_AFTER, PATIENCE = 0.1, 20.0, 300.0
"""Seconds between two looks, after which people do again what nothing came of, and for a whole incident."""
QUIET = 5
"""Looks at which all is over before it counts as over."""


class Servers:
    """Those that are alive. The first ``replicas`` may die at the first point, what is started later at the next."""

    def __init__(
        self, scene: Scene, environment: Mapping[str, str], points: Sequence[str], stack: AsyncExitStack
    ) -> None:
        self._scene, self._environment, self._points, self._stack = scene, environment, points, stack
        self._alive: list[Process] = []
        self._numbers = count(1)
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

    async def end(self) -> tuple[str, ...]:
        """End them as a platform would; return what was wrong with that, or with any that died before."""
        for server in self._alive:
            server.terminate()
        codes = [await server.wait() for server in self._alive]
        return (*(f"exit {code}" for code in codes if code), *self._broken())

    def _broken(self) -> Iterator[str]:
        for log in self._scene.folder.glob("*.log"):
            said = log.read_text()
            if "Traceback" in said:
                yield f"{log.name}: {said[-3000:]}"

    async def _start(self) -> Process:
        number, more = self.deaths, {PASSED: str(self._scene.folder / "passed")}
        if number < len(self._points):
            more = {AT: self._points[number], ONCE: str(self._once[number])}
        how: dict[str, Any] = {"cwd": self._scene.folder, "env": {**self._environment, **more}}
        with (self._scene.folder / f"{next(self._numbers)}.log").open("w") as log:
            process = await asyncio.create_subprocess_exec(sys.executable, "-c", DYING, stdout=PIPE, stderr=log, **how)
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
        late = () if quiet == QUIET else (f"not over within {PATIENCE:.0f} s",)
        return await scene.told(servers.deaths, (*late, *await servers.end()))


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
