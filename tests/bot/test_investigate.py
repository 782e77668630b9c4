"""`first-responder investigate`, whole: scenarios, recordings, answers, exits."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bot.conftest import Done, Program
from tests.bot.test_document import KEYS

ASKS = "payment-declines"
WRONG, RIGHT = 1, 7
"""Seeds in which undoing the later change, which is what is proposed, doesn't help and helps."""
ARGV = [sys.executable, "-m", "bot"]
ROOT = str(Path(__file__).parents[2])


def strict(text: str) -> dict[str, Any]:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    shown: dict[str, Any] = json.loads(text, parse_constant=refuse)
    return shown


def env(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": ROOT, **more}


def judged(done: Done) -> dict[str, Any]:
    assert done.code in {0, 3, 4}, done.err
    return strict(done.out)


def test_a_scenario_is_investigated_rolled_back_checked_and_reported(program: Program, home: Path) -> None:
    done = program("investigate", "checkout-latency")
    assert (done.code, done.err) == (0, "")
    titles = [line.split("  ")[0] for line in done.out.splitlines() if not line.startswith(" ")]
    assert titles[:2] == ["alert", "commander"]
    assert sorted(titles[2:5]) == ["deploy", "logs", "metrics"]
    assert titles[5:] == ["commander", "root cause", "verdict", "rollback", "rollback", "check", "end"]
    assert "✓ recovered" in done.out
    assert {path.suffix for path in (home / "rca").iterdir()} == {".md", ".pdf"}


def test_json_is_the_only_thing_on_standard_output(program: Program, home: Path) -> None:
    done = program("investigate", "checkout-latency", "--json", "--out", "elsewhere/reports")
    shown = judged(done)
    assert done.out.endswith("}\n")
    assert set(shown) == KEYS[""]
    assert (done.code, shown["status"], shown["world"], shown["check"]["result"]) == (
        0,
        "resolved",
        "scenario",
        "recovered",
    )
    assert shown["report"]["pdf"] == f"elsewhere/reports/{shown['incident']}.pdf"
    assert (home / shown["report"]["pdf"]).read_bytes().startswith(b"%PDF")
    assert "root cause" in done.err


def test_a_question_that_nobody_answers_stays_open_and_says_how_to_go_on(program: Program) -> None:
    done = program("investigate", ASKS)
    assert done.code == 3
    assert "is waiting for approval" in done.out
    assert f"first-responder investigate {ASKS} --seed 0 --approve yes" in done.out
    assert "rollback    " not in done.out


def test_no_ends_as_reported_and_nothing_is_done(program: Program) -> None:
    done = program("investigate", ASKS, "--approve", "no", "--json")
    shown = judged(done)
    assert (done.code, shown["status"], shown["rollback"]) == (0, "reported", None)
    assert (shown["approval"]["decision"], shown["approval"]["by"]) == ("rejected", ["shell"])


@pytest.mark.parametrize(("seed", "code", "status"), [(RIGHT, 0, "resolved"), (WRONG, 4, "handed_over")])
def test_yes_acts_and_the_world_decides_whether_it_helped(program: Program, seed: int, code: int, status: str) -> None:
    done = program("investigate", ASKS, "--approve", "yes", "--json", "--seed", seed)
    shown = judged(done)
    assert (done.code, shown["status"]) == (code, status)
    assert (shown["approval"]["decision"], shown["rollback"]["outcome"]) == ("approved", "succeeded")
    assert (shown["check"]["result"] == "recovered") is (code == 0)


def test_a_dry_run_says_what_would_be_done_and_does_nothing(program: Program) -> None:
    done = program("investigate", "checkout-latency", "--dry-run", "--json")
    shown = judged(done)
    assert (done.code, shown["status"], shown["rollback"]) == (0, "reported", None)
    assert shown["verdict"]["rehearsed"]
    assert shown["verdict"]["action"] == "rollback"
    assert "would roll back" in done.err


def test_a_recorded_incident_is_judged_and_never_acted_on(program: Program, home: Path) -> None:
    assert program("investigate", "checkout-latency").code == 0
    recorded = program("record", "last", "checkout-latency")
    assert (recorded.code, recorded.out) == (0, "recorded in checkout-latency\n")
    done = program("investigate", "./checkout-latency", "--approve", "yes", "--json")
    shown = judged(done)
    assert (done.code, shown["world"], shown["status"]) == (0, "recorded", "reported")
    assert shown["verdict"]["rehearsed"]
    assert shown["rollback"] is None
    assert shown["diagnosis"]["culprit_service"] == "checkout-service"
    assert program("rca", "last").out.startswith("alert       CheckoutLatencyHigh")
    assert judged(program("investigate", "checkout-latency", "--json"))["world"] == "scenario"
    nearest = program("investigate", "./checkout-latenzy")
    assert "did you mean checkout-latency?" in nearest.err
    several = program("investigate", home)
    assert (several.code, "holds 1 recorded incidents" in several.err) == (2, True)


def test_a_world_is_made_as_of_the_given_time(program: Program) -> None:
    when = "2026-03-01T10:00:00+01:00"
    shown = judged(program("investigate", "latent_config_bug", "--as-of", when, "--json", "--dry-run"))
    assert shown["alert"]["fired_at"] == "2026-03-01T09:00:00Z"
    assert shown["diagnosis"]["onset"].startswith("2026-03-01T08:")


def test_a_reader_who_leaves_early_costs_nothing(home: Path) -> None:
    piped = f"{{ {' '.join(ARGV)} investigate checkout-latency; echo $? > code; }} | head -1"
    shown = subprocess.run(
        ["bash", "-c", piped], cwd=home, env=env(), capture_output=True, text=True, timeout=100, check=True
    )
    assert shown.stdout.startswith("alert ")
    assert shown.stderr == ""
    assert (home / "code").read_text() == "0\n"
    assert len(list((home / "rca").iterdir())) == 2


def test_a_terminal_that_lacks_letters_shows_the_rest(home: Path) -> None:
    shown = subprocess.run(
        [*ARGV, "investigate", "checkout-latency"],
        cwd=home,
        env=env(PYTHONIOENCODING="ascii"),
        capture_output=True,
        timeout=100,
        check=True,
    )
    assert re.search(rb"\? recovered: 2,\d{3} ms \? \d{3} ms", shown.stdout)
