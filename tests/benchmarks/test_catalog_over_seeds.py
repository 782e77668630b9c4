import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "catalog_over_seeds.py"


def test_every_made_up_incident_is_answered_as_its_key_says() -> None:
    """A fixed-seed tenth of the benchmark; it exits with 1 where a service, change, action or ending is wrong."""
    table = subprocess.run([sys.executable, PROGRAM, "--seeds", "2"], capture_output=True, text=True, check=False)
    assert table.returncode == 0, table.stdout + table.stderr
    assert table.stdout.count("2/2") >= 7 * 6
