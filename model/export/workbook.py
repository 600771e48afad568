"""Rows as an Excel workbook for planning officers, in Vietnamese: the rows, every single value, and the checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from model.export.flat import Cell, flat, middle
from model.export.writing import Article
from model.records import Record

_ROWS = (
    ("Bài", "doc_id", 14),
    ("Địa phương", "place", 26),
    ("Cấp", "level", 10),
    ("Tỉnh (trước 7/2025)", "province", 22),
    ("Tỉnh hiện nay", "province_now", 22),
    ("Chỉ tiêu", "indicator", 44),
    ("Mục tiêu", "target", 24),
    ("Mục tiêu (số)", "target_value", 16),
    ("Đơn vị mục tiêu", "target_unit", 14),
    ("Thực hiện", "actual", 24),
    ("Thực hiện (số)", "actual_value", 16),
    ("Đơn vị thực hiện", "actual_unit", 14),
    ("Tỷ lệ hoàn thành", "ratio", 18),
    ("Tỷ lệ (%)", "ratio_percent", 12),
    ("Kỳ", "period", 16),
    ("Thời hạn", "deadline", 14),
    ("Tình trạng", "status", 12),
    ("Kiểm tra số liệu", "verdict", 16),
    ("Chi tiết kiểm tra", "checks", 40),
    ("Giải pháp", "measures", 60),
    ("Độ tin cậy", "confidence", 10),
)
_VALUES = (
    ("Bài", 14), ("Địa phương", 26), ("Chỉ tiêu", 44), ("Loại", 12), ("Nguyên văn", 26), ("Từ", 16), ("Đến", 16), ("Đơn vị", 16),
    ("So sánh", 10), ("Hướng", 10), ("Tử số", 12), ("Mẫu số", 12), ("Vị trí", 10),
)  # fmt: skip
_CHECKS = (
    ("Bài", 14),
    ("Địa phương", 26),
    ("Chỉ tiêu", 44),
    ("Kiểm tra", 12),
    ("Kết quả", 16),
    ("Số liệu", 70),
)
_LONGEST = 32_767
"""Characters that Excel lets a cell hold."""
_CUT = " […]"
_STATUS = {
    "reached": "đạt",
    "exceeded": "vượt",
    "missed": "không đạt",
    "open": "đang thực hiện",
    "unknown": "chưa rõ",
}
_VERDICT = {"consistent": "khớp", "inconsistent": "không khớp", "not checkable": "không kiểm tra được"}
_LABEL = {"target": "mục tiêu", "actual": "thực hiện", "ratio": "tỷ lệ"}
_COLOURS = {
    "đạt": "E2F0D9",
    "vượt": "C6E0B4",
    "không đạt": "F8CBAD",
    "đang thực hiện": "FFF2CC",
    "không khớp": "F4B084",
}


def write_xlsx(articles: Iterable[Article], stream: IO[Any]) -> int:
    """A workbook with the sheets `Chỉ tiêu` (rows), `Giá trị` (every value) and `Kiểm tra` (what the arithmetic says)."""
    records = [record for _, found in articles for record in found]
    book = Workbook(write_only=True)
    rows = _sheet(book, "Chỉ tiêu", [(title, width) for title, _, width in _ROWS], map(_row, records))
    rows.auto_filter.ref = f"A1:{get_column_letter(len(_ROWS))}{len(records) + 1}"
    _sheet(book, "Giá trị", _VALUES, (row for record in records for row in _value_rows(record)))
    _sheet(book, "Kiểm tra", _CHECKS, (row for record in records for row in _check_rows(record)))
    book.save(stream)
    return len(records)


def _row(record: Record) -> list[Cell]:
    columns = flat(record)
    columns["status"] = _STATUS[record.status]
    columns["verdict"] = _VERDICT[record.verdict]
    return [columns[name] for _, name, _ in _ROWS]


def _value_rows(record: Record) -> Iterable[tuple[Cell, ...]]:
    for label, quantities in (("target", record.target), ("actual", record.actual), ("ratio", record.ratio)):
        for q in quantities:
            low, high = q.ends or (None, None)
            yield (
                record.doc_id, record.place, record.indicator, _LABEL[label], " ".join(q.text.split()), low, high if q.is_range else None,
                q.unit, q.comparator if middle(q) is not None else None, q.direction, q.numerator, q.denominator, q.start,
            )  # fmt: skip


def _check_rows(record: Record) -> Iterable[tuple[Cell, ...]]:
    for check in record.checks:
        verdict = _VERDICT[check.verdict]
        yield (record.doc_id, record.place, record.indicator, check.kind, verdict, check.detail)


def _sheet(book: Any, title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[Cell]]) -> Any:
    """A sheet with its header, frozen, and its rows."""
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for index, (_, width) in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    header = []
    for name, _ in columns:
        cell = WriteOnlyCell(sheet, name)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="D9E1F2")
        header.append(cell)
    sheet.append(header)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    return sheet


def _cell(sheet: Any, value: Cell) -> Any:
    """A cell; text stays text, also where it begins with `=`."""
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    text = ILLEGAL_CHARACTERS_RE.sub(" ", value)
    if len(text) > _LONGEST:
        text = text[: _LONGEST - len(_CUT)] + _CUT
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if value in _COLOURS:
        cell.fill = PatternFill("solid", fgColor=_COLOURS[value])
    return cell
