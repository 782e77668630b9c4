"""Help, mistakes and settings: one line that says what was wrong and what would be right, and nothing lost."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import cli
from tests.bot.conftest import Program

COMMANDS = [*([name] for name in cli.commands), ["db", "upgrade"], []]
RECORDED = "investigate ./nothing-here"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(program: Program, command: list[str]) -> None:
    done = program(*command, "--help")
    assert (done.code, done.err) == (0, "")
    assert "first-responder " + " ".join(command) in done.out.split("xample", 1)[1]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("investgate x", "Did you mean 'investigate'?"),
        ("frobnicate", "There are audit, db, doctor, evaluate,"),
        ("investigate", "Missing argument 'TARGET'. See first-responder investigate --help."),
        ("investigate checkout-latency --modle x", "Did you mean '--model'?"),
        ("investigate checkout-latency --model groq", "no key for Groq: set GROQ_API_KEY, or say --model offline"),
        ("investigate checkout-latency --model llama-99", "no key for Groq: set GROQ_API_KEY"),
        ("investigate checkout-latency --model a/b?c", "or a model's name like openai/gpt-oss-120b"),
        ("investigate chekout-latency", "did you mean checkout-latency?"),
        ("investigate scenario:chekout-latency", "did you mean checkout-latency?"),
        ("investigate ''", "name what to investigate"),
        ("investigate nobody.yml", "nobody.yml"),
        (RECORDED, "there is no folder nothing-here"),
        ("investigate .", "alert.json"),
        ("investigate checkout-latency --seed -1", "-1 is not in the range"),
        ("investigate checkout-latency --as-of yesterday", "like 2026-06-18T15:06:00Z"),
        ("investigate checkout-latency --as-of 2026-06-18T15:06:00", "with its zone"),
        ("investigate checkout-latency --as-of 0001-01-01T00:00:00Z", "between 1970 and 2200"),
        ("investigate checkout-latency --as-of 9999-12-31T23:59:59Z", "between 1970 and 2200"),
        ("investigate checkout-latency --approve perhaps", "'ask', 'yes', 'no'"),
        ("investigate checkout-latency --out /proc/nowhere", "--out /proc/nowhere: nothing can be written there"),
        ("investigate checkout-latency --out taken", "is a file"),
        ("investigate checkout-latency --out taken/below", "nothing can be written there"),
        ("rca", "Missing argument 'ID'"),
        ("rca INC-00000", "no incidents yet"),
        ("rca last", "no incidents yet"),
        ("record INC-00000 somewhere", "no incidents yet"),
        ("audit --since yesterday", "write a number and s, m, h or d, like 30m"),
        ("evaluate .", "no case with alert.json and truth.json"),
        ("evaluate nowhere", "does not exist"),
    ],
)
def test_a_mistake_is_answered_with_one_line(program: Program, home: Path, line: str, told: str) -> None:
    (home / "taken").touch()
    done = program(*(word.strip("'") for word in line.split()))
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("SFA_MODE=yolo", "SFA_MODE: Input should be 'off', 'report', 'ask' or 'auto'"),
        ("SFA_VETO_WINDOW=60", "like 30m"),
        ("SFA_DATABASE_URL=shelf", "use sqlite+aiosqlite:///FILE or postgresql+asyncpg://"),
        ("SFA_DATABASE_URL=sqlite+aiosqlite:////proc/nowhere/x.db", "can't be used: [Errno 2]"),
        ("SFA_DATABASE_URL=sqlite+aiosqlite:///taken/x.db", "can't be used: "),
        ("SFA_DATABASE_URL=sqlite+aiosqlite:///garbage.db", "file is not a database"),
        ("SFA_DATABASE_URL=sqlite+aiosqlite:////tmp", "it is a folder; name a file in it"),
        (
            "SFA_DATABASE_URL=postgresql+asyncpg://u:secret@127.0.0.1:1/x",
            "can't be used: [Errno 111] Connect",
        ),
        ("SFA_DATABASE_URL_FILE=nowhere.txt", "nowhere.txt: No such file or directory"),
    ],
)
def test_a_bad_setting_is_answered_with_one_line(
    program: Program, home: Path, monkeypatch: pytest.MonkeyPatch, setting: str, told: str
) -> None:
    (home / "taken").touch()
    (home / "garbage.db").write_bytes(b"garbage" * 99)
    monkeypatch.setenv(*setting.split("=", 1))
    done = program("incidents")
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert done.err.count("\n") == 1
    assert "secret" not in done.err


def test_a_database_in_a_folder_that_is_missing_is_made(
    program: Program, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFA_DATABASE_URL", "sqlite+aiosqlite:///new/folder/incidents.db")
    done = program("db", "upgrade")
    assert (done.code, done.out) == (0, "the database is up to date\n")
    assert (home / "new/folder/incidents.db").is_file()


def test_an_outdated_and_a_misspelt_name_are_warned_of(
    program: Program, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFA_CONFIDENCE_THRESHOLD_FOR_ACTION", "0.95")
    (home / ".env").write_text("SFA_MODEE=report\nSFA_GROQ_API_KEY=k\n")
    done = program("scenarios")
    assert done.err == ""
    done = program("incidents")
    assert done.code == 0
    assert "SFA_CONFIDENCE_THRESHOLD_FOR_ACTION is the older name of SFA_CONFIDENCE_AUTO" in done.err
    assert "SFA_MODEE is no setting and is not used; did you mean SFA_MODE?" in done.err
    assert "GROQ" not in done.err


def test_scenarios_are_listed_with_what_pages_and_never_the_cause(program: Program) -> None:
    done = program("scenarios")
    assert done.code == 0
    assert "checkout-latency       CheckoutLatencyHigh on checkout-service" in done.out
    assert "pool" not in done.out
    assert len(done.out.splitlines()) == 7


A_ROW_NOBODY_WRITES = "INSERT INTO incidents VALUES ('INC-1', '', '', '', '', '', '', '', '', '', '', '', '')"


def test_an_internal_error_has_an_id_to_look_for_in_the_log(program: Program, home: Path) -> None:
    assert program("db", "upgrade").code == 0
    with closing(sqlite3.connect(home / "first-responder.db")) as database, database:
        database.execute(A_ROW_NOBODY_WRITES)
    done = program("incidents")
    found = re.fullmatch(r"internal error (\w{8}) \(\w+\): first-responder.log has the details\n", done.err)
    assert (done.code, done.out, found is not None) == (1, "", True)
    assert f"internal error {found[1]}" in (home / "first-responder.log").read_text()


def test_an_internal_error_is_told_where_no_log_can_be_written(program: Program, home: Path) -> None:
    assert program("db", "upgrade").code == 0
    with closing(sqlite3.connect(home / "first-responder.db")) as database, database:
        database.execute(A_ROW_NOBODY_WRITES)
    (home / "first-responder.log").mkdir()
    done = program("incidents")
    assert done.code == 1
    assert done.err.endswith("first-responder.log can't be written here\n")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("command", ["--help", "scenarios", "incidents", "investigate nobody"])
def test_commands_that_need_no_ai_load_none(home: Path, command: str) -> None:
    heavy = {"polars", "numpy", "matplotlib", "autogen_core", "reportlab", "drain3"}
    program = f"import sys; from bot.__main__ import run; run({command.split()}); print({heavy} & set(sys.modules))"
    shown = subprocess.run(
        [sys.executable, "-c", program],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert shown.stdout.splitlines()[-1] == "set()"


def test_the_module_is_the_program(home: Path) -> None:
    command = [sys.executable, "-m", "bot", "investigate", "nobody"]
    shown = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=60, check=False)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr.startswith("error: no scenario is called 'nobody'; there are checkout-latency,")
