"""`chitieu extract`: raw articles to spans, relations and rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chitieu.commands.options import Device, Model, OnDevice, Output, RowFormat


def command(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH…", help=".txt and .jsonl files, folders, or - for standard input"),
    ],
    model: Model = None,
    rows: Annotated[bool, typer.Option("--rows", help="write rows, not spans and relations (jsonl)")] = False,
    format: Annotated[
        RowFormat | None,
        typer.Option(
            "--format",
            help="table, csv, parquet, xlsx and html hold rows; jsonl spans and relations, or with --rows rows (default: by the output's name, else table)",
        ),
    ] = None,
    output: Output = None,
    device: OnDevice = Device.auto,
) -> None:
    """Extract indicators, targets, results, places and measures from articles."""
    from annotations.texts import read_texts

    chosen = format or format_of(output)
    documents = list(read_texts(paths))

    from model.export.writing import opened, write
    from model.extractor import Extractor

    annotated = Extractor.from_pretrained(model, device=device.value).extract(documents)
    if chosen is RowFormat.jsonl and not rows:
        from annotations import jsonl

        with opened(output, binary=False) as stream:
            jsonl.write(annotated, stream)
        return
    write(annotated, chosen.value, output)


def format_of(output: Path | None) -> RowFormat:
    """The format that an output file's name tells; a table where it tells none."""
    suffix = output.suffix.lstrip(".") if output else ""
    return RowFormat(suffix) if suffix in RowFormat.__members__ else RowFormat.table
