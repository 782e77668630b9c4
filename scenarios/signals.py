"""Loads one recorded signal from whichever file holds it: CSV, JSON lines (either gzipped), or Parquet."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from incident.ports import NotRecorded, Unreadable
from scenarios.parquet import parquet
from scenarios.reading import Damage, plain_file
from scenarios.shapes import METRICS, File, Shape
from scenarios.textual import csv_lines, json_lines

SLACK = 4
"""Surplus rows are sorted out when they are a quarter of the limit: rarely enough to stay cheap."""
AROUND = timedelta(hours=3)
"""Before or after the alert; incidents are investigated on that stretch of time."""
MINUTE = "%Y-%m-%d %H:%M"
READERS: dict[str, Callable[[File, Damage], Iterator[pl.DataFrame]]] = {
    ".csv": csv_lines,
    ".ndjson": json_lines,
    ".parquet": parquet,
}


def names(shape: Shape) -> tuple[str, ...]:
    """Return the file names that may hold the signal, the preferred one first."""
    text = "csv" if shape is METRICS else "ndjson"
    return tuple(f"{shape.signal}.{ending}" for ending in (text, f"{text}.gz", "parquet"))


def find(folder: Path, shape: Shape, damage: Damage) -> Path:
    """Return the file that holds the signal; raises `NotRecorded` where there is none."""
    found = [folder / name for name in names(shape) if plain_file(folder / name, folder.parent)]
    if not found:
        raise NotRecorded(shape.signal)
    for other in found[1:]:
        damage.note(f"it was read, and {other.name} beside it was not")
    return found[0]


def load(file: File, moment: datetime | None, damage: Damage) -> pl.DataFrame:
    """Return all rows that can be read, where they are too many those nearest to ``moment``.

    Raises `Unreadable` where there is something in the file and none of it can be read.
    """
    reader = READERS[Path(file.path.name.removesuffix(".gz")).suffix]
    rows = _gather(reader(file, damage), file, moment, damage)
    if rows.is_empty() and damage.sentences():
        message = f"{'; '.join(damage.sentences())}; {file.shape.explained}"
        raise Unreadable(message)
    if rows.is_empty():
        damage.note("it is empty")
    elif moment is not None:
        _note_elsewhere(rows[file.shape.time], moment, damage)
    return rows


def _note_elsewhere(times: pl.Series, moment: datetime, damage: Damage) -> None:
    """State a file that tells nothing of the incident, because all of it is from another time."""
    if not times.is_between(moment - AROUND, moment + AROUND).any():
        first, last = pl.Series([times.min(), times.max()]).dt.strftime(MINUTE)
        damage.note(f"it is from {first} to {last}, and the alert fired at {moment:{MINUTE}}")


def _gather(parts: Iterator[pl.DataFrame], file: File, moment: datetime | None, damage: Damage) -> pl.DataFrame:
    shape, most = file.shape, file.limits.rows
    kept = [pl.DataFrame(schema=shape.schema)]
    height = 0
    for part in parts:
        kept.append(part)
        height += part.height
        if height > most + most // SLACK:
            kept = [_nearest(pl.concat(kept), file, moment, damage)]
            height = kept[0].height
    rows = _nearest(pl.concat(kept), file, moment, damage)
    single = rows if shape.number is None else _once(rows, damage)
    return single.with_columns(pl.col(shape.names).cast(pl.String))


def _nearest(rows: pl.DataFrame, file: File, moment: datetime | None, damage: Damage) -> pl.DataFrame:
    most = file.limits.rows
    if rows.height <= most:
        return rows
    damage.note(f"it has more than {most:,} rows; those nearest to the alert were kept")
    return rows.head(most) if moment is None else rows.bottom_k(most, by=(pl.col(file.shape.time) - moment).abs())


def _once(rows: pl.DataFrame, damage: Damage) -> pl.DataFrame:
    """Drop exact repeats of readings and spans: the same one exported twice. Log lines may well repeat."""
    if rows.hash_rows().n_unique() == rows.height:  # nearly always, for a tenth of the memory
        return rows
    single = rows.unique(maintain_order=True)
    if repeated := rows.height - single.height:
        damage.note(f"{repeated} repeated {'row was' if repeated == 1 else 'rows were'} counted once")
    return single
