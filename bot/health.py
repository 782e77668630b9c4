"""What a supervisor asks over HTTP; in HTTP mode also the address that Slack delivers to."""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from importlib.metadata import version

import uvicorn
from fastapi import FastAPI, Request, Response
from slack_bolt.adapter.fastapi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp

from bot.killswitch import KillSwitch
from bot.mistakes import Mistake
from storage.database import UnusableDatabase

GRACE_SECONDS = 2


def web(running: Callable[[], int], kill_switch: KillSwitch, slack: AsyncApp | None = None) -> FastAPI:
    """Return the web application; ``slack`` is there in HTTP mode only."""
    app = FastAPI(title="First Responder", docs_url=None, redoc_url=None, openapi_url=None)
    started = time.monotonic()

    @app.get("/health")
    async def health() -> dict[str, object]:
        uptime = round(time.monotonic() - started, 1)
        return {
            "status": "ok",
            "version": version("first-responder"),
            "uptime": uptime,
            "running": running(),
            "paused": await _paused(kill_switch),
        }

    if slack is not None:
        handler = AsyncSlackRequestHandler(slack)

        @app.post("/slack/events")
        async def events(request: Request) -> Response:
            return await handler.handle(request)

    return app


async def _paused(kill_switch: KillSwitch) -> bool | None:
    """Return whether acting is paused; None where the database can't say, which is no reason to be restarted."""
    try:
        return await kill_switch.standing() is not None
    except UnusableDatabase:
        return None


@contextlib.asynccontextmanager
async def served(app: FastAPI, host: str, port: int) -> AsyncIterator[str]:
    """Serve it and yield its address; raises `Mistake` where the port can't be had."""
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as why:
        message = f"SFA_HOST, SFA_PORT: {host}:{port} can't be used: {why.strerror}"
        raise Mistake(message) from why
    server = _Server(
        uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    shown = f"[{host}]" if ":" in host else host
    try:
        yield f"http://{shown}:{listener.getsockname()[1]}"
    finally:
        server.ended.set()
        await serving


class _Server(uvicorn.Server):
    """Leaves the process's signals to whoever owns the process, and ends when told to."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ended = asyncio.Event()

    async def main_loop(self) -> None:
        await self.ended.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
