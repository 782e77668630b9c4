"""What is stored is found, read again in every form, recorded and graded."""

import json
from pathlib import Path

import pytest

from bot.outbox import write_report
from bot.report import Written
from tests.bot import report_cases as case
from tests.bot.conftest import Program


@pytest.fixture
def investigated(program: Program) -> str:
    done = program("investigate", "checkout-latency", "--json")
    assert done.code == 0
    return str(json.loads(done.out)["incident"])


def test_an_incident_is_listed_and_found_by_part_of_its_id_service_or_target(
    program: Program, investigated: str
) -> None:
    for words in ((), ("checkout",), (investigated[4:].lower(),), ("LATENCY",)):
        done = program("incidents", *words)
        assert (done.code, done.err) == (0, "")
        assert done.out.startswith(f"{investigated}  ")
        assert "resolved" in done.out
    nothing = program("incidents", "billing")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "no incident matches 'billing'\n")
    lines = program("incidents", "--json").out.splitlines()
    assert [json.loads(line)["incident"] for line in lines] == [investigated]


def test_the_report_is_read_again_in_every_form(program: Program, investigated: str) -> None:
    assert program("rca", investigated.lower(), "--format", "markdown").out.startswith("# ")
    assert json.loads(program("rca", "last", "--format", "json").out)["incident"] == investigated
    whole = program("rca", investigated).out
    assert "… " not in whole.split("root cause")[0].replace("…”", "")
    assert "check       ✓ recovered" in whole
    nearest = program("rca", "INC-00000")
    assert (nearest.code, nearest.err) == (2, f"error: no incident 'INC-00000'; the newest are {investigated}\n")


def test_a_recording_is_graded_and_a_broken_one_costs_nobody_elses_grades(
    program: Program, home: Path, investigated: str
) -> None:
    assert program("record", investigated, "cases/shop-1").code == 0
    again = program("record", investigated, "cases/shop-1")
    assert (again.code, again.err.count("\n"), "not an empty folder" in again.err) == (2, 1, True)
    key = {"culprit_service": "checkout-service", "culprit_change": "chg-4421", "remediation": "rollback"}
    (home / "cases/shop-1/truth.json").write_text(json.dumps(key))
    table = program("evaluate", "cases")
    assert table.code == 0
    assert "wrong rollbacks" in table.out
    (home / "cases/shop-2").mkdir()
    for name in ("alert.json", "truth.json"):
        (home / "cases/shop-2" / name).write_text("{")
    graded = program("evaluate", "cases", "cases/shop-1", "--json")
    assert graded.code == 2
    assert "error: not graded: cases/shop-2: " in graded.err
    (only,) = json.loads(graded.out)["cases"]
    assert (only["case"], only["rank"], only["change"]) == ("shop-1", 1, "right")


def test_a_folder_that_fills_up_loses_no_report(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.touch()
    outcome = write_report(case.resolved(), gone, case.FIRED.tzinfo)  # type: ignore[arg-type]
    assert outcome.files is None
    assert "`first-responder rca INC-7F3K2` has it" in outcome.missing


def test_a_pdf_that_cannot_be_written_leaves_the_markdown(tmp_path: Path) -> None:
    (tmp_path / "INC-7F3K2.pdf").mkdir()
    outcome = write_report(case.resolved(), tmp_path, case.FIRED.tzinfo)  # type: ignore[arg-type]
    assert outcome.files == Written(tmp_path / "INC-7F3K2.md", None)
    assert outcome.missing.startswith("the PDF can't be written")
    assert (tmp_path / "INC-7F3K2.md").is_file()
