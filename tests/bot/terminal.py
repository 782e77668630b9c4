"""A real terminal of a given size, with the real program in it."""

import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from fcntl import ioctl
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
CODES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
COLOURS = re.compile(r"\x1b\[[0-9;]*3[0-7][0-9;]*m")
LONG = 100.0


class Terminal:
    """Keeps all that was written to it; ``seen`` is that without control codes."""

    def __init__(self, home: Path, *arguments: str, size: tuple[int, int] = (120, 40), **env: str) -> None:
        self._ours, theirs = pty.openpty()
        ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        kept = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
        self.raw = ""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            cwd=home,
            env={**kept, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **env},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - Ctrl-C comes from a controlling terminal
        )
        os.close(theirs)

    @property
    def seen(self) -> str:
        return CODES.sub("", self.raw).replace("\r\n", "\n")

    def until(self, words: str) -> str:
        """Read until the words have appeared."""
        while words not in self.seen:
            self._read()
        return self.seen

    def press(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def exit_code(self) -> int:
        """Read to the end and return how the program ended."""
        try:
            while True:
                self._read()
        except EOFError:
            return self._process.wait(LONG)

    def _read(self) -> None:
        try:
            chunk = os.read(self._ours, 65536)
        except OSError:  # what Linux says where the other end is closed
            chunk = b""
        if not chunk:
            raise EOFError(self.seen)
        self.raw += chunk.decode(errors="replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(LONG)
        os.close(self._ours)
