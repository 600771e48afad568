"""Rows as Parquet: the row contract with nested columns, a row group for each thousand rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from model.export.writing import Article

_QUANTITY = pa.struct(
    [
        ("text", pa.string()),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("unit", pa.string()),
        ("comparator", pa.string()),
        ("direction", pa.string()),
        ("numerator", pa.float64()),
        ("denominator", pa.float64()),
        ("start", pa.int64()),
        ("end", pa.int64()),
    ]
)
_CHECK = pa.struct(
    [
        ("check", pa.string()),
        ("verdict", pa.string()),
        ("detail", pa.string()),
        ("spans", pa.list_(pa.list_(pa.int64()))),
    ]
)
_TRACE = pa.struct(
    [
        ("part", pa.string()),
        ("id", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("note", pa.string()),
    ]
)
SCHEMA = pa.schema(
    [
        ("doc_id", pa.string()),
        ("place", pa.string()),
        ("indicator", pa.string()),
        ("target", pa.list_(_QUANTITY)),
        ("actual", pa.list_(_QUANTITY)),
        ("ratio", pa.list_(_QUANTITY)),
        ("period", pa.string()),
        ("deadline", pa.string()),
        ("measures", pa.list_(pa.string())),
        ("status", pa.string()),
        ("checks", pa.list_(_CHECK)),
        ("confidence", pa.float64()),
        ("evidence", pa.list_(_TRACE)),
    ]
)
_GROUP = 1000


def write_parquet(articles: Iterable[Article], stream: IO[Any]) -> int:
    """All rows in one Parquet file."""
    count = 0
    waiting: list[dict[str, Any]] = []
    with pq.ParquetWriter(stream, SCHEMA) as writer:
        for _, records in articles:
            waiting += [record.to_json() for record in records]
            count += len(records)
            if len(waiting) >= _GROUP:
                writer.write_table(pa.Table.from_pylist(waiting, SCHEMA))
                waiting = []
        writer.write_table(pa.Table.from_pylist(waiting, SCHEMA))
    return count
