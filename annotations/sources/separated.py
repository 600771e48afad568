"""Tables as text, separated by commas (or semicolons) or tabs, with the names of the columns in the first row."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterator, Sequence

from annotations.sources.blocks import Broken
from annotations.sources.inputs import Kind
from annotations.sources.items import Item, Reject
from annotations.sources.reading import Reading
from annotations.sources.records import Options, from_row, missing_column


def read(reading: Reading) -> Iterator[Item]:
    """The articles of a table, row by row, counted without the header; empty lines are passed over.

    A row that is no row is given up at the end of its first line, and reading goes on with the next line.
    """
    source = _Lines(reading)
    number = 0
    try:
        rows, columns = _table(source, reading)
        if problem := _problem(columns, reading.options):
            yield Reject(reading.origin(), problem)
            return
        while True:
            source.begin()
            try:
                row = next(rows)
            except StopIteration:
                return
            except (csv.Error, _TooLong) as error:
                number += 1
                yield Reject(reading.origin(number), f"no row: {error}")
                source.give_back()
                continue
            if row:
                number += 1
                yield _article(row, columns, source, number, reading)
    except Broken as error:
        yield Reject(reading.origin(number + 1), str(error))


class _TooLong(Exception):
    """A row of more bytes than are read."""


class _Lines:
    """Lines for a `csv.reader`, those of the row at hand kept; what is no UTF-8 goes through as surrogates."""

    def __init__(self, reading: Reading) -> None:
        self._limit = reading.options.max_bytes
        csv.field_size_limit(max(csv.field_size_limit(), self._limit))
        self._lines = reading.lines()
        self._back: deque[bytes] = deque()
        self.begin()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._lines)
        self._size += self._limit + 1 if line is None else len(line)
        if line is None or self._size > self._limit:
            raise _TooLong(f"longer than {self._limit:,} bytes")
        self._row.append(line)
        return line.decode("utf-8", "surrogateescape") + "\n"

    def begin(self) -> None:
        """A row begins."""
        self._row: list[bytes] = []
        self._size = 0

    def give_back(self, first: int = 1) -> None:
        """The lines of the row at hand from the `first` on are to come once more."""
        self._back.extendleft(reversed(self._row[first:]))
        self.begin()

    def not_text(self) -> int | None:
        """The first byte of the row at hand that is no UTF-8."""
        for line in self._row:
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return line[error.start]
        return None


def _table(source: _Lines, reading: Reading) -> tuple[Iterator[list[str]], list[str]]:
    """The rows below the header, and the names in it; a column without a name is called after its place."""
    try:
        first = next((line for line in source if line.strip()), "")
        source.give_back(0)
        rows = csv.reader(source, delimiter=_delimiter(first, reading), strict=True)
        header = next((row for row in rows if row), [])
    except (csv.Error, _TooLong):
        return iter(()), []
    return rows, [name or f"column {place}" for place, name in enumerate(header, 1)]


def _delimiter(header: str, reading: Reading) -> str:
    """A tab; or a comma, unless only semicolons, as spreadsheets in many countries write them, give a text column."""
    if reading.input.kind is Kind.tsv:
        return "\t"
    commas, semicolons = ([name.strip('" \r\n') for name in header.split(sign)] for sign in ",;")
    text = reading.options.text_column
    return ";" if text in semicolons and text not in commas else ","


def _problem(columns: Sequence[str], options: Options) -> str | None:
    """Why no row under such a header can be read."""
    if not columns:
        return "no header"
    name, count = Counter(columns).most_common(1)[0]
    return f"{count} columns are named {name!r}" if count > 1 else missing_column(columns, options)


def _article(
    row: Sequence[str], columns: Sequence[str], source: _Lines, number: int, reading: Reading
) -> Item:
    origin = reading.origin(number)
    if (byte := source.not_text()) is not None:
        return Reject(origin, f"not UTF-8: byte 0x{byte:02x}")
    if len(row) != len(columns):
        return Reject(origin, f"the row has {len(row)} fields, the header {len(columns)}")
    fields = dict(zip(columns, row, strict=True))
    return from_row(fields, origin, reading.fallback(number), reading.options)
