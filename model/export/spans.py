"""Annotated documents written out with their spans and relations: as comma-separated values and as Parquet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

from annotations import jsonl
from annotations.document import Document

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = ("doc_id", "id", "label", "start", "end", "text", "score", "links")
"""Of the comma-separated form."""


def write_csv(documents: Iterable[Document], stream: IO[Any], *, header: bool = True) -> None:
    """One line for each span, after a `header` line; `links` names the relations that leave it and their tails.

    All texts are quoted: an odd line end in an article is no end of a line then.
    """
    writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    if header:
        writer.writerow(COLUMNS)
    for document in documents:
        links: dict[str, list[str]] = {}
        for relation in document.relations:
            links.setdefault(relation.head, []).append(f"{relation.label} {relation.tail}")
        for span in document.spans:
            score = "" if span.score is None else span.score
            place = (span.label, span.start, span.end, document.text_of(span))
            writer.writerow((document.id, span.id, *place, score, "; ".join(links.get(span.id, ()))))


def parquet_schema() -> pa.Schema:
    """The columns of the Parquet form: a line for each document, spans and relations nested, meta as JSON."""
    import pyarrow as pa

    name, number, score = pa.string(), pa.int64(), pa.float64()
    span = pa.struct([("id", name), ("start", number), ("end", number), ("label", name), ("score", score)])
    relation = pa.struct([("head", name), ("tail", name), ("label", name), ("score", score)])
    return pa.schema(
        [
            ("id", name),
            ("text", name),
            ("spans", pa.list_(span)),
            ("relations", pa.list_(relation)),
            ("meta", name),
        ]
    )


def write_parquet(documents: Iterable[Document], stream: IO[Any]) -> None:
    """One Parquet file of one row group."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    listed = [jsonl.to_dict(document) for document in documents]
    for data in listed:
        data["meta"] = json.dumps(data.get("meta", {}), ensure_ascii=False)
    pq.write_table(pa.Table.from_pylist(listed, parquet_schema()), stream)
