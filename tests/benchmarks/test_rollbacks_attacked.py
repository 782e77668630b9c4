import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "rollbacks_attacked.py"


def test_of_a_few_generated_incidents_none_is_rolled_back_wrongly() -> None:
    """The benchmark's first incidents, honest teams and lying ones; it exits with 1 where a promise is broken."""
    told = subprocess.run(
        [sys.executable, PROGRAM, "--incidents", "8"], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    assert "wrong rollbacks done: 0 of 8 incidents" in told.stdout
    assert told.stdout.count(", a liar") >= 3
