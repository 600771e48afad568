"""Parts put together are what would have been written at once."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import get_args

import pyarrow.parquet as pq
import pytest

from annotations import jsonl
from annotations.corpus import FOLDER
from annotations.document import Document, Relation, Span
from annotations.formats import read_documents
from model.export.writing import write
from model.pipeline.formats import PartFormat, encode, merge, suffix
from model.records import assemble

HOSTILE = Document(
    'a,"b"\n',
    "Thu \r\n5 tỷ\u2028\x1f đạt; 7%",
    (Span("i1", 0, 10, "INDICATOR", 0.5), Span("a1", 6, 10, "ACTUAL"), Span("r1", 17, 19, "RATIO", 0.25)),
    (Relation("i1", "a1", "HAS_ACTUAL", 0.5), Relation("i1", "r1", "HAS_RATIO", 0.75)),
    {"url": "x\u2029y", "tags": ["a", None], "n": 1.5},
)


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return [HOSTILE, Document("none", "Không có gì."), *list(read_documents(FOLDER / "dev"))[:5]]


def _merged(documents: list[Document], format: PartFormat, folder: Path) -> bytes:
    """The output made of three parts, one of them empty."""
    files = []
    for number, group in enumerate((documents[:3], [], documents[3:])):
        file = folder / f"{number}{suffix(format)}"
        file.write_bytes(encode(group, format).data)
        files.append(file)
    stream = io.BytesIO()
    merge(files, format, stream)
    return stream.getvalue()


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_rows_as_lines(format: str, documents: list[Document], tmp_path: Path) -> None:
    whole = io.StringIO()
    rows = write(documents, format, whole)  # type: ignore[arg-type]
    name: PartFormat = "rows-csv" if format == "csv" else "rows-jsonl"
    assert _merged(documents, name, tmp_path).decode("utf-8") == whole.getvalue()
    encoded = encode(documents, name)
    assert (encoded.rows, encoded.spans) == (rows, sum(len(d.spans) for d in documents))
    assert rows > 5


def test_rows_as_parquet(documents: list[Document], tmp_path: Path) -> None:
    table = pq.read_table(io.BytesIO(_merged(documents, "rows-parquet", tmp_path)))
    write(documents, "parquet", tmp_path / "whole.parquet")
    assert table == pq.read_table(tmp_path / "whole.parquet")
    assert table.num_rows == sum(len(assemble(document)) for document in documents)


def test_spans_as_json_lines(documents: list[Document], tmp_path: Path) -> None:
    (tmp_path / "whole.jsonl").write_bytes(_merged(documents, "spans-jsonl", tmp_path))
    assert [document for _, document in jsonl.read(tmp_path / "whole.jsonl")] == documents


def test_spans_as_parquet(documents: list[Document], tmp_path: Path) -> None:
    rows = pq.read_table(io.BytesIO(_merged(documents, "spans-parquet", tmp_path))).to_pylist()
    read = []
    for row in rows:
        items = {name: [_known(item) for item in row[name]] for name in ("spans", "relations")}
        read.append(jsonl.from_dict({**row, **items, "meta": json.loads(row["meta"])}))
    assert read == documents


def _known(item: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in item.items() if value is not None}


def test_spans_as_comma_separated_values(documents: list[Document], tmp_path: Path) -> None:
    content = _merged(documents, "spans-csv", tmp_path).decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    spans = [(document, span) for document in documents for span in document.spans]
    assert [(row["doc_id"], row["id"], row["text"]) for row in rows] == [
        (document.id, span.id, document.text_of(span)) for document, span in spans
    ]
    assert rows[0]["links"] == "HAS_ACTUAL a1; HAS_RATIO r1"
    assert (rows[0]["score"], rows[1]["score"], rows[1]["links"]) == ("0.5", "", "")
    assert (int(rows[2]["start"]), int(rows[2]["end"])) == (17, 19)


@pytest.mark.parametrize("format", get_args(PartFormat))
def test_nothing_is_a_whole_output_too(format: PartFormat, tmp_path: Path) -> None:
    content = _merged([], format, tmp_path)
    if format.endswith("parquet"):
        assert pq.read_table(io.BytesIO(content)).num_rows == 0
    else:
        assert content.count(b"\n") == (1 if format.endswith("csv") else 0)
