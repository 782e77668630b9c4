"""What the rows of a signal must look like, and how rows of any origin are brought into that shape."""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl

from scenarios.reading import Damage, Limits

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""Times outside are a broken clock or another unit: no incident was recorded before, none can be after."""
NAME = 200
"""Characters of a service's or a metric's name, as `incident.values.Name` has it."""
INSTANT = pl.Datetime("us", "UTC")
RFC3339 = "%Y-%m-%dT%H:%M:%S%.f%:z"
USUAL = ("%Y-%m-%dT%H:%M:%S%.fZ", RFC3339)
"""Tried first, one for a whole column: each is several times quicker than `_patiently`."""


class Shape(NamedTuple):
    """The columns of one signal by what they hold. A row counts with a time, all ``names`` and its ``number``."""

    signal: str
    time: str
    names: tuple[str, ...]
    texts: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    number: str | None = None
    attributes: bool = True
    order: tuple[str, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns without which no row can be read."""
        return (self.time, *self.names, *((self.number,) if self.number else ()))

    @property
    def explained(self) -> str:
        """What the file has to hold, for people whose file doesn't."""
        return f"it needs {', '.join(self.needed)}, with times such as 2026-01-31T14:05:00Z"

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """The columns in their order with their types while they are gathered; names become text at the end."""
        special: dict[str, pl.DataType] = {self.time: INSTANT, **dict.fromkeys(self.names, pl.Categorical())}
        if self.number:
            special[self.number] = pl.Float64()
        return {name: special.get(name, pl.String()) for name in self.order}

    @property
    def told(self) -> tuple[str, ...]:
        """Every column but the attributes."""
        return tuple(column for column in self.order if column != "attributes")


METRICS = Shape("metrics", "timestamp", ("service", "metric"), number="value", attributes=False,
                order=("timestamp", "service", "metric", "value"))  # fmt: skip
LOGS = Shape("logs", "timestamp", ("service",), texts=("level", "message"), ids=("trace_id",),
             order=("timestamp", "service", "level", "message", "trace_id", "attributes"))  # fmt: skip
SPANS = Shape("spans", "start", ("service",), texts=("name", "status"), ids=("trace_id", "span_id", "parent_id"),
              number="duration_ms",
              order=("trace_id", "span_id", "parent_id", "service", "name", "start", "duration_ms", "status",
                     "attributes"))  # fmt: skip


class File(NamedTuple):
    """A signal's file, what its rows have to look like, and how much of it to read at most."""

    path: Path
    shape: Shape
    limits: Limits


def shaped(raw: pl.DataFrame, shape: Shape, limits: Limits, damage: Damage) -> pl.DataFrame:
    """Return the rows that can be used, in the shape's columns and types; the others are counted as lost."""
    raw = _plain(raw, shape, damage)
    columns = [instants(raw[shape.time]).alias(shape.time)]
    columns += [_name(raw[name]) for name in shape.names]
    columns += [_cut(_text(raw, name), limits.text, damage).fill_null("") for name in shape.texts]
    columns += [_text(raw, name).str.strip_chars().str.head(NAME).replace("", None) for name in shape.ids]
    if shape.attributes:
        columns.append(_whole(_text(raw, "attributes"), limits.text, damage))
    if shape.number:
        columns.append(_numbers(raw[shape.number]))
    return _usable(pl.DataFrame(columns), shape, damage).select(shape.order)


def _plain(raw: pl.DataFrame, shape: Shape, damage: Damage) -> pl.DataFrame:
    """Return the rows with text where Parquet has bytes, and nothing where it has lists or structs for one value."""
    odd = {name: raw.schema[name] for name in shape.order if name in raw.columns}
    nested = [name for name, dtype in odd.items() if dtype.is_nested()]
    for name in nested:
        damage.note(f"its column {name} is a {odd[name].base_type().__name__.lower()} and was not read")
    return raw.with_columns(
        *(pl.lit(None, pl.String).alias(name) for name in nested),
        *(_decoded(raw[name]) for name, dtype in odd.items() if dtype == pl.Binary),
    )


def _decoded(column: pl.Series) -> pl.Series:
    texts = [None if raw is None else raw.decode("utf-8", "replace") for raw in column]
    return pl.Series(column.name, texts, dtype=pl.String)


def _usable(frame: pl.DataFrame, shape: Shape, damage: Damage) -> pl.DataFrame:
    tests = [("without a readable time", pl.col(shape.time).is_between(EARLIEST, LATEST))]
    tests += [(f"without a usable {name}", pl.col(name).is_not_null()) for name in shape.names]
    if shape.number:
        tests.append((f"without a finite {shape.number}", pl.col(shape.number).is_finite()))
    for reason, test in tests:
        kept = frame.filter(test)
        damage.lose(reason, frame.height - kept.height)
        frame = kept
    return frame


def instants(column: pl.Series) -> pl.Series:
    """Return times as ``timestamp[us, UTC]``: RFC 3339 with any offset, or an Arrow time; null where unreadable.

    A time without an offset is UTC, which is what the format promises.
    """
    if isinstance(column.dtype, pl.Datetime):
        zoned = column if column.dtype.time_zone else column.dt.replace_time_zone("UTC")
        return zoned.dt.cast_time_unit("us").dt.convert_time_zone("UTC")
    if column.dtype == pl.Date:
        return column.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    if column.dtype not in (pl.String, pl.Categorical, pl.Enum):
        return pl.Series(column.name, [None] * len(column), dtype=INSTANT)
    text = column.cast(pl.String)
    if not text.str.contains(":60", literal=True).any():
        for spelling in USUAL:
            quick = text.str.to_datetime(spelling, time_unit="us", time_zone="UTC", strict=False)
            if quick.null_count() == 0:
                return quick
    return _patiently(text)


def _patiently(text: pl.Series) -> pl.Series:
    """Parse every spelling that RFC 3339 allows; a leap second counts as the second before it."""
    spelled = (
        text.str.strip_chars()
        .str.replace(r"^(\d{4}-\d\d-\d\d)[tT_ ]", "${1}T")
        .str.replace(r":60([zZ.+-]|$)", ":59$1")
        .str.replace(r"(\.\d{9})\d+", "$1")
        .str.replace(r"[zZ]$", "+00:00")
        .str.replace(r"(T.*[+-]\d\d)(\d\d)$", "$1:$2")
        .str.replace(r"(T\d\d:\d\d:\d\d(?:\.\d+)?)$", "$1+00:00")
    )
    return spelled.str.to_datetime(RFC3339, time_unit="us", strict=False).dt.convert_time_zone("UTC")


def _text(raw: pl.DataFrame, name: str) -> pl.Series:
    if name not in raw.columns:
        return pl.Series(name, [None] * raw.height, dtype=pl.String)
    # databases and PDF writers refuse NUL, and no name needs one
    return raw[name].cast(pl.String, strict=False).str.replace_all("\0", "", literal=True)


def _name(column: pl.Series) -> pl.Series:
    """Return names as categories, null where unusable: there are few of them, so looking at each once is enough."""
    names = column.cast(pl.String, strict=False).cast(pl.Categorical) if column.dtype != pl.Categorical else column
    distinct = names.unique().drop_nulls().cast(pl.String)
    clean = distinct.str.replace_all("\0", "", literal=True).str.strip_chars()
    good = clean.set(~clean.str.len_chars().is_between(1, NAME), None)
    if good.equals(distinct):
        return names
    return names.cast(pl.String).replace_strict(distinct, good, return_dtype=pl.String).cast(pl.Categorical)


def _cut(text: pl.Series, most: int, damage: Damage) -> pl.Series:
    overlong = text.str.len_chars() > most
    if not (count := int(overlong.sum() or 0)):
        return text
    damage.cut(count)
    return text.str.head(most)


def _whole(text: pl.Series, most: int, damage: Damage) -> pl.Series:
    """Return JSON texts, null where they are too long: half a document is none."""
    overlong = text.str.len_chars() > most
    if not (count := int(overlong.sum() or 0)):
        return text
    damage.cut(count)
    return text.set(overlong.fill_null(value=False), None)


def _numbers(column: pl.Series) -> pl.Series:
    text = column.cast(pl.String) if column.dtype in (pl.Categorical, pl.Enum) else column
    trimmed = text.str.strip_chars() if text.dtype == pl.String else text
    return trimmed.cast(pl.Float64, strict=False)
