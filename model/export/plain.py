"""Rows as JSON lines and as comma-separated values."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from typing import IO, Any

from model.export.flat import COLUMNS, flat
from model.export.writing import Article


def write_jsonl(articles: Iterable[Article], stream: IO[Any]) -> int:
    """One JSON object for each row, as the row contract has it."""
    count = 0
    for _, records in articles:
        for record in records:
            stream.write(json.dumps(record.to_json(), ensure_ascii=False) + "\n")
            count += 1
    return count


def write_csv(articles: Iterable[Article], stream: IO[Any], *, header: bool = True) -> int:
    """One line for each row, after a `header` line; UTF-8, decimal points."""
    writer = csv.writer(stream, lineterminator="\n")
    if header:
        writer.writerow(COLUMNS)
    count = 0
    for _, records in articles:
        for record in records:
            row = flat(record)
            writer.writerow(["" if row[name] is None else row[name] for name in COLUMNS])
            count += 1
    return count
