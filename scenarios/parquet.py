"""Rows out of Parquet files, slice by slice."""

from collections.abc import Iterator

import polars as pl
from polars.exceptions import PanicException, PolarsError

from incident.ports import Unreadable
from scenarios.reading import Damage
from scenarios.shapes import File, Shape, shaped

SLICE = 250_000
"""Rows that are decoded at a time."""


def parquet(file: File, damage: Damage) -> Iterator[pl.DataFrame]:
    """Yield shaped rows slice by slice; raises `Unreadable` where a column that is needed is missing."""
    left = file.limits.size
    try:
        table = pl.scan_parquet(file.path, glob=False, hive_partitioning=False)
        _refuse_unless_complete(table, file)
        rows = table.select(pl.len()).collect().item()
        for offset in range(0, rows, SLICE):
            raw = table.slice(offset, SLICE).collect()
            left -= int(raw.estimated_size())
            if left < 0:
                damage.note(
                    f"only its first {offset:,} rows were read: they fill the {file.limits.size:,} bytes allowed"
                )
                return
            yield shaped(_with_attributes(raw, file.shape), file.shape, file.limits, damage)
    except (PolarsError, PanicException, OSError) as error:
        damage.note(f"it is damaged or not Parquet ({str(error).splitlines()[0][:120]})")


def _refuse_unless_complete(table: pl.LazyFrame, file: File) -> None:
    missing = sorted(set(file.shape.needed) - set(table.collect_schema()))
    if missing:
        message = f"{file.path.name} has no column {', '.join(missing)}: {file.shape.explained}"
        raise Unreadable(message)


def _with_attributes(raw: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Return the rows with all columns beyond the shape's own packed into ``attributes`` as JSON text."""
    extra = _beyond(raw, shape)
    if not shape.attributes or not extra or (extra == ["attributes"] and raw["attributes"].dtype == pl.String):
        return raw
    nested = extra == ["attributes"] and isinstance(raw["attributes"].dtype, pl.Struct)
    packed = raw["attributes"] if nested else raw.select(pl.struct(extra)).to_series()
    return raw.with_columns(packed.struct.json_encode().alias("attributes"))


def _beyond(raw: pl.DataFrame, shape: Shape) -> list[str]:
    unprintable = (pl.Binary, pl.Object)
    return [name for name in raw.columns if name not in shape.told and raw[name].dtype not in unprintable]
