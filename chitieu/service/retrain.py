"""Learning from what annotators submitted: `python -m chitieu.service.retrain`, a process of its own.

It pulls the submitted annotations of a project, adds them to the training documents, trains, and scores the new model
and the one in service on the same dev documents.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from annotations.agreement import compare
from annotations.document import Document
from annotations.errors import InputError
from annotations.files import replacing
from annotations.formats import write_documents
from annotations.label_studio.connection import connect, find_project
from annotations.label_studio.tasks import Annotated, Status, read_tasks
from annotations.validate import validate
from chitieu.service.retraining import VERDICT
from model.extractor import Extractor
from training.config import TrainConfig
from training.data import load
from training.options import read_yaml
from training.options import validate as validated
from training.run import train


def retrain(project: str, model: Path, output: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """Train on a project's annotations; the verdict is also written to `output`.

    Parameters
    ----------
    settings
        Settings of the training run; its `data` are what the annotations are added to.

    Raises
    ------
    InputError
        If the server, the project, the data or a setting cannot be used.
    """
    old = Extractor.from_pretrained(model)
    config = validated(TrainConfig, settings)
    client, url = connect()
    source = find_project(client, url, project, old.schema)
    dev = load(config.dev, old.schema, config.format)
    submitted = latest(read_tasks(source.snapshot(), source.users(), old.schema))
    documents, left_out = training_set(load(config.data, old.schema, config.format), submitted, dev, old)
    for line in left_out:
        print(line, file=sys.stderr)
    if not submitted:
        raise InputError(f"nobody has submitted anything in project {project!r}", source=url)
    data = output / "train.jsonl"
    write_documents(documents, data)
    run = {
        **config.model_dump(),
        "data": (data,),
        "format": None,
        "output": output / "model",
        "overwrite": True,
    }
    train(TrainConfig(**run))
    new_score = score(Extractor.from_pretrained(output / "model"), dev)
    old_score = score(old, dev)
    verdict = {
        "better": new_score > old_score,
        "new": new_score,
        "old": old_score,
        "submitted": len(submitted),
    }
    with replacing(output / VERDICT) as stream:
        json.dump(verdict, stream)
    return verdict


def latest(annotated: Iterable[Annotated]) -> list[Document]:
    """The submitted document of every task that was changed last."""
    found: dict[str, Annotated] = {}
    for one in annotated:
        if one.status is Status.submitted and (
            one.document.id not in found or found[one.document.id].updated <= one.updated
        ):
            found[one.document.id] = one
    return [one.document for one in found.values()]


def training_set(
    base: Sequence[Document], submitted: Sequence[Document], dev: Sequence[Document], extractor: Extractor
) -> tuple[list[Document], list[str]]:
    """Base and submitted documents, the latter instead of the former where both are there.

    Dev texts are never learnt from, and documents that break the schema are left out; the lines say which.
    """
    dev_texts = {document.text for document in dev}
    usable, lines = [], []
    for document in submitted:
        if document.text in dev_texts:
            lines.append(f"{document.id}: left out, it is a dev document")
        elif breaches := validate(document, extractor.schema):
            lines.append(f"{document.id}: left out: {breaches[0]}")
        else:
            usable.append(document)
    ids = {document.id for document in usable}
    texts = {document.text for document in usable}
    kept = [document for document in base if document.id not in ids and document.text not in texts]
    return kept + usable, lines


def score(extractor: Extractor, documents: Sequence[Document]) -> float:
    """Mean of exact span F1 and exact relation F1."""
    found = compare(zip(documents, extractor.extract(documents), strict=True))
    return (found.span.f1 + found.relation.f1) / 2


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--project", required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--config", type=Path)
    arguments = parser.parse_args()
    try:
        settings = read_yaml(arguments.config) if arguments.config else {}
        print(retrain(arguments.project, arguments.model, arguments.output, settings))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
