"""One function that writes the rows of documents in any format, to a stream or, complete or not at all, to a path."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal, get_args

from annotations.document import Document
from annotations.errors import InputError
from annotations.files import replacing
from model.records import Record, assemble

Format = Literal["table", "jsonl", "csv", "parquet", "xlsx", "html"]
FORMATS: tuple[Format, ...] = get_args(Format)

Article = tuple[Document, Sequence[Record]]
Writer = Callable[[Iterable[Article], IO[Any]], int]

_BINARY = {"parquet", "xlsx"}


def write(
    documents: Iterable[Document], format: Format = "table", target: str | Path | IO[Any] | None = None
) -> int:
    """Assemble the rows of documents and write them.

    Parameters
    ----------
    documents
        Annotated documents, gold or predicted; read once, one at a time.
    format
        `table` (terminal), `jsonl` (the row contract), `csv` and `xlsx` (one line for each row), `parquet` (the row
        contract as nested columns) or `html` (article and rows side by side).
    target
        A path, an open stream (of bytes for `parquet` and `xlsx`) or None for standard output. A path is replaced
        when everything is written. For `html` a path without the suffix `.html` is a folder, which gets a page for
        each article and an index.

    Returns
    -------
    How many rows were written.

    Raises
    ------
    ValueError
        If the format is unknown.
    InputError
        If nothing can be written there: a folder, no place for a file, bytes to a terminal.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}: one of {', '.join(FORMATS)}")
    articles = ((document, assemble(document)) for document in documents)
    if format == "html" and isinstance(target, str | Path) and Path(target).suffix != ".html":
        from model.export.html import write_folder

        return write_folder(articles, Path(target))
    with opened(target, binary=format in _BINARY) as stream:
        return _writer(format)(articles, stream)


def _writer(format: Format) -> Writer:
    """The writer of a format; what it needs is imported only then."""
    if format == "table":
        return _write_table
    if format == "jsonl":
        from model.export.plain import write_jsonl

        return write_jsonl
    if format == "csv":
        from model.export.plain import write_csv

        return write_csv
    if format == "parquet":
        from model.export.parquet import write_parquet

        return write_parquet
    if format == "xlsx":
        from model.export.workbook import write_xlsx

        return write_xlsx
    from model.export.html import write_page

    return write_page


def _write_table(articles: Iterable[Article], stream: IO[Any]) -> int:
    from rich.console import Console

    from model.export.table import rows_table

    width = None if stream.isatty() else 160
    console = Console(file=stream, width=width, highlight=False)
    count = 0
    for document, records in articles:
        count += len(records)
        console.print(rows_table(records, title=document.id))
    return count


@contextmanager
def opened(target: str | Path | IO[Any] | None, binary: bool) -> Iterator[IO[Any]]:
    """A stream to write to; a path is written under a temporary name beside it and renamed at the end."""
    if target is None:
        if binary and sys.stdout.isatty():
            raise InputError("this format is not for a terminal; name a file to write")
        yield sys.stdout.buffer if binary else sys.stdout
        return
    if not isinstance(target, str | Path):
        yield target
        return
    with replacing(target, binary=binary) as stream:
        yield stream
