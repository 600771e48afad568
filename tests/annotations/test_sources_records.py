"""Every record of a file is an article, exactly as it stands there, or a reject in its place."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import tempfile
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import example, given
from hypothesis import strategies as st

from annotations.sources import Article, Item, Reject, open_source
from annotations.sources.blocks import lines
from tests.strategies import texts

PACKINGS = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}
packings = st.sampled_from(sorted(PACKINGS))


def read(name: str, data: bytes, **options: Any) -> list[Item]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return list(open_source([path], **options).read())


def summary(items: list[Item]) -> list[tuple[int | None, str | None]]:
    """Record and text of every item, None for a reject."""
    return [(item.origin.record, item.document.text if isinstance(item, Article) else None) for item in items]


def expected(records: list[str | None]) -> list[tuple[int, str | None]]:
    return [(n, text if text and text.strip() else None) for n, text in enumerate(records, 1)]


@given(texts(), packings)
@example("\ufeffXã A\r\nBản\u0302", ".gz")
def test_a_text_file_is_one_article_as_it_stands(text: str, packing: str) -> None:
    data = text.encode()
    (item,) = read(f"bài.txt{packing}", PACKINGS[packing](data))
    if "\0" in text or not text.removeprefix("\ufeff").strip():
        assert isinstance(item, Reject)
    else:
        assert isinstance(item, Article)
        assert item.document.text == text.removeprefix("\ufeff")
    assert item.origin.record is None


def test_an_annotated_article_is_no_plain_text() -> None:
    """Its marks would be taken for words."""
    annotated = "Thu ngân sách [i1|của xã] đạt [a1|5 tỷ đồng].\n---\ni1: a1\n"
    (item,) = read("bài.txt", annotated.encode())
    assert isinstance(item, Reject) and "annotated" in item.reason
    for plain in (annotated.partition("---")[0], annotated.replace("|", "/"), "[1] Thu\n---\n[i1|sau] vạch"):
        (item,) = read("bài.txt", plain.encode())
        assert isinstance(item, Article) and item.document.text == plain


BAD_LINES = [
    b"{",
    b"\xff",
    b'{"text": "\xe1"}',
    b"[]",
    b"{}",
    b'{"text": 1}',
    b'"\\ud800"',
    b"[" * 9999,
    b"\0",
]


@given(st.lists(texts() | st.sampled_from(BAD_LINES), max_size=8), packings, st.booleans(), st.booleans())
def test_json_lines_are_articles_or_rejects_in_their_places(
    records: list[str | bytes], packing: str, crlf: bool, escaped: bool
) -> None:
    rows = [
        record if isinstance(record, bytes) else json.dumps({"text": record}, ensure_ascii=escaped).encode()
        for record in records
    ]
    data = b"".join(row + (b"\r\n" if crlf else b"\n") for row in rows)
    items = read(f"a.jsonl{packing}", PACKINGS[packing](b"\xef\xbb\xbf" + data))
    assert summary(items) == expected([None if isinstance(r, bytes) else r for r in records])


@given(
    st.lists(texts() | st.just(b"\xff,\t2"), max_size=8),
    packings,
    st.sampled_from([",", "\t"]),
    st.booleans(),
)
def test_rows_of_a_table_are_articles_or_rejects_in_their_places(
    records: list[str | bytes], packing: str, delimiter: str, every_field_quoted: bool
) -> None:
    data = b"\xef\xbb\xbf"
    for number, record in enumerate(["text", *records]):
        row = io.StringIO(newline="")
        quoting = csv.QUOTE_ALL if every_field_quoted else csv.QUOTE_MINIMAL
        writer = csv.writer(row, delimiter=delimiter, quoting=quoting)
        writer.writerow(["id" if number == 0 else f"n{number}", record])
        data += record + b"\r\n" if isinstance(record, bytes) else row.getvalue().encode()
    name = "a.csv" if delimiter == "," else "a.tsv"
    items = read(name + packing, PACKINGS[packing](data))
    assert summary(items) == expected([None if isinstance(r, bytes) else r for r in records])
    assert all(item.document.id == f"n{item.origin.record}" for item in items if isinstance(item, Article))


@given(st.lists(texts() | st.none() | st.just(b"\xff"), max_size=8), st.integers(1, 4))
def test_rows_of_a_parquet_file_are_articles_or_rejects_in_their_places(
    records: list[str | bytes | None], group: int
) -> None:
    values = [r.encode() if isinstance(r, str) else r for r in records]
    unchecked = pa.Array.from_buffers(pa.string(), len(values), pa.array(values, pa.binary()).buffers())
    for column in (unchecked, pa.array(values, pa.binary())):
        stream = io.BytesIO()
        pq.write_table(pa.table({"text": column}), stream, row_group_size=group)
        items = read("a.parquet", stream.getvalue())
        assert summary(items) == expected([r if isinstance(r, str) else None for r in records])


@given(st.lists(st.binary(max_size=12) | st.just(b"\n")), st.integers(0, 9))
def test_lines_are_the_same_however_the_bytes_come(blocks: list[bytes], limit: int) -> None:
    data = b"".join(blocks)
    whole = data.removesuffix(b"\n").split(b"\n") if data else []
    assert list(lines(iter(blocks), limit)) == [line if len(line) <= limit else None for line in whole]


@given(st.integers(0, 200), st.sampled_from([".gz", ".zst"]), st.data())
def test_a_packed_file_that_is_cut_off_gives_what_stands_before(count: int, packing: str, data: Any) -> None:
    rows = [f"{number * 7919 % 10007}" for number in range(count)]
    content = "".join(f'{{"text": "{row}"}}\n' for row in rows).encode()
    packed = PACKINGS[packing](content[: len(content) // 2]) + PACKINGS[packing](content[len(content) // 2 :])
    cut = data.draw(st.integers(1, len(packed) - 1))
    items = summary(read(f"a.jsonl{packing}", packed[:cut]))
    texts = [text for _, text in items]
    first = len(PACKINGS[packing](content[: len(content) // 2]))
    if cut == first:  # two files in one, of which the first is whole
        assert texts in (rows[: len(texts)], [*rows[: len(texts) - 1], None])
    else:
        assert texts == [*rows[: len(texts) - 1], None]
    assert [record for record, _ in items] == list(range(1, len(items) + 1))


@given(
    st.binary(max_size=200)
    | st.lists(st.sampled_from([b'"', b",", b"\n", b"\r", b"a", b"\xff", b"\0"])).map(b"".join),
    st.sampled_from(["a.txt", "a.jsonl", "a.csv", "a.tsv", "a.parquet", "a.txt.gz", "a.csv.zst"]),
    st.sampled_from([b"", b"text\n", b"text,id\n", b"PAR1"]),
)
def test_no_bytes_stop_a_run(data: bytes, name: str, head: bytes) -> None:
    for item in read(name, head + data):
        assert isinstance(item, Reject) or item.document.text.strip()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b"a" * 30_000_000),
        ("a.jsonl", b'{"text": "' + b"a" * 30_000_000 + b'"}'),
        ("a.csv", b'text\n"' + b"a" * 30_000_000 + b'"'),
        ("a.txt", "ạ".encode() * 11),
        ("a.jsonl", '{"text": "ạạạạạạạạạạạ"}'.encode()),
    ],
)
def test_a_text_that_is_too_long_is_rejected(name: str, data: bytes) -> None:
    (item,) = read(name, data, max_characters=10)
    assert isinstance(item, Reject)
    assert re.search("(longer|larger) than", item.reason)


def test_a_row_whose_quote_is_never_closed_takes_no_other_with_it() -> None:
    data = b'id,text\n1,a\n2,"b\n3,c\n4,"d"\n5,"e ""f"""\n6,"g"h\n7,i\n8,j,k\n9,"l\n'
    found = [
        (item.document.id, item.document.text) for item in read("a.csv", data) if isinstance(item, Article)
    ]
    assert found == [("1", "a"), ("3", "c"), ("4", "d"), ("5", 'e "f"'), ("7", "i")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no header"),
        (b"\n\r\n", "no header"),
        (b"x" * 20_000_000 + b"\ntext\na\n", "no header"),
        (b'text,"x\n1,2\n', "no header"),
        (b"id,body\n1,a\n", "no column 'text' (there are: id, body)"),
        (b"text,text\na,b\n", "2 columns are named 'text'"),
    ],
)
def test_a_table_under_a_wrong_header_is_one_reject(data: bytes, reason: str) -> None:
    (item,) = read("a.csv", data)
    assert item == Reject(item.origin, reason)
    assert item.origin.record is None


def test_semicolons_separate_where_they_alone_give_the_text() -> None:
    (item,) = read("a.csv", '\ufeffid;"text"\r\n1;"chào; bạn, tôi"\r\n'.encode())
    assert isinstance(item, Article)
    assert (item.document.id, item.document.text) == ("1", "chào; bạn, tôi")


def test_other_fields_are_kept_as_meta_that_json_can_hold() -> None:
    record = (
        '{"body": "a", "key": 7, "url": "u", "nan": NaN, "meta": {"tags": ["x"]}, "spans": [], "text": "t"}'
    )
    (item,) = read("a.jsonl", record.encode(), text_column="body", id_column="key")
    assert isinstance(item, Article)
    assert (item.document.id, item.document.text, item.document.spans) == ("7", "a", ())
    assert item.document.meta == {"url": "u", "nan": None, "tags": ["x"], "text": "t"}


def test_a_meta_that_clashes_stays_as_it_is() -> None:
    (item,) = read("a.jsonl", b'{"text": "a", "url": 1, "meta": {"url": 2}}')
    assert isinstance(item, Article)
    assert item.document.meta == {"url": 1, "meta": {"url": 2}}


def test_values_of_parquet_are_kept_as_json_can_hold_them() -> None:
    when = datetime(2024, 5, 6, 7, 8, tzinfo=UTC)
    row = {"text": "a", "id": None, "when": when, "raw": b"\xff", "note": b"x", "list": [{"v": 1.5}]}
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([row]), stream)
    (item,) = read("a.parquet", stream.getvalue())
    assert isinstance(item, Article)
    assert item.document.id == "a:1"
    assert json.loads(json.dumps(dict(item.document.meta))) == {
        "when": "2024-05-06T07:08:00+00:00",
        "raw": "/w==",
        "note": "x",
        "list": [{"v": 1.5}],
    }


@pytest.mark.parametrize(
    "writing", [{"compression": "gzip"}, {"compression": "none", "write_page_checksum": True}]
)
def test_a_damaged_row_group_does_not_take_the_others_with_it(
    tmp_path: Path, writing: dict[str, Any]
) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"text": [f"{number * 7919}" * 50 for number in range(300)]})
    pq.write_table(table, path, row_group_size=100, use_dictionary=False, **writing)
    column = pq.ParquetFile(path).metadata.row_group(1).column(0)
    middle = column.data_page_offset + column.total_compressed_size * 3 // 4
    data = bytearray(path.read_bytes())
    data[middle : middle + 20] = bytes(20)
    path.write_bytes(data)
    items = list(open_source([path]).read())
    (reject,) = [item for item in items if isinstance(item, Reject)]
    assert (reject.origin.record, reject.reason.split(":")[0]) == (101, "rows 101 to 200 cannot be read")
    assert [item.document.text for item in items if isinstance(item, Article)] == [
        text for number, text in enumerate(table["text"].to_pylist()) if not 100 <= number < 200
    ]


@pytest.mark.parametrize("packing", sorted(PACKINGS))
def test_a_line_of_any_length_takes_little_memory(tmp_path: Path, packing: str) -> None:
    path = tmp_path / f"a.jsonl{packing}"
    path.write_bytes(PACKINGS[packing](b"a" * 100_000_000 + b'\n{"text": "b"}'))
    tracemalloc.start()
    try:
        items = list(open_source([path], max_characters=1000).read())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert summary(items) == [(1, None), (2, "b")]
    assert peak < 80_000_000
