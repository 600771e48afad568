"""`chitieu rows`: annotated documents, gold or predicted, to rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chitieu.commands.extract import format_of
from chitieu.commands.options import Output, RowFormat


def command(
    data: Annotated[list[Path], typer.Argument(metavar="DATA…", help="annotated files or folders")],
    format: Annotated[
        RowFormat | None, typer.Option("--format", help="(default: by the output's name, else table)")
    ] = None,
    output: Output = None,
) -> None:
    """Assemble rows from annotated documents, inline or JSONL."""
    from annotations.formats import read_documents
    from model.export import write

    documents = (document for path in data for document in read_documents(path))
    write(documents, (format or format_of(output)).value, output)
