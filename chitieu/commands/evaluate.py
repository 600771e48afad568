"""`chitieu evaluate`: predictions against gold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chitieu.commands.options import Device, OnDevice


def command(
    data: Annotated[
        list[Path], typer.Option("--data", metavar="PATH", help="annotated file or folder; may be repeated")
    ],
    model: Annotated[
        list[Path] | None,
        typer.Option(
            "--model",
            metavar="DIR",
            help="trained extractor; may be repeated (default: the one that comes along)",
        ),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="write the scores there, too")
    ] = None,
    device: OnDevice = Device.auto,
) -> None:
    """Score extractors on annotated documents: spans, relations and rows, with intervals and kinds of error."""
    import json

    from rich.console import Console

    from annotations.files import replacing
    from annotations.formats import read_documents
    from eval.counting import case
    from eval.evaluation import Evaluation
    from eval.tables import tables

    gold = {path.name or str(path): list(read_documents(path)) for path in data}

    from model.extractor import DEFAULT_MODEL, Extractor
    from model.records import assemble

    evaluations = []
    for folder in model or [DEFAULT_MODEL]:
        extractor = Extractor.from_pretrained(folder, device=device.value)
        for name, documents in gold.items():
            pairs = zip(documents, extractor.extract(documents), strict=True)
            cases = tuple(case(wanted, found, assemble=assemble) for wanted, found in pairs)
            evaluations.append(Evaluation(folder.name, name, cases))
    console = Console(highlight=False)
    for table in tables(evaluations):
        console.print(table)
    if json_file:
        with replacing(json_file) as stream:
            json.dump([one.to_dict() for one in evaluations], stream, indent=2, ensure_ascii=False)
