"""Work in a process of its own, which really is one, and which really dies."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.apart import Apart, Died
from bot.report import PdfFailed

PROGRAM = """
import asyncio, os, sys
from bot.apart import Apart

async def main():
    print(await Apart().do(os.getpid), flush=True)
    await asyncio.Event().wait()

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.fixture
def apart() -> Iterator[Apart]:
    with closing(Apart()) as apart:
        yield apart


def refuse() -> None:
    message = "the letters are missing"
    raise PdfFailed(message)


def die_once(mark: Path) -> int:
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def test_work_is_done_in_one_other_process_that_lets_everybody_go_first(apart: Apart) -> None:
    first, second, nice = await apart.do(os.getpid), await apart.do(os.getpid), await apart.do(os.nice, 0)
    assert first == second != os.getpid()
    assert nice > os.nice(0)


async def test_what_the_work_raises_is_raised_here(apart: Apart) -> None:
    with pytest.raises(PdfFailed, match="the letters are missing"):
        await apart.do(refuse)


async def test_work_under_which_its_process_dies_is_begun_again_in_a_new_one(apart: Apart, tmp_path: Path) -> None:
    before = await apart.do(os.getpid)
    assert await apart.do(die_once, tmp_path / "mark") not in {before, os.getpid()}


async def test_work_that_kills_its_process_is_given_up_and_the_next_one_done(apart: Apart) -> None:
    with pytest.raises(Died, match="twice"):
        await apart.do(die)
    assert await apart.do(os.getpid) != os.getpid()


async def test_work_that_takes_too_long_is_ended() -> None:
    with closing(Apart(longest=0.05)) as apart, pytest.raises(Died, match="longer than"):
        await apart.do(time.sleep, 600)


async def test_signals_to_the_group_are_left_to_the_process_that_it_works_for(apart: Apart) -> None:
    pid = await apart.do(os.getpid)
    for ending in (signal.SIGINT, signal.SIGTERM):
        os.kill(pid, ending)
    assert await apart.do(os.getpid) == pid


async def test_it_ends_with_the_process_that_it_works_for_however_that_dies(tmp_path: Path) -> None:
    (program := tmp_path / "program.py").write_text(PROGRAM)
    process = await asyncio.create_subprocess_exec(sys.executable, program, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    assert int(await process.stdout.readline()) != process.pid
    process.kill()
    assert await process.stdout.read() == b""  # which ends when nobody holds the pipe any more, the other one included
    await process.wait()
