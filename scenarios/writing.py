"""Puts redacted tables and values into the files of a recorded incident."""

import gzip
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import orjson
import polars as pl

from incident.values import Json
from scenarios.jsons import parsed

Redact = Callable[[str], str]
RFC3339 = "%Y-%m-%dT%H:%M:%S%.6fZ"
ATTRIBUTES = "attributes"


def write_document(path: Path, content: Json) -> None:
    """Write one JSON document that people can read."""
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))


def write_lines(path: Path, rows: Iterable[dict[str, Json]], redact: Redact) -> None:
    """Write one redacted JSON object a line."""
    with path.open("wb") as file:
        file.writelines(orjson.dumps(scrubbed(row, redact)) + b"\n" for row in rows)


def write_rows(folder: Path, signal: str, rows: pl.DataFrame, redact: Redact) -> None:
    """Write a signal: logs as gzipped JSON lines, which people search, the others as Parquet, which keeps types."""
    clean = redacted(rows, redact)
    if signal != "logs":
        clean.write_parquet(folder / f"{signal}.parquet")
        return
    with gzip.GzipFile(folder / f"{signal}.ndjson.gz", "wb", compresslevel=6, mtime=0) as file:
        file.writelines(orjson.dumps(line) + b"\n" for line in _log_lines(clean))


def _log_lines(rows: pl.DataFrame) -> Iterator[dict[str, Json]]:
    for row in rows.with_columns(pl.col("timestamp").dt.strftime(RFC3339)).iter_rows(named=True):
        line = {name: value for name, value in row.items() if value is not None}
        if ATTRIBUTES in line:
            line[ATTRIBUTES] = _value(line[ATTRIBUTES])
        yield line


def redacted(rows: pl.DataFrame, redact: Redact) -> pl.DataFrame:
    """Return the rows with every text redacted; each distinct text once, however often it occurs."""
    texts = [name for name, dtype in rows.schema.items() if dtype in (pl.String, pl.Categorical, pl.Enum)]
    return rows.with_columns(_redacted(rows[name].cast(pl.String), redact) for name in texts)


def _redacted(column: pl.Series, redact: Redact) -> pl.Series:
    def clean(text: str) -> str:
        return orjson.dumps(scrubbed(_value(text), redact)).decode() if column.name == ATTRIBUTES else redact(text)

    distinct = column.drop_nulls().unique().to_list()
    changed = {text: new for text in distinct if (new := clean(text)) != text}
    return column.replace(changed) if changed else column


def _value(text: str) -> Json:
    """Return JSON text as a value, and any other text as itself."""
    try:
        return parsed(text.encode())
    except orjson.JSONDecodeError:
        return text


def scrubbed(value: Json, redact: Redact, key: str = "") -> Json:
    """Return a JSON value with all texts in it redacted.

    A text is also looked at as ``key=text``: nobody can tell that "hunter2" is a secret without "password" before it.
    """
    match value:
        case str():
            alone = redact(value)
            return alone if alone != value or not key else redact(f"{key}={value}").removeprefix(f"{key}=")
        case dict():
            return {redact(name): scrubbed(inner, redact, name) for name, inner in value.items()}
        case list():
            return [scrubbed(inner, redact, key) for inner in value]
        case _:
            return value
