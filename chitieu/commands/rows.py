"""`chitieu rows`: annotated documents, gold or predicted, to rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotations.document import Document
from annotations.errors import InputError
from chitieu.commands.extract import format_of
from chitieu.commands.options import Output, RowFormat

if TYPE_CHECKING:
    from annotations.formats import Located


def command(
    data: Annotated[list[Path], typer.Argument(metavar="DATA…", help="annotated files or folders")],
    format: Annotated[
        RowFormat | None, typer.Option("--format", help="(default: by the output's name, else table)")
    ] = None,
    output: Output = None,
) -> None:
    """Assemble rows from annotated documents, inline or JSONL."""
    from annotations.formats import read_located
    from model.export import write

    located = (found for path in data for found in read_located(path))
    write(_distinct(located), (format or format_of(output)).value, output)


def _distinct(located: Iterable[Located]) -> Iterator[Document]:
    """Documents of different ids: a row says by its document's id where it comes from."""
    ids: set[str] = set()
    for found in located:
        if found.document.id in ids:
            raise InputError(
                f"the id {found.document.id!r} is used twice", source=found.source, line=found.line
            )
        ids.add(found.document.id)
        yield found.document
