"""Several real `first-responder serve` processes that share a workspace and a PostgreSQL database, to be killed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx

from bot.workspace.server import Workspace
from tests.bot.serving.served import Served, serve


class Replicas:
    """Those that are alive, by the names of their folders."""

    def __init__(self, alive: Mapping[str, Served]) -> None:
        self.alive = dict(alive)

    async def busy(self) -> str:
        """Wait until one of them works on an incident, and return its name."""
        async with httpx.AsyncClient() as client:
            while True:
                for name, served in self.alive.items():
                    if (await client.get(served.said["health"])).json()["running"]:
                        return name
                await asyncio.sleep(0.02)

    async def kill(self, name: str) -> None:
        """End one as a power cut would."""
        killed = self.alive.pop(name)
        killed.process.kill()
        await killed.process.communicate()


@asynccontextmanager
async def replicas(folder: Path, url: str, settings: Mapping[str, str], number: int = 2) -> AsyncIterator[Replicas]:
    """Start them, and kill those that are left."""
    folders = [folder / f"replica-{which}" for which in range(1, number + 1)]
    async with AsyncExitStack() as stack:
        for each in folders:
            each.mkdir(exist_ok=True)
        environment = {**settings, "SFA_DATABASE_URL": url}
        served = await asyncio.gather(*(stack.enter_async_context(serve(each, environment)) for each in folders))
        yield Replicas(dict(zip((each.name for each in folders), served, strict=True)))


def doubled(workspace: Workspace, channel: str) -> list[str]:
    """Return what our bot has said more than once in a channel, by its messages' keys and its files' names."""
    messages = workspace.channel(channel).messages.values()
    keys = [str(m.metadata["event_payload"]["key"]) for m in messages if m.metadata]
    files = [workspace.team.files[file].name for m in messages for file in m.files]
    assert keys, "nothing that our bot has said can be recognised"
    return [each for each, times in Counter(keys + files).items() if times > 1]
