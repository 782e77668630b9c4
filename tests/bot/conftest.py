"""The real program, run in this process, in a folder of its own and without anybody's settings."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.__main__ import run


class Done(NamedTuple):
    """What a command left: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str


Program = Callable[..., Done]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("SFA_", "GROQ_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def program(home: Path, capfd: pytest.CaptureFixture[str]) -> Program:
    def started(*arguments: object) -> Done:
        assert Path.cwd() == home
        code = run([str(argument) for argument in arguments])
        return Done(code, *capfd.readouterr())

    return started
