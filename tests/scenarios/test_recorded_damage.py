"""Files that anybody could have written: cut off, malformed, huge, binary. Never a traceback, always a stated gap."""

import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from incident.ports import Unreadable
from incident.values import Window
from scenarios.papers import NotAnIncident
from scenarios.reading import Limits
from scenarios.recorded import RecordedIncident, open_recording

EVER = Window(datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
FIRED = "2026-03-01T12:00:00Z"
ALERT = {"service": "cart", "fired_at": FIRED}
HEADER = "timestamp,service,metric,value\n"
READING = f"{FIRED},cart,p99_ms,1.5\n"


def log(message: str = "hello", **more: object) -> bytes:
    row = {"timestamp": FIRED, "service": "cart", "level": "INFO", "message": message, **more}
    return json.dumps(row).encode() + b"\n"


def case(tmp_path: Path, name: str, content: bytes | str, limits: Limits = Limits()) -> RecordedIncident:  # noqa: B008 - immutable
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "alert.json").write_text(json.dumps(ALERT))
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return open_recording(folder, limits)


async def messages(recording: RecordedIncident) -> list[str]:
    return (await recording.logs(EVER))["message"].to_list()


@pytest.mark.parametrize("value", ["NaN", "inf", "-Infinity", "", "many", "1e999"])
async def test_readings_that_are_no_finite_number_are_counted_and_dropped(tmp_path: Path, value: str) -> None:
    recording = case(tmp_path, "metrics.csv", f"{HEADER}{READING}{FIRED},cart,p99_ms,{value}\n")
    assert (await recording.metrics(EVER))["value"].to_list() == [1.5]
    assert recording.gaps() == ("metrics.csv: 1 line could not be read (1 without a finite value)",)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-01T12:00:00.5Z", "2026-03-01T12:00:00.500000Z"),
        ("2026-03-01T12:00:00.123456789Z", "2026-03-01T12:00:00.123456Z"),
        ("2026-03-01T12:00:00.1234567890123Z", "2026-03-01T12:00:00.123456Z"),
        ("2026-03-01t21:30:00+09:30", "2026-03-01T12:00:00Z"),
        ("2026-03-01 05:00:00-0700", "2026-03-01T12:00:00Z"),
        ("2026-03-01T12:00:00", "2026-03-01T12:00:00Z"),
        (" 2026-03-01T12:00:00z ", "2026-03-01T12:00:00Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ("2016-12-31T23:59:60.25+00:00", "2016-12-31T23:59:59.250000Z"),
    ],
)
async def test_every_spelling_of_rfc_3339_is_understood(tmp_path: Path, written: str, meant: str) -> None:
    recording = case(tmp_path, "metrics.csv", f"{HEADER}{written},cart,p99_ms,1\n{READING}")
    times = (await recording.metrics(EVER))["timestamp"].to_list()
    assert times == [datetime.fromisoformat(meant), datetime.fromisoformat(FIRED)]


@pytest.mark.parametrize(
    "time", ["", "yesterday", "1772366400", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z",
             "2026-02-30T00:00:00Z", "2026-03-01T25:00:00Z", "99999-01-01T00:00:00Z", "2026-03-01"],
)  # fmt: skip
async def test_absurd_and_unreadable_times_are_counted_and_dropped(tmp_path: Path, time: str) -> None:
    recording = case(tmp_path, "metrics.csv", f"{HEADER}{time},cart,p99_ms,1\n{READING}")
    assert (await recording.metrics(EVER)).height == 1
    assert recording.gaps() == ("metrics.csv: 1 line could not be read (1 without a readable time)",)


async def test_absurd_parquet_times_are_dropped_by_row(tmp_path: Path) -> None:
    recording = case(tmp_path, "metrics.parquet", b"")
    times = [datetime(1970, 1, 1, tzinfo=UTC), datetime.fromisoformat(FIRED)]
    frame = pl.DataFrame({"timestamp": times, "service": ["a", "cart"], "metric": ["m", "m"], "value": [1.0, 2.0]})
    frame.write_parquet(recording.folder / "metrics.parquet")
    assert (await recording.metrics(EVER))["service"].to_list() == ["cart"]
    assert recording.gaps() == ("metrics.parquet: 1 row could not be read (1 without a readable time)",)


async def test_malformed_lines_cost_themselves_only(tmp_path: Path) -> None:
    rubbish = b'{"timestamp"\n[1]\n"text"\n\n   \n{"a":' + b"[" * 5000 + b"\n" + b"\x00\x01\xfe\n"
    recording = case(tmp_path, "logs.ndjson", log("first") + rubbish + log("last")[:-9])
    assert await messages(recording) == ["first"]
    assert recording.gaps() == ("logs.ndjson: 6 lines could not be read (6 not a JSON object)",)


async def test_invalid_utf8_and_nul_cost_a_character_and_not_the_line(tmp_path: Path) -> None:
    latin = log("cafe").replace(b"cafe", b"caf\xe9")
    recording = case(tmp_path, "logs.ndjson", latin + log("a").replace(b'"a"', b'"a\x00b"') + log("c\0d"))
    assert await messages(recording) == ["caf\ufffd", "ab", "cd"]


async def test_lines_without_a_service_are_counted(tmp_path: Path) -> None:
    recording = case(tmp_path, "logs.ndjson", log(service="") + log(service=None) + log(service="x" * 500) + log())
    assert await messages(recording) == ["hello"]
    assert recording.gaps() == ("logs.ndjson: 3 lines could not be read (3 without a usable service)",)


async def test_a_five_megabyte_line_is_cut_and_its_neighbours_stay(tmp_path: Path) -> None:
    recording = case(tmp_path, "logs.ndjson", log("a") + log("x" * 5_000_000) + log("b"))
    assert [len(m) for m in await messages(recording)] == [1, 16 << 10, 1]
    assert recording.gaps() == ("logs.ndjson: 1 overlong text was cut",)


@pytest.mark.parametrize("size", [100, 10_000_000])
async def test_lines_above_the_limit_are_skipped_wherever_they_end(tmp_path: Path, size: int) -> None:
    long = b"x" * size + b"\n"
    recording = case(tmp_path, "logs.ndjson", long + log("a") + long + log("b") + long[:-1], Limits(line=90))
    assert await messages(recording) == ["a", "b"]
    assert recording.gaps() == ("logs.ndjson: 3 lines could not be read (3 too long)",)


async def test_a_cut_off_gzip_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(log(f"message {i * 7919 % 10_007}") for i in range(20_000)))
    recording = case(tmp_path, "logs.ndjson.gz", whole[: len(whole) // 2])
    assert 5_000 < len(await messages(recording)) < 15_000
    assert any("compressed data end early" in gap for gap in recording.gaps())


async def test_a_gzip_bomb_ends_at_the_limit(tmp_path: Path) -> None:
    bomb = gzip.compress(log("first") + b"\0" * 50_000_000)
    recording = case(tmp_path, "logs.ndjson.gz", bomb, Limits(size=8 << 20, line=1 << 20))
    assert await messages(recording) == ["first"]
    assert "only its first 8 MiB were read" in " ".join(recording.gaps())


@pytest.mark.parametrize(
    "name", ["logs.ndjson.gz", "logs.parquet", "metrics.csv.gz", "metrics.parquet", "spans.parquet"]
)
async def test_a_file_of_another_kind_is_unreadable_and_a_gap(tmp_path: Path, name: str) -> None:
    recording = case(tmp_path, name, b"PAR1 this is neither gzip nor parquet PAR1")
    read = getattr(recording, Path(name.removesuffix(".gz")).stem)
    for _ in range(2):
        with pytest.raises(Unreadable, match=name):
            await read(EVER)
    assert len(recording.gaps()) == 1


async def test_a_cut_off_parquet_is_unreadable(tmp_path: Path) -> None:
    recording = case(tmp_path, "metrics.parquet", b"")
    frame = pl.DataFrame({"timestamp": [datetime.now(UTC)], "service": ["a"], "metric": ["m"], "value": [1.0]})
    path = recording.folder / "metrics.parquet"
    frame.write_parquet(path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(Unreadable, match="damaged or not Parquet"):
        await recording.metrics(EVER)


async def test_parquet_without_a_needed_column_says_which(tmp_path: Path) -> None:
    recording = case(tmp_path, "metrics.parquet", b"")
    pl.DataFrame({"timestamp": [FIRED], "value": [1.0]}).write_parquet(recording.folder / "metrics.parquet")
    with pytest.raises(Unreadable, match="no column metric, service"):
        await recording.metrics(EVER)


async def test_csv_without_a_header_says_what_it_must_be(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="must begin with the line timestamp,service,metric,value"):
        await case(tmp_path, "metrics.csv", READING).metrics(EVER)


async def test_ragged_and_badly_quoted_csv_lines_cost_themselves_only(tmp_path: Path) -> None:
    text = HEADER + f'{FIRED},cart\n{FIRED},"cart,p99_ms,1\n{FIRED},cart,p99_ms,2,extra\n' + READING
    recording = case(tmp_path, "metrics.csv", text)
    assert (await recording.metrics(EVER))["value"].to_list() == [2.0, 1.5]
    assert recording.gaps() == ("metrics.csv: 2 lines could not be read (2 not CSV)",)


async def test_ragged_lines_without_quotes_cost_themselves_only(tmp_path: Path) -> None:
    recording = case(tmp_path, "metrics.csv", HEADER + f"{FIRED},cart\n\n{FIRED},cart,p99_ms,2,extra\n\xff\n" + READING)
    assert (await recording.metrics(EVER))["value"].to_list() == [2.0, 1.5]
    assert "2 lines could not be read" in recording.gaps()[0]


@pytest.mark.parametrize("content", [b"", HEADER.encode(), b"\n\n"])
async def test_an_empty_file_is_an_empty_table_and_a_gap(tmp_path: Path, content: bytes) -> None:
    recording = case(tmp_path, "metrics.csv", content)
    assert (await recording.metrics(EVER)).height == 0
    assert recording.gaps() == ("metrics.csv: it is empty",)


async def test_of_too_many_rows_those_nearest_to_the_alert_are_kept(tmp_path: Path) -> None:
    rows = b"".join(
        log(f"{minute}", timestamp=f"2026-03-01T{minute // 60:02}:{minute % 60:02}:00Z") for minute in range(900)
    )
    recording = case(tmp_path, "logs.ndjson", rows, Limits(rows=21))
    assert sorted(int(m) for m in await messages(recording)) == list(range(710, 731))
    assert recording.gaps() == ("logs.ndjson: it has more than 21 rows; those nearest to the alert were kept",)


async def test_a_second_file_of_the_same_signal_is_said_to_be_left_out(tmp_path: Path) -> None:
    recording = case(tmp_path, "logs.ndjson", log("plain"))
    (recording.folder / "logs.ndjson.gz").write_bytes(gzip.compress(log("packed")))
    assert await messages(recording) == ["plain"]
    assert recording.gaps() == ("logs.ndjson: it was read, and logs.ndjson.gz beside it was not",)


async def test_broken_changes_and_papers_are_gaps(tmp_path: Path) -> None:
    recording = case(tmp_path, "metrics.csv", HEADER + READING)
    (recording.folder / "changes.ndjson").write_bytes(b"\x80\n{}\n")
    (recording.folder / "topology.json").write_text('{"services": []}')
    with pytest.raises(Unreadable, match=r"changes\.ndjson: 2 lines"):
        await recording.changes(EVER)
    with pytest.raises(Unreadable, match="depends_on"):
        await recording.topology()
    assert len(recording.gaps()) == 2


async def test_half_an_emoji_costs_itself_and_not_the_line(tmp_path: Path) -> None:
    recording = case(tmp_path, "logs.ndjson", log("cut").replace(b"cut", rb"cut \ud83d"))
    assert await messages(recording) == ["cut \ufffd"]


@pytest.mark.parametrize("depth", [200, 700, 5000])
async def test_nesting_without_end_costs_the_line(tmp_path: Path, depth: int) -> None:
    deep = log(inside="X").replace(b'"X"', b"[" * depth + b"]" * depth)
    recording = case(tmp_path, "logs.ndjson", log("a") + deep + log("b"))
    (recording.folder / "changes.ndjson").write_bytes(deep + log())
    assert await messages(recording) == ["a", "b"]
    assert len(await recording.changes(EVER)) == 1
    assert recording.gaps() == (
        "logs.ndjson: 1 line could not be read (1 not a JSON object)",
        "changes.ndjson: 1 line could not be read (1 not a JSON object)",
    )


async def test_a_byte_order_mark_costs_nothing(tmp_path: Path) -> None:
    recording = case(tmp_path, "logs.ndjson", b"\xef\xbb\xbf" + log("first") + log("second"))
    assert await messages(recording) == ["first", "second"]
    assert recording.gaps() == ()


@pytest.mark.parametrize(("name", "read"), [("logs.ndjson", "logs"), ("metrics.csv", "metrics")])
async def test_utf_16_is_named(tmp_path: Path, name: str, read: str) -> None:
    recording = case(tmp_path, name, (HEADER + READING).encode("utf-16"))
    with pytest.raises(Unreadable, match=f"{name} is UTF-16 and has to be UTF-8"):
        await getattr(recording, read)(EVER)


@pytest.mark.parametrize("line", [b"\n", b"x\n", b"{}\n"])
async def test_reading_stops_in_rubbish_without_end(tmp_path: Path, line: bytes) -> None:
    bomb = gzip.compress(log("first") + line * 20_000_000, 1)
    recording = case(tmp_path, "logs.ndjson.gz", bomb, Limits(lost=10_000))
    assert await messages(recording) == ["first"]
    assert "reading stopped after" in " ".join(recording.gaps())


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pl.Series("message", [b"caf\xe9"]), ()),
        (pl.Series("message", [["a", "b"]]), ("logs.parquet: its column message is a list and was not read",)),
        (pl.Series("message", [{"a": 1}]), ("logs.parquet: its column message is a struct and was not read",)),
        (pl.Series("attributes", [b"\xff\xfe"]), ()),
        (pl.Series("attributes", ["x" * 20_000]), ("logs.parquet: 1 overlong text was cut",)),
        (pl.Series("level", [3]), ()),
    ],
)
async def test_parquet_columns_of_an_odd_type_cost_themselves_only(
    tmp_path: Path, column: pl.Series, said: tuple[str, ...]
) -> None:
    recording = case(tmp_path, "logs.parquet", b"")
    frame = pl.DataFrame({"timestamp": [FIRED], "service": ["cart"], "level": ["INFO"], "message": ["hello"]})
    frame.with_columns(column).write_parquet(recording.folder / "logs.parquet")
    assert (await recording.logs(EVER))["service"].to_list() == ["cart"]
    assert recording.gaps() == said


async def test_a_recording_of_another_time_says_so(tmp_path: Path) -> None:
    recording = case(tmp_path, "metrics.csv", HEADER + "2026-02-20T08:00:00Z,cart,p99_ms,1\n")
    assert (await recording.metrics(EVER)).height == 1
    assert recording.gaps() == (
        "metrics.csv: it is from 2026-02-20 08:00 to 2026-02-20 08:00, and the alert fired at 2026-03-01 12:00",
    )


async def test_an_alert_of_a_service_that_nothing_mentions_says_so_with_the_nearest(tmp_path: Path) -> None:
    recording = case(tmp_path, "metrics.csv", HEADER + READING.replace("cart", "carts"))
    assert recording.gaps() == ()
    await recording.metrics(EVER)
    assert recording.gaps() == ("no signal that was read mentions cart, which paged; was carts meant?",)


def put(kind: str, place: Path, outside: Path) -> None:
    match kind:
        case "folder":
            place.mkdir()
        case "pipe":
            os.mkfifo(place)
        case "link to itself":
            place.symlink_to(place.name)
        case "link to nowhere":
            place.symlink_to("nowhere")
        case "link to a device":
            place.symlink_to("/dev/zero")
        case "link out":
            outside.write_text(json.dumps(ALERT))
            place.symlink_to(outside)


NOT_A_FILE = ["folder", "pipe", "link to itself", "link to nowhere", "link to a device", "link out"]


@pytest.mark.parametrize("kind", NOT_A_FILE)
async def test_what_is_no_file_of_this_folder_is_never_opened(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, kind: str
) -> None:
    outside = tmp_path_factory.mktemp("elsewhere") / "secret.json"
    recording = case(tmp_path, "metrics.csv", HEADER + READING)
    for name in ("logs.ndjson", "changes.ndjson", "baseline.json"):
        put(kind, recording.folder / name, outside)
    for read in (recording.logs(EVER), recording.changes(EVER), recording.baseline()):
        with pytest.raises(Unreadable, match=r"is not a readable file|leads out"):
            await read
    (recording.folder / "alert.json").unlink()
    put(kind, recording.folder / "alert.json", outside)
    with pytest.raises(NotAnIncident, match=r"is not a readable file|leads out"):
        open_recording(recording.folder)


@pytest.mark.parametrize(
    ("alert", "says"),
    [
        ({"service": ["cart"]}, '"service" is wrong'),
        ({"value": True}, '"value" is wrong'),
        ({"threshold": "500 ms"}, '"threshold" is wrong'),
        ({"fired_at": 1772366400}, '"fired_at": it must be a time such as'),
        ({"fired_at": "0001-01-01T00:00:00Z"}, '"fired_at": it must be a time such as'),
        ({"labels": {"deep": json.loads("[" * 200 + "]" * 200)}}, "nested deeper than"),
    ],
)
def test_an_alert_that_cannot_be_meant_is_refused_with_its_key(
    tmp_path: Path, alert: dict[str, object], says: str
) -> None:
    recording = case(tmp_path, "metrics.csv", HEADER + READING)
    (recording.folder / "alert.json").write_text(json.dumps({**ALERT, **alert}))
    with pytest.raises(NotAnIncident, match=says):
        open_recording(recording.folder)


@pytest.mark.parametrize("named", [".", "..", "/etc", "../gone", "../" + "x" * 5000, "../" * 900 + "etc", "a\0b", ""])
async def test_a_baseline_that_is_no_folder_beside_is_a_gap(tmp_path: Path, named: str) -> None:
    recording = case(tmp_path, "metrics.csv", HEADER + READING)
    (recording.folder / "baseline.json").write_text(json.dumps({"folder": named}))
    with pytest.raises(Unreadable, match=r"baseline\.json"):
        await recording.baseline()
    assert len(recording.gaps()) == 1
