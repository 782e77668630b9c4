"""`first-responder audit` on what a real investigation left behind."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.lock import served_alone
from tests.bot.conftest import Program


@pytest.fixture
def incident(program: Program) -> str:
    document = json.loads(program("investigate", "checkout-latency", "--json").out)
    return str(document["incident"])


def test_it_says_who_decided_what_while_a_server_runs(program: Program, home: Path, incident: str) -> None:
    with served_alone(home / "first-responder.db"):
        told = program("audit")
        lines = program("audit", "--json", "--incident", incident, "--since", "1h")
        rest = program("audit", "--json", "--after", 4)
    assert (told.code, told.err) == (0, "")
    kinds = [line.split()[3] for line in told.out.splitlines()]
    assert kinds == ["verdict", "rollback_started", "rollback_sent", "rollback_ended", "check"]
    assert all(incident in line for line in told.out.splitlines())
    documents = [json.loads(line) for line in lines.out.splitlines()]
    assert [each["kind"] for each in documents] == kinds
    assert documents[1]["previous_hash"] == documents[0]["hash"]
    assert [json.loads(line)["kind"] for line in rest.out.splitlines()] == ["check"]


def test_where_nothing_was_decided_it_says_so(program: Program) -> None:
    done = program("audit", "--incident", "INC-00000")
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("no entries")


def test_verification_names_what_was_changed_behind_its_back(program: Program, home: Path, incident: str) -> None:
    whole = program("audit", "--verify")
    newest = json.loads(program("audit", "--json", "--after", 4).out)["hash"]
    assert whole.code == 0
    assert whole.out.startswith("whole: 5 entries")
    assert newest in whole.out
    with closing(sqlite3.connect(home / "first-responder.db")) as connection, connection:
        connection.execute("UPDATE facts SET body = replace(body, 'succeeded', 'failed') WHERE kind = 'rollback_ended'")
    broken = program("audit", "--verify")
    assert broken.code == 1
    assert broken.out.splitlines()[0] == "NOT WHOLE"
    assert f"of {incident} (rollback_ended) isn't what was stored" in broken.out
    flaws = json.loads(program("audit", "--verify", "--json").out)
    assert (flaws["whole"], [flaw["seq"] for flaw in flaws["flaws"]]) == (False, [4])


def test_while_a_setting_pauses_acting_nothing_is_done_and_the_report_says_by_what(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFA_PAUSED", "true")
    document = json.loads(program("investigate", "checkout-latency", "--json").out)
    assert (document["status"], document["rollback"]) == ("reported", None)
    assert any("paused by SFA_PAUSED" in reason for reason in document["verdict"]["reasons"])
