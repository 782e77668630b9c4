"""How long recorded logs of growing size take to load and how much memory: ``python benchmarks/logs_at_scale.py``."""

import asyncio
import gzip
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

SIZES = (10, 10_000, 1_000_000)
FIRED = datetime(2026, 3, 1, 12, tzinfo=UTC)


def write(folder: Path, lines: int, ending: str) -> None:
    """Write an incident with so many log lines over the hour before its alert; seeded."""
    dice = random.Random(lines)  # noqa: S311 - made-up logs
    (folder / "alert.json").write_bytes(orjson.dumps({"service": "cart", "fired_at": FIRED}))
    with (gzip.open if ending else open)(folder / f"logs.ndjson{ending}", "wb") as file:
        for number in range(lines):
            file.write(line(dice, FIRED - timedelta(hours=1) * (1 - number / lines)) + b"\n")


def line(dice: random.Random, moment: datetime) -> bytes:
    """Return one line of about 250 bytes."""
    row = {
        "timestamp": moment, "service": f"service-{dice.randrange(20)}", "level": dice.choice(("INFO", "WARN")),
        "message": f"GET /items/{dice.randrange(10**6)} took {dice.randrange(900)} ms for user {dice.randrange(10**5)}",
        "trace_id": f"{dice.getrandbits(128):032x}", "attributes": {"route": "/items/:id", "pod": dice.randrange(50)},
    }  # fmt: skip
    return orjson.dumps(row)


def load(folder: Path) -> None:
    """Load in this process and print seconds, rows and the peak of memory."""
    from incident.values import Window
    from scenarios.recorded import open_recording

    start, cpu = time.perf_counter(), time.process_time()
    rows = asyncio.run(open_recording(folder).logs(Window.before(FIRED, timedelta(days=1)))).height
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{rows:>12,} {seconds:>10.2f} {cpu:>12.2f} {peak:>10.0f}")


def main() -> None:
    """Load each size in a process of its own: a peak of memory never goes down again."""
    print(f"{'log lines':>12} {'seconds':>10} {'CPU seconds':>12} {'peak MB':>10}")
    for ending in ("", ".gz"):
        print(f"logs.ndjson{ending}")
        for lines in SIZES:
            with tempfile.TemporaryDirectory() as folder:
                write(Path(folder), lines, ending)
                subprocess.run([sys.executable, __file__, folder], check=True)  # noqa: S603 - this very program


if __name__ == "__main__":
    load(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
