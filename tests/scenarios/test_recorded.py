"""A recorded incident's folder as Telemetry: every variant of every file."""

import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from incident.alert import Severity
from incident.change import ChangeKind
from incident.ports import NotRecorded, Unreadable
from incident.values import Window
from scenarios.recorded import NotAnIncident, Recording, open_recording

EVER = Window(datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
FIRED = "2026-03-01T12:00:00Z"
ALERT = {"service": "cart", "metric": "p99_ms", "value": 900, "threshold": 500, "severity": "high", "fired_at": FIRED}
CSV = "timestamp,service,metric,value\n2026-03-01T11:59:00Z,cart,p99_ms,120.5\n2026-03-01T12:00:00Z,cart,p99_ms,900\n"
LOG = {"timestamp": FIRED, "service": "cart", "level": "ERROR", "message": "pool exhausted", "trace_id": "t1"}
SPAN = {
    "trace_id": "t1", "span_id": "s1", "parent_id": None, "service": "cart", "name": "GET /", "start": FIRED,
    "duration_ms": 12, "status": "OK",
}  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def lines(*rows: dict[str, object]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def incident(folder: Path, **files: str | bytes) -> Path:
    """Write a folder; ``logs_ndjson_gz`` becomes logs.ndjson.gz."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {"alert_json": json.dumps(ALERT), **files}.items():
        raw = content.encode() if isinstance(content, str) else content
        (folder / name.replace("_", ".")).write_bytes(gzip.compress(raw) if name.endswith("_gz") else raw)
    return folder


@pytest.mark.parametrize("name", ["metrics_csv", "metrics_csv_gz"])
async def test_metrics_are_read_from_csv_and_gzip(tmp_path: Path, name: str) -> None:
    recording = open_recording(incident(tmp_path / "case", **{name: CSV}))
    metrics = await recording.metrics(EVER)
    assert metrics.schema == {
        "timestamp": pl.Datetime("us", "UTC"), "service": pl.String, "metric": pl.String, "value": pl.Float64,
    }  # fmt: skip
    assert metrics["value"].to_list() == [120.5, 900.0]
    assert recording.gaps() == ()


async def test_a_window_includes_its_start_and_excludes_its_end(tmp_path: Path) -> None:
    recording = open_recording(incident(tmp_path / "case", metrics_csv=CSV))
    window = Window(at("2026-03-01T11:59:00Z"), at(FIRED))
    assert (await recording.metrics(window))["value"].to_list() == [120.5]


async def test_columns_may_come_in_any_order_quoted_and_with_a_byte_order_mark(tmp_path: Path) -> None:
    text = '\ufeffvalue,note,"service",metric,timestamp\r\n1.5,x,"cart, main",p99_ms,2026-03-01T12:00:00+02:00\r\n'
    metrics = await open_recording(incident(tmp_path / "case", metrics_csv=text)).metrics(EVER)
    assert metrics.rows() == [(at("2026-03-01T10:00:00Z"), "cart, main", "p99_ms", 1.5)]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Tokyo"])
async def test_parquet_times_of_any_unit_and_zone_become_utc_microseconds(
    tmp_path: Path, unit: str, zone: str | None
) -> None:
    folder = incident(tmp_path / "case")
    times = pl.Series([at(FIRED)]).dt.convert_time_zone(zone or "UTC").dt.cast_time_unit(unit)  # type: ignore[arg-type]
    times = times if zone else times.dt.replace_time_zone(None)
    frame = pl.DataFrame({"timestamp": times, "service": ["cart"], "metric": ["m"], "value": [1]})
    frame.cast({"service": pl.Categorical, "value": pl.Float32}).write_parquet(folder / "metrics.parquet")
    metrics = await open_recording(folder).metrics(EVER)
    assert metrics.rows() == [(at(FIRED), "cart", "m", 1.0)]
    assert metrics.schema["timestamp"] == pl.Datetime("us", "UTC")


@pytest.mark.parametrize("name", ["logs_ndjson", "logs_ndjson_gz"])
async def test_unknown_keys_of_log_lines_are_kept_as_attributes(tmp_path: Path, name: str) -> None:
    told = {**LOG, "attributes": {"route": "/pay"}, "pod": {"name": "cart-1"}, "level": 3}
    logs = await open_recording(incident(tmp_path / "case", **{name: lines(told)})).logs(EVER)
    row = logs.row(0, named=True)
    assert json.loads(row.pop("attributes")) == {"route": "/pay", "pod": {"name": "cart-1"}}
    assert row == {
        "timestamp": at(FIRED), "service": "cart", "level": "3", "message": "pool exhausted", "trace_id": "t1",
    }  # fmt: skip


async def test_unknown_columns_of_parquet_are_kept_as_attributes(tmp_path: Path) -> None:
    folder = incident(tmp_path / "case")
    pl.DataFrame([{**SPAN, "start": at(FIRED), "pod": "cart-1", "raw": b"\xff"}]).write_parquet(
        folder / "spans.parquet"
    )
    nested = [{**LOG, "timestamp": at(FIRED), "attributes": {"route": "/"}}]
    pl.DataFrame(nested).write_parquet(folder / "logs.parquet")
    recording = open_recording(folder)
    spans, logs = await recording.spans(EVER), await recording.logs(EVER)
    assert spans.columns == [
        "trace_id", "span_id", "parent_id", "service", "name", "start", "duration_ms", "status", "attributes",
    ]  # fmt: skip
    assert json.loads(spans["attributes"][0]) == {"pod": "cart-1"}
    assert json.loads(logs["attributes"][0]) == {"route": "/"}


async def test_spans_are_read_from_json_lines_and_repeats_count_once(tmp_path: Path) -> None:
    recording = open_recording(incident(tmp_path / "case", spans_ndjson=lines(SPAN, SPAN)))
    spans = await recording.spans(EVER)
    assert spans["duration_ms"].to_list() == [12.0]
    assert spans["parent_id"].to_list() == [None]
    assert recording.gaps() == ("spans.ndjson: 1 repeated row was counted once",)


async def test_repeated_log_lines_all_count(tmp_path: Path) -> None:
    logs = await open_recording(incident(tmp_path / "case", logs_ndjson=lines(LOG, LOG))).logs(EVER)
    assert logs.height == 2


async def test_changes_are_typed_bounded_and_oldest_first(tmp_path: Path) -> None:
    late = {
        "id": "c2",
        "timestamp": FIRED,
        "kind": "Deploy",
        "service": "cart",
        "title": "x" * 9000,
        "reversible": True,
    }
    odd = {"timestamp": "2026-03-01T11:00:00Z", "kind": "migration", "table": "orders"}
    folder = incident(tmp_path / "case", metrics_csv=CSV, changes_ndjson=lines(late, odd, odd, {"kind": "flag"}))
    recording = open_recording(folder)
    first, second = await recording.changes(EVER)
    assert first.kind is ChangeKind.OTHER
    assert first.attributes == {"kind": "migration", "table": "orders"}
    assert first.id.startswith("change-")
    assert first == (await open_recording(folder).changes(EVER))[0]
    assert (second.kind, second.reversible, len(second.title)) == (ChangeKind.DEPLOY, True, 2000)
    assert recording.gaps() == ("changes.ndjson: 1 line could not be read (1 without a readable time)",)


async def test_a_diff_is_cut_to_64_kib(tmp_path: Path) -> None:
    commit = {
        "sha": "ab" * 20,
        "timestamp": FIRED,
        "author": "a",
        "message": "m",
        "files": ["x.py"],
        "diff": "+" * 99_999,
    }
    recording = open_recording(incident(tmp_path / "case", metrics_csv=CSV, commits_ndjson=lines(commit)))
    (found,) = await recording.commits(EVER)
    assert found.diff == "+" * (64 << 10)
    assert found.files == ("x.py",)


async def test_events_carry_their_attributes(tmp_path: Path) -> None:
    event = {
        "timestamp": FIRED,
        "source": "aws",
        "status": "degraded",
        "message": "dns",
        "attributes": {"region": "eu"},
    }
    recording = open_recording(incident(tmp_path / "case", metrics_csv=CSV, events_ndjson=lines(event)))
    (found,) = await recording.events(EVER)
    assert (found.source, found.service, found.attributes) == ("aws", None, {"region": "eu"})
    assert await recording.events(Window(EVER.start, at(FIRED))) == ()


async def test_the_declared_call_graph_is_read(tmp_path: Path) -> None:
    graph = {"services": {"cart": {"depends_on": ["db", 3]}, "db": None}}
    recording = open_recording(incident(tmp_path / "case", metrics_csv=CSV, topology_json=json.dumps(graph)))
    assert (await recording.topology()).depends_on == {"cart": ("db",), "db": ()}


async def test_what_nobody_recorded_is_said_to_be_not_recorded(tmp_path: Path) -> None:
    recording = open_recording(incident(tmp_path / "case", metrics_csv=CSV))
    for ask in (recording.logs, recording.spans, recording.changes, recording.commits, recording.events):
        with pytest.raises(NotRecorded, match=ask.__name__):
            await ask(EVER)
    for paper in (recording.topology, recording.baseline):
        with pytest.raises(NotRecorded, match=paper.__name__):
            await paper()
    assert recording.gaps() == ()


async def test_the_signal_that_paged_is_read_in_order(tmp_path: Path) -> None:
    header, early, late = CSV.splitlines()
    recording = open_recording(incident(tmp_path / "case", metrics_csv=f"{header}\n{late}\n{early}"))
    assert [r.value for r in await recording.signal(recording.alert, EVER)] == [120.5, 900.0]
    with pytest.raises(NotRecorded, match="p99_ms of web"):
        await recording.signal(recording.alert.model_copy(update={"service": "web"}), EVER)
    with pytest.raises(NotRecorded, match="names no metric"):
        await recording.signal(recording.alert.model_copy(update={"metric": None}), EVER)


async def test_a_baseline_beside_the_incident_is_read_with_its_extent_and_gaps(tmp_path: Path) -> None:
    incident(tmp_path / "healthy", metrics_csv=CSV + "rubbish\n")
    folder = incident(tmp_path / "case", metrics_csv=CSV, baseline_json='{"folder": "../healthy"}')
    recording = open_recording(folder)
    healthy = await recording.baseline()
    extent = await healthy.extent()
    assert extent.start == at("2026-03-01T11:59:00Z")
    assert at(FIRED) in extent
    assert (await healthy.metrics(extent)).height == 2
    assert recording.gaps() == (
        "in the baseline, metrics.csv: 1 line could not be read (1 without a readable time)",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["../../outside", "/etc", "..", ".", "../case", "../link", "../missing", "", "a\0b"])
async def test_a_baseline_that_is_not_another_folder_beside_is_a_stated_gap(tmp_path: Path, name: str) -> None:
    incident(tmp_path / "outside", metrics_csv=CSV)
    folder = incident(tmp_path / "cases" / "case", metrics_csv=CSV, baseline_json=json.dumps({"folder": name}))
    (tmp_path / "cases" / "link").symlink_to(tmp_path / "outside")
    recording = open_recording(folder)
    for _ in range(2):
        with pytest.raises(Unreadable, match=r"baseline\.json"):
            await recording.baseline()
    assert len(recording.gaps()) == 1


async def test_a_signal_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(lines(LOG))
    folder = incident(tmp_path / "cases" / "case", metrics_csv=CSV)
    (folder / "logs.ndjson").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "spans.ndjson")
    recording = open_recording(folder)
    with pytest.raises(Unreadable, match="was not followed"):
        await recording.logs(EVER)
    with pytest.raises(Unreadable, match="not a readable file"):
        await recording.spans(EVER)


async def test_the_answer_key_is_not_opened_by_a_recording(tmp_path: Path) -> None:
    folder = incident(tmp_path / "case", metrics_csv=CSV)
    os.mkfifo(folder / "truth.json")  # opening it would never return
    recording = open_recording(folder)
    assert (await recording.metrics(EVER)).height == 2


def test_unknown_keys_of_the_alert_become_labels_and_an_odd_severity_is_a_gap(tmp_path: Path) -> None:
    told = {**ALERT, "severity": "sev1", "runbook": "https://wiki", "labels": {"region": "eu", "shards": [1]}}
    recording = open_recording(incident(tmp_path / "case", alert_json=json.dumps(told), metrics_csv=CSV))
    assert recording.alert.labels == {"runbook": "https://wiki", "region": "eu", "shards": "[1]"}
    assert recording.alert.severity is Severity.HIGH
    assert recording.gaps() == (
        "alert.json: severity 'sev1' is none of critical, high, medium, low and was taken as high",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("alert", "complaint"),
    [
        ("{", "is not JSON"),
        ("[]", "must be a JSON object"),
        ("\0\xff", "is not JSON"),
        ('{"service": "cart"}', 'no readable "fired_at"'),
        ('{"service": "cart", "fired_at": "0026-03-01T12:00:00Z"}', 'no readable "fired_at"'),
        ('{"service": "cart", "fired_at": 5}', 'no readable "fired_at"'),
        ('{"fired_at": "2026-03-01T12:00:00Z"}', '"service" is wrong'),
        ('{"service": "cart", "fired_at": "2026-03-01T12:00:00Z", "value": "high"}', '"value" is wrong'),
    ],
)
def test_a_broken_alert_is_refused_in_one_line(tmp_path: Path, alert: str, complaint: str) -> None:
    with pytest.raises(NotAnIncident, match=complaint) as refused:
        open_recording(incident(tmp_path / "case", alert_json=alert, metrics_csv=CSV))
    assert "\n" not in str(refused.value)


def test_a_folder_without_alert_or_without_signal_is_not_an_incident(tmp_path: Path) -> None:
    with pytest.raises(NotAnIncident, match="is not a folder"):
        open_recording(tmp_path / "nowhere")
    with pytest.raises(NotAnIncident, match=r"no alert\.json"):
        open_recording(tmp_path)
    with pytest.raises(NotAnIncident, match="has no signal"):
        open_recording(incident(tmp_path / "case"))


INCIDENTS = Path(__file__).parents[3] / "shared" / "incidents"


@pytest.mark.shared
async def test_every_shared_incident_loads_without_a_gap() -> None:
    if not INCIDENTS.is_dir():
        pytest.skip(f"{INCIDENTS} is not here: the shared recorded incidents were not read")
    folders = [path.parent for path in INCIDENTS.glob("*/alert.json")]
    assert folders
    for folder in folders:
        await read_all(recording := open_recording(folder))
        assert recording.gaps() == (), folder.name


async def read_all(recording: Recording) -> None:
    extent = await recording.extent()
    for read in (recording.changes, recording.commits, recording.events):
        try:
            await read(extent)
        except NotRecorded:
            continue
    try:
        await (await recording.baseline()).extent()
    except NotRecorded:
        return
