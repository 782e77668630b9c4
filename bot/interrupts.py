"""Ctrl-C as an event. As a signal it would strike wherever it likes: in a query's thread it ends the event loop."""

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ctrl_c() -> Iterator[asyncio.Event]:
    """Lend an event that Ctrl-C sets. To be entered before anything starts threads: they inherit the mask."""
    pressed, over, loop = asyncio.Event(), threading.Event(), asyncio.get_running_loop()

    def watch() -> None:
        while signal.sigwait({signal.SIGINT}) and not over.is_set():
            loop.call_soon_threadsafe(pressed.set)

    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    watcher = threading.Thread(target=watch, name="ctrl-c", daemon=True)
    watcher.start()
    try:
        yield pressed
    finally:
        over.set()
        signal.pthread_kill(watcher.ident or 0, signal.SIGINT)
        watcher.join()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
