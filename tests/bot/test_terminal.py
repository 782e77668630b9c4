"""The program in a real terminal: the live view, the question, Ctrl-C."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.conftest import Program
from tests.bot.terminal import COLOURS, ROOT, Terminal

CTRL_C = "\x03"


def lines_with(text: str, *words: str) -> list[str]:
    return [line for line in text.splitlines() if all(word in line for word in words)]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_specialists_are_seen_side_by_side_while_they_work(home: Path, size: tuple[int, int]) -> None:
    with Terminal(home, "investigate", "checkout-latency", size=size) as terminal:
        assert terminal.exit_code() == 0
    assert lines_with(terminal.seen, "metrics at work", "logs at work", "deploy at work")
    settled = lines_with(terminal.seen, "─ ✓ metrics ─")[-1]
    assert ("─ ✓ deploy ─" in settled) is (size[0] == 120)
    assert "─ root cause ─" in terminal.seen
    assert re.search(r"✓ recovered: 2,\d{3} ms → \d{3} ms, threshold 500 ms", terminal.seen)
    assert COLOURS.search(terminal.raw)
    assert terminal.raw.count("\x1b[?25l") == terminal.raw.count("\x1b[?25h")  # the cursor is back


def test_no_color_is_honoured(home: Path) -> None:
    with Terminal(home, "investigate", "checkout-latency", NO_COLOR="1") as terminal:
        assert terminal.exit_code() == 0
    assert not COLOURS.search(terminal.raw)
    assert "✓ recovered" in terminal.seen


def test_a_terminal_that_can_do_nothing_gets_plain_lines(home: Path) -> None:
    with Terminal(home, "investigate", "checkout-latency", TERM="dumb") as terminal:
        assert terminal.exit_code() == 0
    assert "\x1b" not in terminal.raw
    assert "\nroot cause  " in terminal.seen


@pytest.mark.parametrize(("answer", "decision", "code"), [("y\n", "approved", {0, 4}), ("\n", "rejected", {0})])
def test_the_question_says_what_would_be_done_and_takes_an_answer(
    home: Path, answer: str, decision: str, code: set[int]
) -> None:
    with Terminal(home, "investigate", "payment-declines") as terminal:
        question = terminal.until("Roll back? [y/n]").split(" question ")[1]
        terminal.press(answer)
        assert terminal.exit_code() in code
    assert "Roll back payment-gateway in production, from 2.9.5 to 2.9.4+cfg.1?" in question
    assert "undoes the deploy chg-7305 (commit " in question
    assert ", there since " in question
    assert "against it: it may have been the config change chg-7301" in question
    assert f"{decision} by shell" in terminal.seen


def test_ctrl_c_at_the_question_ends_at_once_and_keeps_what_was_found(home: Path, program: Program) -> None:
    with Terminal(home, "investigate", "payment-declines") as terminal:
        terminal.until("Roll back? [y/n]")
        terminal.press(CTRL_C)
        assert terminal.exit_code() == 130
    kept = json.loads(program("rca", "last", "--format", "json").out)
    assert (kept["status"], kept["rollback"]) == ("reported", None)
    assert kept["diagnosis"]["culprit_change"]["id"] == "chg-7305"


def test_ctrl_c_during_an_investigation_keeps_what_was_found(home: Path, program: Program) -> None:
    command = [sys.executable, "-m", "bot", "investigate", "checkout-latency"]
    with subprocess.Popen(
        command,
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as running:
        assert running.stdout is not None
        while not running.stdout.readline().startswith("commander"):
            assert running.poll() is None
        running.send_signal(signal.SIGINT)
        shown, errors = running.communicate(timeout=100)
    assert (running.returncode, errors) == (130, "")
    assert "stopped     ✗ by shell; what was found is kept" in shown
    kept = program("rca", "last")
    assert kept.code == 0
    assert "\ncommander   " in kept.out
    assert "stopped     ✗ by shell" in kept.out


def test_a_pdf_is_not_thrown_at_a_terminal(home: Path, program: Program) -> None:
    assert program("investigate", "checkout-latency", "--dry-run").code == 0
    with Terminal(home, "rca", "last", "--format", "pdf") as terminal:
        assert terminal.exit_code() == 2
    assert terminal.seen.startswith("error: a PDF is nothing for a terminal: ")
