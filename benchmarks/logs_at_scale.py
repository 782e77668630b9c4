"""What loading logs, and a whole investigation, cost at growing size: ``python benchmarks/logs_at_scale.py``."""

import asyncio
import gzip
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

SIZES = ((10, 10), (10_000, 500), (1_000_000, 5_000))
"""Log lines and series."""
FIRED = datetime(2026, 3, 1, 12, tzinfo=UTC)
SERVICES = 20
FAILING = 3
"""Which of the services, and of the series, goes bad a quarter of an hour before the alert."""
ROOT = Path(__file__).parents[1]
INVESTIGATE = ("-m", "bot", "investigate", "--json")


def write(folder: Path, lines: int, series: int, ending: str) -> None:
    """Write an incident with so many log lines and series in which one service fails; seeded."""
    dice = random.Random(lines)  # noqa: S311 - made-up telemetry
    alert = {"service": f"service-{FAILING}", "metric": "metric-0", "value": 9, "threshold": 5, "fired_at": FIRED}
    (folder / "alert.json").write_bytes(orjson.dumps(alert))
    with (gzip.open if ending else open)(folder / f"logs.ndjson{ending}", "wb") as file:
        for number in range(lines):
            file.write(line(dice, FIRED - timedelta(hours=3) * (1 - number / lines)) + b"\n")
    with (folder / "metrics.csv").open("w") as file:
        file.write("timestamp,service,metric,value\n")
        for minute in range(-180, 10, 2):
            file.writelines(readings(dice, FIRED + timedelta(minutes=minute), series))


def line(dice: random.Random, moment: datetime) -> bytes:
    """Return one line of about 250 bytes."""
    service = f"service-{dice.randrange(SERVICES)}"
    failing = service == f"service-{FAILING}" and moment > FIRED - timedelta(minutes=15)
    told = f"GET /items/{dice.randrange(10**6)} took {dice.randrange(900)} ms for user {dice.randrange(10**5)}"
    row = {
        "timestamp": moment, "service": service, "level": "ERROR" if failing else dice.choice(("INFO", "WARN")),
        "message": f"pool exhausted after {dice.randrange(900)} ms" if failing else told,
        "trace_id": f"{dice.getrandbits(128):032x}", "attributes": {"route": "/items/:id", "pod": dice.randrange(50)},
    }  # fmt: skip
    return orjson.dumps(row)


def readings(dice: random.Random, moment: datetime, series: int) -> list[str]:
    """Return one reading of each series; those of the failing service rise."""
    values = [dice.random() for _ in range(series)]
    values[FAILING] += 8 if moment > FIRED - timedelta(minutes=15) else 0
    at = moment.isoformat()
    return [f"{at},service-{n % SERVICES},metric-{n // SERVICES},{value:.4f}\n" for n, value in enumerate(values)]


def load(folder: Path) -> None:
    """Load the logs in this process."""
    from incident.values import Window
    from scenarios.recorded import open_recording

    asyncio.run(open_recording(folder).logs(Window.before(FIRED, timedelta(days=1))))


def measured(job: str, scratch: str, *arguments: str) -> str:
    """Run a program of its own, since a peak of memory never goes down again, and return its row of the table."""
    start = time.perf_counter()
    environment = {**os.environ, "SFA_DATABASE_URL": f"sqlite+aiosqlite:///{scratch}/x.db", "PYTHONPATH": str(ROOT)}
    command = (sys.executable, *arguments)
    program = subprocess.Popen(  # noqa: S603 - this very program, and our own
        command, cwd=scratch, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(program.pid, 0)
    seconds, cpu = time.perf_counter() - start, used.ru_utime + used.ru_stime
    failed = "" if status == 0 else f"  failed: {os.waitstatus_to_exitcode(status)}"
    return f"{job:<24} {seconds:>8.2f} {cpu:>12.2f} {used.ru_maxrss / 1024:>8.0f}{failed}"


def main() -> None:
    """Write each size, and measure what is done with it."""
    print(f"{'log lines':>10} {'series':>7} {'file':<15} {'job':<24} {'seconds':>8} {'CPU seconds':>12} {'peak MB':>8}")
    for ending in ("", ".gz"):
        for lines, series in SIZES:
            with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory() as folder:
                write(Path(folder), lines, series, ending)
                begin = f"{lines:>10,} {series:>7,} {f'logs.ndjson{ending}':<15}"
                print(begin, measured("load the logs", scratch, __file__, folder), flush=True)
                print(begin, measured("the whole investigation", scratch, *INVESTIGATE, folder), flush=True)


if __name__ == "__main__":
    load(Path(sys.argv[1])) if len(sys.argv) > 1 else main()
