"""Rows out of text files: CSV and JSON lines, one damaged line at a time."""

import csv
import re
from collections.abc import Iterator

import orjson
import polars as pl

from incident.ports import Unreadable
from incident.values import Json
from scenarios.jsons import parsed
from scenarios.reading import Damage, batches
from scenarios.shapes import File, shaped

HALF = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
"""Half a letter beyond the first 65,536: what is left where a message was cut through an emoji."""


def csv_lines(file: File, damage: Damage) -> Iterator[pl.DataFrame]:
    """Yield shaped rows; raises `Unreadable` where the first line doesn't name the columns."""
    header: list[str] = []
    for lines in batches(file.path, file.limits, damage):
        rows = lines if header or not lines else lines[1:]
        header = header or (_header(lines[0], file) if lines else [])
        if rows:
            raw = _cells(rows, header, damage)
            yield shaped(raw, file.shape, file.limits, damage)


def _header(line: bytes, file: File) -> list[str]:
    text = line.decode("utf-8", "replace")
    names = [name.strip() for name in _split(text) or []]
    missing = [name for name in file.shape.needed if names.count(name) != 1]
    if missing or len(set(names)) != len(names):
        message = (
            f"{file.path.name} must begin with the line {','.join(file.shape.order)}, and begins with {text[:80]!r}"
        )
        raise Unreadable(message)
    return names


def _split(line: str) -> list[str] | None:
    try:
        return next(csv.reader([line]), None)
    except csv.Error:
        return None


def _cells(lines: list[bytes], header: list[str], damage: Damage) -> pl.DataFrame:
    """Return CSV lines as columns of text. Lines are split one by one where a quote could swallow its neighbours."""
    text = b"\n".join(lines)
    if b'"' in text:
        return _carefully(text, header, damage)
    places = [f"column_{place}" for place in range(len(header))]  # a first line: polars counts columns in it
    cells = pl.read_csv(
        ",".join(places).encode() + b"\n" + text, schema=dict.fromkeys(places, pl.String), quote_char=None,
        truncate_ragged_lines=True, encoding="utf8-lossy", ignore_errors=True,
    )  # fmt: skip
    return cells.rename(dict(zip(places, header, strict=True)))


def _carefully(text: bytes, header: list[str], damage: Damage) -> pl.DataFrame:
    split = [_split(line) for line in text.decode("utf-8", "replace").split("\n")]
    whole = [cells for cells in split if cells is not None and len(cells) >= len(header)]
    damage.lose("not CSV", len(split) - len(whole))
    columns = {name: [cells[place] for cells in whole] for place, name in enumerate(header)}
    return pl.DataFrame(columns, schema=dict.fromkeys(header, pl.String))


def json_lines(file: File, damage: Damage) -> Iterator[pl.DataFrame]:
    """Yield shaped rows; keys without a column of their own become attributes."""
    most = file.limits.text
    for lines in batches(file.path, file.limits, damage):
        rows = list(objects(lines, damage))
        told = {name: _column([row.pop(name, None) for row in rows], most, damage) for name in file.shape.told}
        told["attributes"] = [_rest(row, most, damage) for row in rows]
        raw = pl.DataFrame(told, schema=dict.fromkeys(told, pl.String))
        yield shaped(raw, file.shape, file.limits, damage)


def objects(lines: list[bytes], damage: Damage) -> Iterator[dict[str, Json]]:
    """Yield the JSON objects of lines; a wrong character costs itself, a broken line costs the line."""
    for line in lines:
        try:
            row = parsed(line)
        except orjson.JSONDecodeError:
            row = _mended(line) if line.lstrip().startswith(b"{") else None
        if isinstance(row, dict):
            yield row
        elif line.strip():
            damage.lose("not a JSON object")


def _mended(line: bytes) -> Json:
    text = HALF.sub(rb"\\ufffd", line.replace(b"\0", b"")).decode("utf-8", "replace")
    try:
        return parsed(text.encode())
    except orjson.JSONDecodeError:
        return None


def _column(values: list[Json], most: int, damage: Damage) -> list[str | None]:
    # looked at here first: a call for each of some million texts takes seconds
    return [v if type(v) is str and len(v) <= most else _told(v, most, damage) for v in values]


def _told(value: Json, most: int, damage: Damage) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    if len(text) <= most:
        return text
    damage.cut()
    return text[:most]


def _rest(row: dict[str, Json], most: int, damage: Damage) -> str | None:
    """Return everything that has no column of its own as JSON text."""
    attributes = row.pop("attributes", None)
    named = attributes if isinstance(attributes, dict) else {"attributes": attributes} if attributes else {}
    rest = {**named, **row} if row else named
    if not rest:
        return None
    text = orjson.dumps(rest).decode()
    if len(text) <= most:
        return text
    damage.cut()
    return None  # half a JSON document is none
