"""`chitieu bench`: what extraction costs here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chitieu.commands.options import Device, Model, OnDevice


def command(
    model: Model = None,
    articles: Annotated[
        int, typer.Option("--articles", min=1, help="articles that all contestants read")
    ] = 256,
    minutes: Annotated[
        float,
        typer.Option("--minutes", min=0.1, help="longest run of those that show memory and time growing"),
    ] = 15,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="write all figures there, too")
    ] = None,
    plot_file: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="draw them there (.png, .svg)")
    ] = None,
    device: OnDevice = Device.auto,
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, help="threads of the network (default: all cores)")
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", min=2, help="worker processes that are compared with one")
    ] = 2,
    phobert: Annotated[
        Path | None,
        typer.Option("--phobert", metavar="DIR", help="folder with PhoBERT's vocab.txt and bpe.codes"),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="see that everything runs; the figures are worth nothing")
    ] = False,
) -> None:
    """Measure extraction on this machine.

    On the same articles and weights, in one run: spans and links, rows, one article at a time, transformers'
    token-classification pipeline, and the encoder alone on packed rows, which is the limit. Then cost against length and
    batch size, backends, worker processes, the start, and memory and time as articles grow in number. Takes half an hour
    or more on two cores.
    """
    import json
    import sys

    from rich.console import Console

    from annotations.files import replacing
    from chitieu.bench.plan import Plan
    from chitieu.bench.report import run
    from chitieu.bench.tables import tables

    plan = Plan(
        model=model,
        device=device.value,
        threads=threads,
        phobert=phobert,
        articles=articles,
        minutes=minutes,
        processes=(1, workers),
    )
    with Console(stderr=True).status("") as status:
        report = run(plan.quick() if quick else plan, status.update)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    for table in tables(report):
        console.print(table)
    if json_file:
        with replacing(json_file) as stream:
            json.dump(report.to_dict(), stream, indent=2, ensure_ascii=False)
    if plot_file:
        from chitieu.bench.plot import draw

        with replacing(plot_file, binary=True) as stream:
            draw(report).savefig(stream, format=plot_file.suffix.lstrip(".") or "png", dpi=120)
