"""Articles out of Arrow tables, in which Parquet files and data sets come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from annotations.sources.items import Item, Origin, Reject
from annotations.sources.reading import Reading
from annotations.sources.records import from_row, one_line


def items(
    table: pa.Table | pa.RecordBatch, first: int, source: str, name: str, reading: Reading
) -> Iterator[Item]:
    """The articles of a table's rows.

    Parameters
    ----------
    first
        The number of the table's first row in its source.
    name
        What the ids of rows without one begin with.
    """
    for number, row in enumerate(_rows(table), first):
        origin = Origin(source, number)
        if isinstance(row, Exception):
            yield Reject(origin, f"the row cannot be read: {one_line(row)}")
        else:
            yield from_row(row, origin, f"{name}:{number}", reading.options)


def _rows(table: pa.Table | pa.RecordBatch) -> Iterator[dict[str, Any] | Exception]:
    """Rows as plain Python values; one by one only if there is one among them that cannot be converted."""
    try:
        yield from table.to_pylist()
    except (ValueError, OverflowError, pa.ArrowException):
        for place in range(table.num_rows):
            try:
                yield table.slice(place, 1).to_pylist()[0]
            except (ValueError, OverflowError, pa.ArrowException) as error:
                yield error
