"""Work that would hold up everything else, done in a process of its own at low priority."""

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import ParamSpec, TypeVar

logger = logging.getLogger(__name__)

LONGEST = 120.0
"""Seconds that one piece of work may take."""
NICER = 5
P = ParamSpec("P")
R = TypeVar("R")


class Died(Exception):
    """The process died under the work twice, or the work took too long. The next work gets a new process."""


class Apart:
    """One process, begun when it is first needed and anew where it has died; `close` ends it."""

    def __init__(self, longest: float = LONGEST) -> None:
        self._longest = longest
        self._pool: ProcessPoolExecutor | None = None
        self._pid: int | None = None

    async def do(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a module's function, which may be repeated, with values that can be pickled.

        Raises what it raises, and `Died`.
        """
        try:
            return await self._do(work, *args, **kwargs)
        except BrokenProcessPool:
            logger.warning("the process for drawing died and is begun anew")
        try:
            return await self._do(work, *args, **kwargs)
        except BrokenProcessPool as why:
            message = "the process that does it died twice"
            raise Died(message) from why

    async def _do(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        pool = self._pool = self._pool or _pool()
        try:
            self._pid = await asyncio.wrap_future(pool.submit(os.getpid))  # answered when earlier work is done
            async with asyncio.timeout(self._longest):
                return await asyncio.wrap_future(pool.submit(work, *args, **kwargs))
        except BrokenProcessPool:
            self._end(pool)
            raise
        except TimeoutError as why:
            self._end(pool)
            message = f"it took longer than {self._longest:.0f} seconds"
            raise Died(message) from why

    def close(self) -> None:
        """End the process, whatever it is at."""
        if self._pool is not None:
            self._end(self._pool)

    def _end(self, pool: ProcessPoolExecutor) -> None:
        if pool is self._pool:
            if self._pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(self._pid, signal.SIGKILL)
            self._pool = self._pid = None
        pool.shutdown(wait=True, cancel_futures=True)


def _pool() -> ProcessPoolExecutor:
    """Spawn it: a fork would take along locks that threads of ours hold."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin)


def _begin() -> None:
    """Leave signals to the process that this one works for, let everybody go first, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(NICER)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
    os._exit(0)
