"""The HTTP and WebSocket server below the workspace: on loopback, in the caller's event loop, ended when told to."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.datastructures import Address
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

GRACE_SECONDS = 2
LARGEST_FRAME = 1_000_000


class Listener:
    """One port and what answers there."""

    def __init__(self, port: int) -> None:
        """Take the port on 127.0.0.1 (0: any free one); raises `OSError` where it is taken."""
        self._socket = socket.create_server(("127.0.0.1", port))
        self.origin = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def start(self, app: ASGIApp) -> None:
        """Begin to answer."""
        config = uvicorn.Config(
            app,
            http="h11",
            ws="websockets-sansio",
            ws_max_size=LARGEST_FRAME,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))

    async def end(self) -> None:
        """Let what is being answered finish for a moment, then close."""
        self._server.ended.set()
        await self._serving

    def cut(self, client: Address | None) -> None:
        """Drop a client's TCP connection without a word, as a network does."""
        for connection in list(self._server.server_state.connections):
            if not isinstance(connection, H11Protocol | WebSocketsSansIOProtocol):
                continue
            if client is not None and connection.client == tuple(client):
                connection.transport.abort()


class _Server(uvicorn.Server):
    """Leaves the process's signals to whoever owns the process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ended = asyncio.Event()

    async def main_loop(self) -> None:
        await self.ended.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End. A WebSocket that its client is just closing is left alone: uvicorn would close it twice, and raise."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, WebSocketsSansIOProtocol) and connection.transport.is_closing():
                connection.close_sent = True
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
