"""`chitieu export`: a trained extractor for ONNX Runtime."""

from __future__ import annotations

import sys
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from annotations.errors import InputError
from chitieu.commands.options import Model


class GraphFormat(StrEnum):
    """What an encoder can be exported to."""

    onnx = "onnx"


def command(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="the model folder to make (new or empty)")
    ],
    model: Model = None,
    format: Annotated[
        GraphFormat, typer.Option("--format", help="what the encoder becomes")
    ] = GraphFormat.onnx,
    int8: Annotated[
        bool, typer.Option("--int8", help="also with matrix products in 8-bit integers: faster on CPUs")
    ] = False,
    data: Annotated[
        list[Path] | None,
        typer.Option(
            "--data",
            metavar="PATH",
            help="annotated articles to compare the export with the original on (default: the corpus' dev split)",
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="write the export even if it differs from the original more than it may"
        ),
    ] = False,
) -> None:
    """Make a model folder whose encoder runs in ONNX Runtime, and check that it finds the same.

    In float32, spans and relations must be the same and scores within 0.001; in int8, F1 may change by 0.2 points.
    """
    from annotations.corpus import FOLDER
    from annotations.formats import read_documents

    if find_spec("onnx") is None or find_spec("onnxruntime") is None:
        raise InputError(f"exporting to {format.value} needs more packages: pip install 'chitieu[onnx]'")
    from model.backends.export import export

    documents = [document for path in data or [FOLDER / "dev"] for document in read_documents(path)]
    for parity in export(model, output, int8, documents, force):
        print(parity, file=sys.stderr)
    print(output)
