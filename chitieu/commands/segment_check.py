"""`chitieu segment-check`: what word segmenters would cut."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    data: Annotated[
        list[Path], typer.Option("--data", metavar="PATH", help="annotated file or folder; may be repeated")
    ],
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="write the figures there, too")
    ] = None,
) -> None:
    """Count the gold spans that each word segmenter would cut, alone and as PhoBERT's tokenizer uses it, and its speed."""
    import json
    from dataclasses import asdict

    from rich.console import Console
    from rich.table import Table

    from annotations.errors import InputError
    from annotations.files import replacing
    from annotations.formats import read_documents
    from model.segmenters import SEGMENTERS
    from model.segmenters.check import measure

    documents = [document for path in data for document in read_documents(path)]
    table = Table(title=f"{sum(len(d.spans) for d in documents)} spans in {len(documents)} documents")
    table.add_column("segmenter")
    for heading in ("cuts alone", "cuts as used", "syllables/word", "syllables/s"):
        table.add_column(heading, justify="right")
    figures, missing = [], []
    for name in SEGMENTERS:
        try:
            found = measure(name, documents)
        except InputError as error:
            missing.append(f"{name}: {error}")
            continue
        figures.append(found)
        table.add_row(
            name,
            *(f"{cut} ({cut / max(found.spans, 1):.2%})" for cut in (found.cut_alone, found.cut)),
            f"{found.syllables / max(found.words, 1):.2f}",
            f"{found.speed:,.0f}",
        )
    Console(highlight=False).print(table)
    for line in missing:
        typer.echo(line, err=True)
    if json_file:
        with replacing(json_file) as stream:
            json.dump([asdict(found) for found in figures], stream, indent=2)
