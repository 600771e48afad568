"""Options that several subcommands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Device(StrEnum):
    """Where the network runs."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


class RowFormat(StrEnum):
    """What rows are written as."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    xlsx = "xlsx"
    html = "html"


Model = Annotated[
    Path | None,
    typer.Option(
        "--model", metavar="DIR", help="folder of a trained extractor (default: the one that comes along)"
    ),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="where to write (default: standard output)"),
]
OnDevice = Annotated[
    Device, typer.Option("--device", help="where the network runs; auto takes a GPU if there is one")
]
