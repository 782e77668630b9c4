import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "kill_matrix.py"
DISPATCH = "POST /actions/workflows/rollback.yml/dispatches"
GOES_ON = (
    "after fact turn of commander",
    "before fact rollback_sent",
    f"after {DISPATCH}",
    "after chat.postMessage rollback_ended:0",
)
"""Around a turn, the right to send, the dispatch and a message, all in one incident."""
LOOKED_FOR = ("after fact rollback_sent",)
"""Nobody can know whether it was sent."""


def test_a_server_killed_around_the_dispatch_again_and_again_sends_once_and_says_everything_once() -> None:
    """A tenth of the benchmark; it exits with 1 where a message is lost or doubled, or a dispatch is."""
    deaths = [part for points in (GOES_ON, LOOKED_FOR) for part in ("--at", " | ".join(points))]
    told = subprocess.run([sys.executable, PROGRAM, *deaths], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "5 deaths in 2 incidents: 1 resolved, 1 handed_over (unknown); 0 wrong" in told.stdout
