"""`chitieu studio`: documents to Label Studio and annotations back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chitieu.commands.options import Device, Model, OnDevice

if TYPE_CHECKING:
    from annotations.document import Document
    from annotations.label_studio.connection import Project
    from annotations.label_studio.push import Outgoing, Pushed
    from annotations.schema import Schema

app = typer.Typer(
    help="Push documents to a Label Studio project, pull annotations back. The server and your access token are taken "
    "from LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class PullFormat(StrEnum):
    """What pulled annotations are written as."""

    inline = "inline"
    jsonl = "jsonl"


ProjectName = Annotated[str, typer.Option("--project", "-p", metavar="NAME", help="title of the project")]
Raw = Annotated[
    bool, typer.Option("--raw", help="DATA are plain articles, in which [ and ] are nothing but brackets")
]
SchemaFile = Annotated[
    Path | None,
    typer.Option("--schema", metavar="FILE", help="YAML file with labels and relations (default: our own)"),
]


@app.command()
def push(
    data: Annotated[list[Path], typer.Argument(metavar="DATA…", help="annotated files or folders")],
    project: ProjectName,
    model: Annotated[
        Path | None,
        typer.Option("--model", metavar="DIR", help="send what this extractor finds, as predictions"),
    ] = None,
    blind: Annotated[
        bool, typer.Option("--blind", help="leave the annotations out: the texts are to be annotated afresh")
    ] = False,
    raw: Raw = False,
    schema_file: SchemaFile = None,
    device: OnDevice = Device.auto,
) -> None:
    """Make a task of every document, with its annotation or with a model's predictions; each exactly once."""
    from annotations.label_studio.push import Outgoing

    schema = _schema(schema_file)
    documents = _read(data, raw, schema)
    target = _project(project, schema, create=True)
    if model is None:
        items = [Outgoing(document, annotated=not blind) for document in documents]
    else:
        version, predicted = _predict(model, device, documents)
        items = [
            Outgoing(document, annotated=False, predictions={version: found})
            for document, found in zip(documents, predicted, strict=True)
        ]
    result = _push(target, items, schema)
    for name in result.changed:
        typer.echo(f"not sent: {name} is annotated otherwise now than when its task was made", err=True)


@app.command()
def pull(
    project: ProjectName,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="folder to write into")],
    format: Annotated[PullFormat, typer.Option("--format", help="inline files or JSONL")] = PullFormat.inline,
    annotator: Annotated[
        str | None,
        typer.Option(
            "--annotator",
            metavar="E-MAIL",
            help="only what this person submitted, straight into DIR, over the files that were pushed "
            "(default: everybody's, in STATUS/ANNOTATOR)",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="TIME", help="only what changed after this time, or “last”: the last pull"
        ),
    ] = None,
    schema_file: SchemaFile = None,
) -> None:
    """Write annotations into a folder, leaving alone what did not change or was edited there. Status 1 if there are
    such conflicts."""
    from annotations.label_studio.ledger import Ledger
    from annotations.label_studio.pull import pull
    from annotations.label_studio.tasks import read_tasks

    schema = _schema(schema_file)
    source = _project(project, schema)
    ledger = Ledger.open(output, source.url, source.title, format.value)
    after = _since(since, ledger.latest)
    tasks = source.snapshot(after)
    annotated = list(read_tasks(tasks, source.users(), schema))
    result = pull(annotated, output, ledger, schema, annotator=annotator, complete=after is None)
    for one in annotated:
        for problem in one.problems:
            typer.echo(f"warning: {one.document.id} ({one.annotator}, {one.status}): {problem}", err=True)
    for what, slots in (
        ("conflict: edited here and left alone", result.conflicts),
        ("no longer on the server, kept here", result.gone),
    ):
        for slot in slots:
            typer.echo(f"{what}: {output / slot.replace(chr(10), ': ')}", err=True)
    statuses = (
        ", ".join(f"{count} {status}" for status, count in sorted(result.statuses.items())) or "nothing"
    )
    counts = f"{len(result.written)} written, {result.unchanged} unchanged, {len(result.removed)} removed"
    typer.echo(f"{statuses}; {counts}, {len(result.conflicts)} conflicts", err=True)
    if result.conflicts:
        raise typer.Exit(1)


@app.command()
def agreement(
    project: ProjectName,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="write everything there, too")
    ] = None,
    review: Annotated[
        str | None,
        typer.Option(
            "--review",
            metavar="NAME",
            help="push the disagreements to this project, every annotator's version as a prediction",
        ),
    ] = None,
    schema_file: SchemaFile = None,
) -> None:
    """How far annotators agree: F1 of every pair, Krippendorff's alpha of every label, and where they differ."""
    import json

    from rich.console import Console

    from annotations.files import replacing
    from annotations.label_studio.agreement import agreement, by_text, review_queue
    from annotations.label_studio.tables import tables
    from annotations.label_studio.tasks import read_tasks

    schema = _schema(schema_file)
    source = _project(project, schema)
    report = agreement(by_text(read_tasks(source.snapshot(), source.users(), schema)), schema)
    console = Console(highlight=False)
    for table in tables(report):
        console.print(table)
    if json_file:
        with replacing(json_file) as stream:
            json.dump(report.to_dict(), stream, ensure_ascii=False, indent=2)
    if review is not None:
        _push(_project(review, schema, create=True), review_queue(report), schema)


@app.command()
def select(
    data: Annotated[list[Path], typer.Argument(metavar="DATA…", help="files or folders to choose from")],
    project: ProjectName,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="documents to choose")] = 20,
    model: Model = None,
    diversity: Annotated[
        float, typer.Option("--diversity", min=0, max=1, help="weight of being unlike what is chosen already")
    ] = 0.4,
    raw: Raw = False,
    schema_file: SchemaFile = None,
    device: OnDevice = Device.auto,
) -> None:
    """Choose the documents that are most worth annotating next and push them with the model's predictions."""
    from annotations.label_studio.convert import bare_document
    from annotations.label_studio.push import Outgoing
    from annotations.label_studio.selection import select

    schema = _schema(schema_file)
    documents = _read(data, raw, schema)
    target = _project(project, schema, create=True)
    known = [bare_document(task["data"], task["id"]) for task in target.briefly()]
    texts = {document.text for document in known}
    version, found = _predict(model, device, [d for d in documents if d.text not in texts])
    chosen = select(found, count, known=known, diversity=diversity)
    for choice in chosen:
        typer.echo(f"{choice.document.id}\t{choice.uncertainty:.2f}")
    items = [
        Outgoing(choice.document, annotated=False, predictions={version: choice.document})
        for choice in chosen
    ]
    _push(target, items, schema)


def _schema(path: Path | None) -> Schema:
    from annotations.schema import Schema

    return Schema.load(path) if path else Schema.default()


def _read(data: list[Path], raw: bool, schema: Schema) -> list[Document]:
    from annotations.formats import read_documents
    from annotations.texts import read_texts

    if raw:
        return list(read_texts(data))
    return [document for path in data for document in read_documents(path, schema=schema)]


def _project(title: str, schema: Schema, *, create: bool = False) -> Project:
    from annotations.label_studio.connection import connect, create_or_find_project, find_project

    client, url = connect()
    return (create_or_find_project if create else find_project)(client, url, title, schema)


def _predict(model: Path | None, device: Device, documents: list[Document]) -> tuple[str, list[Document]]:
    """The model's version and what it finds."""
    from chitieu.service.version import model_version
    from model.extractor import DEFAULT_MODEL, Extractor

    extractor = Extractor.from_pretrained(model, device=device.value)
    return model_version(model or DEFAULT_MODEL), list(extractor.extract(documents))


def _push(project: Project, items: list[Outgoing], schema: Schema) -> Pushed:
    from rich.console import Console
    from rich.progress import Progress

    from annotations.label_studio.push import push

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("push", total=len(items))
        result = push(project, items, schema, progress=lambda count: bar.advance(task, count))
    typer.echo(
        f"{project.title}: {result.created} tasks made, {result.present} there already, "
        f"{result.predictions} predictions sent",
        err=True,
    )
    return result


def _since(given: str | None, latest: str | None) -> datetime | None:
    """The moment that `--since` means; a little earlier than the last pull, since changes may land out of order."""
    from datetime import UTC, timedelta

    from annotations.errors import InputError

    if given is None or (given == "last" and latest is None):
        return None
    if given == "last" and latest is not None:
        return datetime.fromisoformat(latest) - timedelta(minutes=1)
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise InputError(f"--since {given!r} is neither “last” nor a time such as 2025-01-31T08:00") from None
    return moment.astimezone(UTC)
