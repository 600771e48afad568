"""The forms that parts of an output have, and how parts become one file."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from annotations import jsonl
from annotations.document import Document

PartFormat = Literal["spans-jsonl", "rows-jsonl", "spans-csv", "rows-csv", "spans-parquet", "rows-parquet"]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Documents as bytes, with the number of rows (0 in a format of spans) and of spans in them."""

    data: bytes
    rows: int
    spans: int


def encode(documents: Sequence[Document], format: PartFormat) -> Encoded:
    """Annotated documents as one part: a whole Parquet file, or lines without the header."""
    spans = sum(len(document.spans) for document in documents)
    stream: IO[Any] = io.BytesIO() if format.endswith("parquet") else io.StringIO()
    rows = _write_rows(documents, format, stream) if format.startswith("rows") else 0
    if format.startswith("spans"):
        _write_spans(documents, format, stream)
    content = stream.getvalue()  # type: ignore[attr-defined]
    return Encoded(content if isinstance(content, bytes) else content.encode("utf-8"), rows, spans)


def suffix(format: PartFormat) -> str:
    """The end of a part's file name, with the dot."""
    return "." + format.rpartition("-")[2]


def header(format: PartFormat) -> bytes:
    """What stands before the first part."""
    if format not in ("spans-csv", "rows-csv"):
        return b""
    from model.export import plain, spans

    stream = io.StringIO()
    (plain if format == "rows-csv" else spans).write_csv([], stream)
    return stream.getvalue().encode("utf-8")


def merge(parts: Iterable[Path], format: PartFormat, stream: IO[bytes]) -> None:
    """Write parts to a stream as one output, one after the other; memory does not grow with their number."""
    if format.endswith("parquet"):
        _merge_tables(parts, format, stream)
        return
    stream.write(header(format))
    for part in parts:
        with part.open("rb") as data:
            shutil.copyfileobj(data, stream, 1 << 20)


def _merge_tables(parts: Iterable[Path], format: PartFormat, stream: IO[bytes]) -> None:
    import pyarrow.parquet as pq

    from model.export import parquet, spans

    schema = parquet.SCHEMA if format == "rows-parquet" else spans.parquet_schema()
    with pq.ParquetWriter(stream, schema) as writer:
        for part in parts:
            with pq.ParquetFile(part) as file:
                for group in range(file.num_row_groups):
                    writer.write_table(file.read_row_group(group))


def _write_rows(documents: Sequence[Document], format: PartFormat, stream: IO[Any]) -> int:
    from model.export import plain
    from model.records import assemble

    articles = ((document, assemble(document)) for document in documents)
    if format == "rows-parquet":
        from model.export.parquet import write_parquet

        return write_parquet(articles, stream)
    if format == "rows-csv":
        return plain.write_csv(articles, stream, header=False)
    return plain.write_jsonl(articles, stream)


def _write_spans(documents: Sequence[Document], format: PartFormat, stream: IO[Any]) -> None:
    if format == "spans-jsonl":
        jsonl.write(documents, stream)
        return
    from model.export import spans

    if format == "spans-csv":
        spans.write_csv(documents, stream, header=False)
    else:
        spans.write_parquet(documents, stream)
