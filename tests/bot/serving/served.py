"""`first-responder serve` as a process."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from scene import Scene


class Served(NamedTuple):
    process: Process
    said: dict[str, str]
    log: Path

    async def end(self) -> tuple[int, str]:
        """Send SIGTERM; the exit code and what was said on standard error."""
        self.process.send_signal(signal.SIGTERM)
        await self.process.communicate()
        return int(self.process.returncode or 0), self.log.read_text()


async def start(folder: Path, more: Mapping[str, str], *how: str) -> Process:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SFA_", "SLACK_"))}
    environment = {**kept, "SFA_PORT": "0", "PYTHONPATH": str(Path(__file__).parents[3]), **more}
    with (folder / "log.txt").open("w") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "serve", *how, cwd=folder, env=environment, stdout=PIPE, stderr=log
        )


@asynccontextmanager
async def serve(folder: Path, more: Mapping[str, str] | None = None, *how: str) -> AsyncIterator[Served]:
    process = await start(folder, more or {}, *how)
    try:
        yield Served(process, await _until_ready(process, folder / "log.txt"), folder / "log.txt")
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def _until_ready(process: Process, log: Path) -> dict[str, str]:
    said: dict[str, str] = {}
    assert process.stdout is not None
    async for line in process.stdout:
        if "ready" in line.decode():
            return said
        name, _, value = line.decode().strip().partition(": ")
        said[name] = value
    pytest.fail(await asyncio.to_thread(log.read_text))


async def refused(folder: Path, more: Mapping[str, str]) -> tuple[int, str]:
    """The exit code and the last line of a server that doesn't begin."""
    process = await start(folder, more)
    await process.communicate()
    return int(process.returncode or 0), (folder / "log.txt").read_text().splitlines()[-1]


def slack(scene: Scene) -> dict[str, str]:
    return {
        "SLACK_API_URL": scene.workspace.api_url,
        "SLACK_BOT_TOKEN": scene.workspace.bot_token,
        "SLACK_APP_TOKEN": scene.workspace.app_token,
        "SFA_ALERT_CHANNELS": "#alerts",
        "SFA_ALERT_SENDERS": "Alertmanager",
        "SFA_INCIDENT_CHANNEL": "incidents",
        "SFA_APPROVERS": "@oncall",
    }
