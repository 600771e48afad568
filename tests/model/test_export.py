"""Rows written out: every format read back, whole files or none, hostile text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from annotations.document import Document, Relation, Span
from annotations.errors import InputError
from annotations.inline import parse
from model.export import FORMATS, highlighted, legend, rows_table, write
from model.export.flat import COLUMNS
from model.records import assemble

_TEXT = """Năm 2024, [l1|huyện Bảo Yên] thu [i1|ngân sách] đạt [a1|84 tỷ đồng], bằng [r1|107%] kế hoạch [t1|80 tỷ đồng]; \
[i2|tỷ lệ hộ nghèo] còn [a2|4-5%] nhờ [m1|giao chỉ tiêu cho [l2|xã Bảo Hà]].
---
i1: a1 r1 t1 l1
i2: a2 l1 m1
"""


def _document() -> Document:
    return parse(_TEXT, id="bài/1")


def _hostile() -> Document:
    text = '=1+1</script><script>alert("x")</script>\x07 & đạt 5%'
    spans = (
        Span('i"1', 0, 40, "INDICATOR"),
        Span("a<1", 20, 45, "ACTUAL", 0.5),
        Span("r 1", len(text) - 2, len(text), "RATIO", 0.5),
    )
    return Document(
        "<b>../../x</b>",
        text,
        spans,
        (Relation('i"1', "a<1", "HAS_ACTUAL"), Relation('i"1', "r 1", "HAS_RATIO")),
    )


def test_jsonl_is_the_row_contract(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    assert write([_document()], "jsonl", path) == 2
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [record.to_json() for record in assemble(_document())]
    assert "huyện Bảo Yên" in lines[0]


def test_csv_has_numbers_and_texts(tmp_path: Path) -> None:
    write([_document()], "csv", tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert tuple(first) == COLUMNS
    assert (first["target"], float(first["target_value"]), first["target_unit"]) == (
        "80 tỷ đồng",
        80e9,
        "VND",
    )
    assert (first["verdict"], first["status"], first["province"]) == (
        "inconsistent",
        "exceeded",
        "tỉnh Lào Cai",
    )
    assert (second["actual_value"], second["measures"]) == ("4.5", "giao chỉ tiêu cho xã Bảo Hà")


def test_parquet_keeps_the_nesting(tmp_path: Path) -> None:
    write([_document(), _document()], "parquet", tmp_path / "rows.parquet")
    rows = pq.read_table(tmp_path / "rows.parquet").to_pylist()
    assert len(rows) == 4
    assert rows[0]["target"][0]["value"] == 80e9
    assert (rows[1]["actual"][0]["low"], rows[1]["actual"][0]["high"]) == (4, 5)
    assert rows[0]["checks"][0]["spans"]


def test_the_workbook_has_rows_values_and_checks(tmp_path: Path) -> None:
    write([_document()], "xlsx", tmp_path / "rows.xlsx")
    book = openpyxl.load_workbook(tmp_path / "rows.xlsx")
    rows, values, checks = (list(book[name].values) for name in ("Chỉ tiêu", "Giá trị", "Kiểm tra"))
    first = dict(zip(rows[0], rows[1], strict=True))
    assert (first["Chỉ tiêu"], first["Mục tiêu (số)"], first["Tình trạng"]) == (
        "ngân sách",
        80_000_000_000,
        "vượt",
    )
    assert len(values) == 1 + 4
    assert any("không khớp" in row for row in checks)


def test_formulas_and_control_characters_stay_text(tmp_path: Path) -> None:
    write([_hostile()], "xlsx", tmp_path / "rows.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "rows.xlsx")["Chỉ tiêu"]["F2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("=1+1")


class _Page(HTMLParser):
    """Tags, the text of an article and the data of its links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.refs: set[str] = set()
        self.loads: list[str] = []
        self.data: dict[str, list[str]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.refs |= set((given.get("data-r") or "").split())
        self.loads += [value for name in ("src", "href") if (value := given.get(name))]

    def handle_data(self, data: str) -> None:
        self.data.setdefault(self.tags[-1] if self.tags else "", []).append(data)


def test_a_page_shows_spans_links_and_rows_and_loads_nothing(tmp_path: Path) -> None:
    write([_document()], "html", tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    page = _Page(text)
    assert page.loads == []
    assert {f"0-{name}" for name in ("i1", "a1", "r1", "t1", "l1", "l2", "m1")} <= page.refs
    links = json.loads(text.split('class="links">')[1].split("</script>")[0])
    assert ["0-i1", "0-a1", "HAS_ACTUAL"] in links
    assert "✗ không khớp" in text
    assert "{{" not in text


def test_hostile_text_stays_text_in_a_page(tmp_path: Path) -> None:
    write([_hostile()], "html", tmp_path / "page.html")
    page = _Page((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert page.tags.count("script") == 2
    assert "b" not in [tag for tag in page.tags if tag == "b"][1:]


def test_a_folder_has_a_page_for_each_article(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    assert write([_document(), _document(), _hostile()], "html", folder) == 5
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 4
    index = _Page((folder / "index.html").read_text(encoding="utf-8"))
    assert sorted(index.loads) == [name for name in names if name != "index.html"]


def test_the_table_names_what_does_not_agree() -> None:
    console = Console(width=150, record=True, file=io.StringIO())
    console.print(rows_table(assemble(_document()), title="bài 1"))
    shown = console.export_text()
    assert "84 tỷ đồng / 80 tỷ đồng = 105%, the text says 107%" in shown
    assert "huyện Bảo Yên" in shown


def test_the_highlighted_text_is_the_text() -> None:
    text = highlighted(_document())
    assert text.plain == _document().text
    assert {(span.start, span.end) for span in text.spans} == {
        (span.start, span.end) for span in _document().spans
    }
    assert "\x07" not in highlighted(_hostile()).plain
    assert "MEASURE" in legend().plain


@pytest.mark.parametrize("format", FORMATS)
def test_streams_and_empty_input(format: str, tmp_path: Path) -> None:
    stream = io.BytesIO() if format in ("parquet", "xlsx") else io.StringIO()
    assert write([], format, stream) == 0  # type: ignore[arg-type]
    assert write([_document()], format, tmp_path / f"deep/rows.{format}") == 2  # type: ignore[arg-type]


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_is_written_half(format: str, tmp_path: Path) -> None:
    def failing() -> Iterator[Document]:
        yield _document()
        raise RuntimeError("the disk is gone")

    path = tmp_path / f"rows.{format}"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="disk"):
        write(failing(), format, path)  # type: ignore[arg-type]
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write([_document()], "csv")
    assert capsysbinary.readouterr().out.startswith(b"doc_id,place")


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="one of table, jsonl"):
        write([], "docx")  # type: ignore[arg-type]


def test_a_cell_that_excel_cannot_hold_says_that_it_was_cut(tmp_path: Path) -> None:
    text = "đạt 5% " + "chỉ tiêu " * 5000
    document = Document(
        "d",
        text,
        (Span("i1", 7, len(text), "INDICATOR"), Span("a1", 4, 6, "ACTUAL")),
        (Relation("i1", "a1", "HAS_ACTUAL"),),
    )
    write([document], "xlsx", tmp_path / "rows.xlsx")
    cells = [
        cell for row in openpyxl.load_workbook(tmp_path / "rows.xlsx").worksheets[0].values for cell in row
    ]
    (longest,) = [cell for cell in cells if isinstance(cell, str) and len(cell) > 1000]
    assert len(longest) == 32_767
    assert longest.endswith(" […]")


def test_a_page_shows_braces_as_they_are() -> None:
    stream = io.StringIO()
    write([Document("{{body}}", "{{legend}} đạt")], "html", stream)
    assert "{{body}}" in stream.getvalue()
    assert stream.getvalue().count("<section") == 1


def test_a_province_is_not_told_to_lie_in_itself() -> None:
    stream = io.StringIO()
    write([parse("[l1|tỉnh Kon Tum]: [i1|thu] [a1|5%].\n---\ni1: a1 l1\n", id="d")], "html", stream)
    assert "<td>tỉnh Kon Tum<small></small></td>" in stream.getvalue()


def test_pages_need_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(InputError, match="cannot write"):
        write([_document()], "html", tmp_path / "out")
