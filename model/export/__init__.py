"""Rows written out: for the terminal, for scripts, for spreadsheets and for reading beside the article."""

from model.export.table import highlighted, legend, rows_table
from model.export.writing import FORMATS, Format, write

__all__ = ["FORMATS", "Format", "highlighted", "legend", "rows_table", "write"]
