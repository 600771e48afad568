"""Parquet files, row group by row group."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from annotations.sources import arrow
from annotations.sources.items import Item, Reject
from annotations.sources.reading import Reading
from annotations.sources.records import missing_column, one_line

_BUFFER = 1 << 20
_BATCH_BYTES = 2 << 20
_BATCH_ROWS = 1024


def read(reading: Reading) -> Iterator[Item]:
    """The articles of a file; of a damaged row group those before the damage, and one reject for the rest of it."""
    try:
        with pq.ParquetFile(reading.input.path, buffer_size=_BUFFER, page_checksum_verification=True) as file:
            if reason := missing_column(file.schema_arrow.names, reading.options):
                yield Reject(reading.origin(), reason)
                return
            first = 1
            for group in range(file.num_row_groups):
                yield from _group(file, group, first, reading)
                first += file.metadata.row_group(group).num_rows
    except (OSError, pa.ArrowException) as error:
        yield Reject(reading.origin(), f"no whole Parquet file: {one_line(error)}")


def _group(file: pq.ParquetFile, group: int, first: int, reading: Reading) -> Iterator[Item]:
    """The articles of one row group, whose first row has the number `first`."""
    rows, size = file.metadata.row_group(group).num_rows, file.metadata.row_group(group).total_byte_size
    number = first
    batches = file.iter_batches(_batch_rows(rows, size), row_groups=[group])
    while True:
        try:
            batch = next(batches, None)
        except (OSError, pa.ArrowException) as error:
            rest = f"rows {number} to {first + rows - 1} cannot be read: {one_line(error)}"
            yield Reject(reading.origin(number), rest)
            return
        if batch is None:
            return
        yield from arrow.items(batch, number, reading.origin().source, reading.name, reading)
        number += batch.num_rows
        reading.meter.consumed = (reading.input.size or 0) * (number - 1) // file.metadata.num_rows


def _batch_rows(rows: int, size: int) -> int:
    """As many rows as come to a few megabytes."""
    return max(1, min(_BATCH_ROWS, _BATCH_BYTES * rows // max(size, 1)))
