"""`chitieu evaluate`: systems against gold, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chitieu.commands.options import Device, OnDevice

_MODEL = """trained extractor, or one of the baselines rules, crf (spans and relations), nearest, majority (relations on
gold spans); may be repeated (default: the extractor that comes along)"""


def command(
    data: Annotated[
        list[Path] | None,
        typer.Option("--data", metavar="PATH", help="annotated file or folder; may be repeated"),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option("--split", metavar="NAME", help="a split of the project's corpus: train, dev, test"),
    ] = None,
    model: Annotated[list[str] | None, typer.Option("--model", metavar="DIR|NAME", help=_MODEL)] = None,
    train: Annotated[
        list[Path] | None,
        typer.Option(
            "--train", metavar="PATH", help="what crf and majority learn from (default: the corpus)"
        ),
    ] = None,
    min_score: Annotated[
        float, typer.Option("--min-score", min=0, max=1, help="leave out spans and relations that score less")
    ] = 0.0,
    suggest_threshold: Annotated[
        bool,
        typer.Option("--suggest-threshold", help="say which lowest scores give the best F1 on these data"),
    ] = False,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by", metavar="KEY", help="also show scores by this key of the articles' meta: genre, sector …"
        ),
    ] = None,
    allow_seen: Annotated[
        bool, typer.Option("--allow-seen", help="score on texts that the system has learnt from, and say so")
    ] = False,
    release: Annotated[
        bool, typer.Option("--release", help="score the test split and append the result to eval/RESULTS.md")
    ] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="write the scores there, too")
    ] = None,
    html_file: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="write a report with plots and an error browser"),
    ] = None,
    device: OnDevice = Device.auto,
) -> None:
    """Score extractors and baselines on annotated documents.

    Exact and overlapping spans and relations, rows, kinds of error, by label and kind of article, with 95% intervals
    (articles resampled) and a paired test between systems. A model is not scored on texts that it has learnt from.
    """
    import json

    from rich.console import Console

    from annotations.errors import InputError
    from annotations.files import replacing
    from annotations.schema import Schema
    from chitieu.scoring import entrants, read_gold, seen, training_run
    from eval import release as releases
    from eval.bio import flat_report, is_flat
    from eval.systems import evaluate
    from eval.tables import tables, thresholds_table
    from model.records import assemble

    if release and (allow_seen or min_score):
        raise InputError(
            "a release is scored whole, on unseen articles: without --allow-seen and --min-score"
        )
    gold = read_gold(data or [], split)
    releases.check(gold, release=release)
    evaluations, runs = [], []
    for entrant in entrants(model or [""], train or [], device.value):
        runs += training_run(entrant)
        rows = assemble if entrant.schema.name == Schema.default().name else None
        for name, documents in gold.items():
            known = seen(entrant, name, documents, allowed=allow_seen, must_know=release)
            evaluations.append(
                evaluate(entrant.system, name, documents, assemble=rows, seen=known, min_score=min_score)
            )
    if release:
        releases.append(evaluations, gold)
        typer.echo(f"appended to {releases.RESULTS}", err=True)
    console = Console(highlight=False)
    for table in tables(evaluations, by or []):
        console.print(table)
    if suggest_threshold:
        console.print(thresholds_table(evaluations))
    for one in evaluations:
        pairs = [(case.gold, case.found) for case in one.cases if case.found]
        if pairs and is_flat(gold[one.data]):
            console.print(f"{one.title}, as seqeval reports it:\n{flat_report(pairs)}")
    if json_file:
        with replacing(json_file) as stream:
            json.dump([one.to_dict() for one in evaluations], stream, indent=2, ensure_ascii=False)
    if html_file:
        from eval.report.page import report

        with replacing(html_file) as stream:
            stream.write(report(evaluations, runs))
