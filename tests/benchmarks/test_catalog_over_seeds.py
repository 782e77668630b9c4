import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "catalog_over_seeds.py"
DECOYS = sorted((Path(__file__).parents[1] / "scenarios" / "decoys").glob("*.yml"))


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False
    )  # fmt: skip


def test_every_made_up_incident_is_answered_as_its_key_says() -> None:
    """A fixed-seed tenth of the benchmark; it exits with 1 where a service, change, action or ending is wrong."""
    table = run("--seeds", 2)
    assert table.returncode == 0, table.stdout + table.stderr
    assert table.stdout.count("2/2") >= 7 * 6


def test_no_innocent_change_is_rolled_back_or_offered_however_well_it_fits() -> None:
    """Changes minutes before, at the service that paged, of the very pool, timeout or client that the errors name."""
    table = run("--seeds", 1, "--only-harm", *DECOYS)
    assert table.returncode == 0, table.stdout + table.stderr
    assert table.stdout.count("\n") == len(DECOYS) + 1 >= 10


def test_a_key_that_names_another_change_makes_the_benchmark_fail(tmp_path: Path) -> None:
    text = next(d for d in DECOYS if d.stem == "three-at-once").read_text()
    swapped = tmp_path / "swapped.yml"
    swapped.write_text(text.replace("culprit_change: flux-102", "culprit_change: flux-101"))
    assert run("--seeds", 1, "--only-harm", swapped).returncode == 1
