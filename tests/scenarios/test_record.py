"""A finished incident becomes a recorded one that loads back the same, and never holds a secret."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from incident.alert import Alert
from incident.facts import Stopped
from incident.model import Incident
from incident.status import Status, World
from incident.values import Window
from scenarios.record import CannotRecord, record
from scenarios.recorded import RecordedIncident, open_recording

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WINDOW = Window(NOON - timedelta(hours=1), NOON + timedelta(minutes=5))
ALERT = Alert(
    service="cart", name="p99", metric="p99_ms", value=900.5, threshold=500, fired_at=NOON, summary="mail bob@x.io",
    labels={"region": "eu"},
)  # fmt: skip
SECRET = "hunter2"  # noqa: S105 - what must not be found again


def redact(text: str) -> str:
    return text.replace("bob@x.io", "[mail]").replace(f"password={SECRET}", "password=[secret]")


def stopped(alert: Alert = ALERT) -> Incident:
    incident = Incident(
        id="INC-1", target="cart", world=World.SCENARIO, environment="production", alert=alert, opened_at=NOON
    )
    return incident.after(Stopped(at=NOON, by="U1"))


def lines(path: Path, *rows: dict[str, object]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def original(folder: Path) -> RecordedIncident:
    """Write by hand what `record` has to write again: every kind of file, fractions of seconds, nulls, nesting."""
    folder.mkdir(parents=True)
    moments = [NOON + timedelta(minutes=m, microseconds=m) for m in range(-70, 10, 5)]
    (folder / "alert.json").write_text(ALERT.model_dump_json())
    readings = "".join(f"{at.isoformat()},cart,p99_ms,{at.minute / 7}\n" for at in moments)
    (folder / "metrics.csv").write_text("timestamp,service,metric,value\n" + readings)
    lines(folder / "logs.ndjson", *(
        {"timestamp": at.isoformat(), "service": "cart", "level": "INFO", "message": f"for bob@x.io at {at.minute}",
         "trace_id": f"t{at.minute}" if at.minute % 2 else None, "password": SECRET, "attributes": {"n": [{"a": "é"}]}}
        for at in moments
    ))  # fmt: skip
    lines(folder / "spans.ndjson", *(
        {"trace_id": "t", "span_id": str(i), "parent_id": None, "service": "cart", "name": "GET /", "status": "OK",
         "start": at.isoformat(), "duration_ms": i / 3} for i, at in enumerate(moments)
    ))  # fmt: skip
    lines(
        folder / "changes.ndjson", {"id": "c1", "timestamp": "2026-02-28T00:00:00.5Z", "kind": "odd", "key": {"a": 1}}
    )
    commit = {"sha": "ab" * 20, "timestamp": "2026-03-01T11:00:00Z", "author": "al", "message": "m", "files": ["a.py"]}
    lines(folder / "commits.ndjson", {**commit, "diff": f"+password={SECRET}\n"})
    lines(
        folder / "events.ndjson", {"timestamp": "2026-03-01T11:30:00Z", "source": "aws", "status": "up", "message": "x"}
    )
    (folder / "topology.json").write_text('{"services": {"cart": {"depends_on": ["db"]}}}')
    (folder / "baseline.json").write_text('{"folder": "../day-before"}')
    healthy = folder.with_name("day-before")
    healthy.mkdir()
    (healthy / "metrics.csv").write_text("timestamp,service,metric,value\n" + readings)
    return open_recording(folder)


async def test_what_was_recorded_loads_back_the_same(tmp_path: Path) -> None:
    before = original(tmp_path / "hand" / "case")
    await record(stopped(), before, WINDOW, tmp_path / "out" / "case", lambda text: text)
    after = open_recording(tmp_path / "out" / "case")
    assert after.alert == ALERT
    for signal in ("metrics", "logs", "spans"):
        old, new = await getattr(before, signal)(WINDOW), await getattr(after, signal)(WINDOW)
        assert_frame_equal(pl.DataFrame(new), pl.DataFrame(old))
        assert new.height == 12
    long = Window(NOON - timedelta(days=9), NOON + timedelta(days=9))
    assert await after.changes(long) == await before.changes(long)
    assert await after.commits(long) == await before.commits(long)
    assert await after.events(long) == await before.events(long)
    assert await after.topology() == await before.topology()
    old_day, new_day = await before.baseline(), await after.baseline()
    assert_frame_equal(await new_day.metrics(await new_day.extent()), await old_day.metrics(await old_day.extent()))
    assert after.gaps() == ()


async def test_every_text_is_redacted_before_it_is_written(tmp_path: Path) -> None:
    await record(stopped(), original(tmp_path / "case"), WINDOW, tmp_path / "copy", redact)
    copy = open_recording(tmp_path / "copy")
    logs = await copy.logs(WINDOW)
    assert copy.alert.summary == "mail [mail]"
    assert logs["message"].str.starts_with("for [mail] at").all()
    assert json.loads(logs["attributes"][0])["password"] == "[secret]"  # noqa: S105 - what is left of it
    (commit,) = await copy.commits(WINDOW)
    assert commit.diff == "+password=[secret]"


async def test_signals_that_nobody_recorded_leave_no_file(tmp_path: Path) -> None:
    before = original(tmp_path / "case")
    for name in ("spans.ndjson", "events.ndjson", "topology.json", "baseline.json"):
        (before.folder / name).unlink()
    await record(stopped(), before, WINDOW, tmp_path / "copy", redact)
    assert {path.name for path in (tmp_path / "copy").iterdir()} == {
        "alert.json", "metrics.parquet", "logs.ndjson.gz", "changes.ndjson", "commits.ndjson",
    }  # fmt: skip
    assert not (tmp_path / "copy-healthy").exists()


async def test_a_folder_that_holds_something_is_never_written_into(tmp_path: Path) -> None:
    before = original(tmp_path / "case")
    with pytest.raises(CannotRecord, match="not an empty folder"):
        await record(stopped(), before, WINDOW, tmp_path / "case", redact)
    (tmp_path / "empty").mkdir()
    await record(stopped(), before, WINDOW, tmp_path / "empty", redact)
    assert (tmp_path / "empty" / "alert.json").is_file()


async def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CannotRecord, match="can't be written"):
        await record(stopped(), original(tmp_path / "case"), WINDOW, tmp_path / "file" / "copy", redact)


async def test_an_incident_that_is_still_open_is_not_recorded(tmp_path: Path) -> None:
    going_on = stopped().model_copy(update={"status": Status.INVESTIGATING})
    with pytest.raises(CannotRecord, match="only a finished incident"):
        await record(going_on, original(tmp_path / "case"), WINDOW, tmp_path / "copy", redact)


async def test_a_recording_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    def broken(text: str) -> str:
        if text == "GET /":
            raise RuntimeError
        return text

    with pytest.raises(RuntimeError):
        await record(stopped(), original(tmp_path / "case"), WINDOW, tmp_path / "out" / "copy", broken)
    assert [path.name for path in (tmp_path / "out").iterdir()] == []
