"""`chitieu extract`: raw articles to spans, relations and rows, by the million."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from annotations.errors import InputError
from chitieu.commands.options import Device, Model, OnDevice, Output, RowFormat

if TYPE_CHECKING:
    from chitieu.extraction import Job
    from model.pipeline.output import Engine, Form, Summary
    from model.pipeline.work import WorkerSettings


class InputFormat(StrEnum):
    """What holds articles."""

    txt = "txt"
    html = "html"
    jsonl = "jsonl"
    csv = "csv"
    tsv = "tsv"
    parquet = "parquet"


class Backend(StrEnum):
    """What computes the encoder."""

    auto = "auto"
    torch = "torch"
    onnx = "onnx"
    int8 = "int8"


class EngineName(StrEnum):
    """Where chunks of articles are worked on."""

    local = "local"
    ray = "ray"


def command(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH…",
            help=".txt, .html, .jsonl, .csv, .tsv (also .gz, .zst) and .parquet files, folders of them, "
            "hf:NAME[:SPLIT], or - for standard input",
        ),
    ],
    model: Model = None,
    rows: Annotated[
        bool | None,
        typer.Option("--rows/--spans", help="what to write (default: spans as jsonl, rows as anything else)"),
    ] = None,
    format: Annotated[
        RowFormat | None, typer.Option("--format", help="(default: by the output's name, else table)")
    ] = None,
    output: Output = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects",
            metavar="FILE",
            help="records that cannot be read, and why (default: OUTPUT.rejects.jsonl, or standard error)",
        ),
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="forget what an unfinished run has left, and begin anew")
    ] = False,
    workers: Annotated[
        str, typer.Option("--workers", metavar="auto|N", help="processes that work at once")
    ] = "auto",
    threads: Annotated[
        int | None,
        typer.Option("--threads", metavar="N", min=1, help="of each process (default: they share the cores)"),
    ] = None,
    device: OnDevice = Device.auto,
    backend: Annotated[Backend, typer.Option("--backend", help="what computes the encoder")] = Backend.auto,
    engine: Annotated[
        EngineName, typer.Option("--engine", help="this machine, or a Ray cluster")
    ] = EngineName.local,
    ray_address: Annotated[
        str | None,
        typer.Option(
            "--ray-address", metavar="ADDRESS", help="of the cluster (default: one on this machine)"
        ),
    ] = None,
    input_format: Annotated[
        InputFormat | None,
        typer.Option("--input-format", help="of standard input, and of files whose names do not tell"),
    ] = None,
    text_column: Annotated[
        str, typer.Option("--text-column", metavar="NAME", help="field of a record that holds its text")
    ] = "text",
    id_column: Annotated[
        str, typer.Option("--id-column", metavar="NAME", help="field of a record that holds its id")
    ] = "id",
    max_characters: Annotated[
        int, typer.Option("--max-characters", metavar="N", min=1, help="a longer text is rejected")
    ] = 1_000_000,
    chunk: Annotated[
        int,
        typer.Option("--chunk", metavar="N", min=1, help="articles that are worked on, and kept, together"),
    ] = 512,
    progress: Annotated[
        bool | None, typer.Option("--progress/--no-progress", help="(default: on a terminal)")
    ] = None,
) -> None:
    """Extract indicators, targets, results, places and measures from articles.

    With --output, a run that was stopped (by Ctrl-C, a crash, a full disk) goes on where it was when the same command is
    given again. A record that cannot be read stops nothing: it is rejected, with its place and the reason.
    """
    form = _form(format or format_of(output), rows)
    count = _count(workers)
    from annotations.sources import open_source
    from chitieu.extraction import Job, interruptible, run
    from chitieu.progress import ExtractionProgress
    from model.backends.allocation import keep_freed_memory
    from model.pipeline.stopped import Stopped
    from model.pipeline.work import WorkerSettings

    source = open_source(
        paths,
        text_column=text_column,
        id_column=id_column,
        max_characters=max_characters,
        input_format=input_format,
    )
    settings = WorkerSettings(form.parts, model, device.value, backend.value, threads)
    # what comes through standard input shows only as it comes whether it is the same: chunks are compared, too
    fingerprint = "standard input" if "-" in paths else source.fingerprint()
    job = Job(
        source=source,
        fingerprint=fingerprint,
        chunk=chunk,
        engine=_engine(engine, settings, count, ray_address),
        settings=settings,
        form=form,
        output=output,
        rejects=rejects,
        restart=restart,
    )
    job.check()
    shown = sys.stderr.isatty() and (output is not None or not sys.stdout.isatty())
    keep_freed_memory()
    with ExtractionProgress(shown=shown if progress is None else progress) as bar:
        goes_on = f" (kept in {job.parts}); the same command goes on" if job.parts else ""
        try:
            with interruptible():
                summary = run(job, bar)
        except KeyboardInterrupt:
            bar.say(f"interrupted after {bar.articles:,} articles{goes_on}")
            raise typer.Exit(130) from None
        except Stopped as error:
            bar.say(f"error: {error}; stopped after {bar.articles:,} articles{goes_on}")
            raise typer.Exit(1) from error
        if job.parts:
            bar.say(_told(summary, job))
        elif summary.rejects:
            raise typer.Exit(1)


def _form(format: RowFormat, rows: bool | None) -> Form:
    """What is written, in which format."""
    from model.pipeline.output import Form

    if rows is None:
        rows = format is not RowFormat.jsonl
    if not rows and format in (RowFormat.table, RowFormat.xlsx, RowFormat.html):
        raise InputError(f"--spans cannot be written as {format}: choose jsonl, csv or parquet")
    return Form(format.value, rows)


def _count(workers: str) -> int | None:
    """The number of processes; None leaves it to the engine."""
    if workers == "auto":
        return None
    if not workers.isdecimal():
        raise InputError(f"--workers {workers}: neither “auto” nor a number")
    return int(workers)


def _engine(name: EngineName, settings: WorkerSettings, workers: int | None, address: str | None) -> Engine:
    if name is EngineName.ray:
        from model.pipeline.ray_engine import run_ray

        return lambda chunks: run_ray(chunks, settings, workers, address)
    from model.pipeline.local import run_local

    return lambda chunks: run_local(chunks, settings, workers)


def _told(summary: Summary, job: Job) -> str:
    """What a run has done, in one line."""
    found = f"{summary.rows:,} rows" if job.form.rows else f"{summary.spans:,} spans"
    told = f"{summary.articles:,} articles, {found}: {job.output}"
    if not summary.rejects:
        return told
    return f"{told}; {summary.rejects:,} rejected: {job.rejects_file}"


def format_of(output: Path | None) -> RowFormat:
    """The format that an output file's name tells; a table where it tells none."""
    suffix = output.suffix.lstrip(".") if output else ""
    return RowFormat(suffix) if suffix in RowFormat.__members__ else RowFormat.table
