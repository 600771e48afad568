"""`chitieu convert`: annotated documents from one form to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    source: Annotated[Path, typer.Argument(metavar="IN", help="annotated file or folder")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="file, or for the inline form a folder")],
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="FORMAT", help="inline, jsonl, conll, label-studio (default: by name)"
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="FORMAT", help="inline, jsonl, conll, label-studio (default: by name)"),
    ] = None,
) -> None:
    """Convert annotated documents; a file is written whole or not at all."""
    from annotations.formats import read_documents, write_documents

    documents = list(read_documents(source, format=from_))
    write_documents(documents, target, format=to)
    typer.echo(f"{len(documents)} documents written to {target}", err=True)
