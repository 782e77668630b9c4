import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "benchmarks" / "diagnosis.py"
FIRED = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
FAILS, INNOCENT = "a1" * 20, "b2" * 20
CALLS = {"front": ["store", "post"], "store": [], "post": []}


def moment(minutes: float) -> str:
    return (FIRED + timedelta(minutes=minutes)).isoformat()


def written(folder: Path, name: str, key: Mapping[str, object]) -> Path:
    """An hour in which the store begins to fail four minutes before the front pages."""
    case = folder / name
    case.mkdir()
    alert = {"service": "front", "metric": "error_ratio", "value": 0.4, "threshold": 0.05, "fired_at": moment(0)}
    (case / "alert.json").write_text(json.dumps({**alert, "severity": "high", "summary": "front fails"}))
    (case / "truth.json").write_text(json.dumps(key))
    (case / "topology.json").write_text(json.dumps({"services": {s: {"depends_on": n} for s, n in CALLS.items()}}))
    rows = [
        f"{moment(m)},{service},error_ratio,{0.004 + m % 7 / 9000 + worth * (m > -5)}"
        for m in range(-60, 6)
        for service, worth in (("front", 0.3), ("store", 0.6), ("post", 0.0))
    ]
    (case / "metrics.csv").write_text("\n".join(("timestamp,service,metric,value", *rows)))
    return case


def lines(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    path.write_text("\n".join(map(json.dumps, rows)))


def changed(case: Path) -> None:
    """The store shrinks its pool and says so in its errors; the post changes its colours right before the alert."""
    diff = "@@ -1 +1 @@\n-  pool: 40\n+  pool: 2\n"
    teal = "@@ -1 +1 @@\n-  color: blue;\n+  color: teal;\n"
    commits = (
        {"sha": FAILS, "timestamp": moment(-12), "author": "a", "message": "smaller connection pool",
         "files": ["deploy/values.yaml"], "diff": diff},
        {"sha": INNOCENT, "timestamp": moment(-4), "author": "b", "message": "new colours",
         "files": ["static/page.css"], "diff": teal},
    )  # fmt: skip
    lines(case / "commits.ndjson", commits)
    shipped = ((FAILS, "store", -11), (INNOCENT, "post", -3))
    lines(
        case / "changes.ndjson",
        [{"id": f"d-{of}", "timestamp": moment(m), "service": of, "kind": "deploy", "title": f"deploy {of}",
          "commit": sha} for sha, of, m in shipped],
    )  # fmt: skip
    said = [(m / 4, "store", "ERROR", f"connection pool exhausted after {m + 99} ms") for m in range(-18, 10)]
    said += [(m, "front", "INFO", f"listed {m + 99} pages") for m in range(-60, 6)]
    lines(
        case / "logs.ndjson",
        [{"timestamp": moment(m), "service": s, "level": level, "message": text} for m, s, level, text in said],
    )


def test_our_method_and_the_baselines_are_graded_beside_each_other_and_no_answer_is_no_luck(tmp_path: Path) -> None:
    key = {"culprit_service": "store", "culprit_commit": FAILS, "decoy_commits": [INNOCENT], "remediation": "rollback"}
    changed(written(tmp_path, "diffs-1", key))
    written(tmp_path, "gauges-1", {"culprit_service": "store"})
    told = subprocess.run([sys.executable, PROGRAM, tmp_path, "--ablate"], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    of_diffs, of_gauges = ({row.split(" | ")[0]: row for row in part.splitlines()} for part in halves(told.stdout))

    right, decoy = "1.00 [0.00 to 1.00] | 0 | 0 | 1.00", "0.00 [0.00 to 1.00] | 1 | 0 | 0.00"
    assert right in of_diffs["| ours"]
    assert right not in of_diffs["| metrics only"], "nobody can name a change that was withheld"
    assert decoy in of_diffs["| last change"]
    assert all(right in of_diffs[f"| {method}"] for method in ("scripted RCA", "TF-IDF of diffs"))
    assert all(of_gauges[f"| {method}"].startswith(f"| {method} | 1.00 [") for method in ("BARO", "NSigma"))
    assert of_gauges["| last change"].startswith("| last change | - | - | - | - | - | - | - | - | 1 |")


def halves(tables: str) -> list[str]:
    parts = tables.split("### ")[1:]
    assert [part.split(":")[0] for part in parts] == ["diffs", "gauges"]
    return parts
