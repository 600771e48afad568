"""What `chitieu evaluate` is asked to compare: gold documents, and systems with what they have learnt from."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from annotations import corpus
from annotations.document import Document
from annotations.errors import InputError
from annotations.files import read_text
from annotations.fingerprints import Fingerprints
from annotations.formats import read_documents
from annotations.schema import Schema
from chitieu.systems import BASELINES, LEARNING, baseline, extractor
from eval.report.runs import Run
from eval.systems import System

Gold = Mapping[str, Sequence[Document]]
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Entrant:
    """A system, its schema, the texts that it has learnt from (None: not known) and its folder, if it has one."""

    system: System
    schema: Schema
    learnt: Fingerprints | None
    folder: Path | None = None


def read_gold(paths: Sequence[Path], split: str | None) -> Gold:
    """Annotated documents by the name of their data set.

    Raises
    ------
    InputError
        If there is nothing to read, or a file is not what its name says.
    """
    if split is not None and split not in corpus.SPLITS:
        raise InputError(f"the corpus has no split {split!r}; known: {', '.join(corpus.SPLITS)}")
    if not paths and split is None:
        raise InputError("nothing to score on: give --data PATH or --split NAME")
    names = [path.resolve().name for path in paths]
    gold = {
        (name if names.count(name) == 1 else str(path)): list(read_documents(path))
        for path, name in zip(paths, names, strict=True)
    }
    if split is not None:
        gold[f"corpus/{split}"] = list(read_documents(corpus.FOLDER / split))
    for name, documents in gold.items():
        if not documents:
            raise InputError("holds no documents", source=name)
    return gold


def entrants(models: Sequence[str], train: Sequence[Path], device: str) -> Iterator[Entrant]:
    """The systems of these names, one after the other: baselines, folders, or for an empty name the default extractor.

    Parameters
    ----------
    train
        What baselines learn from; by default the corpus.

    Raises
    ------
    InputError
        If a name is neither a baseline nor a folder with an extractor.
    """
    lessons: list[Document] = []
    if set(models) & set(LEARNING):
        lessons = [d for path in train or [corpus.FOLDER / "train"] for d in read_documents(path)]
    schema = Schema.covering(span.label for document in lessons for span in document.spans)
    for model in models:
        if model in BASELINES:
            learnt = Fingerprints.of(lessons if model in LEARNING else [])
            yield Entrant(baseline(model, lessons, schema), schema, learnt)
            continue
        if model and not Path(model).exists():
            raise InputError(f"neither a folder nor a baseline ({', '.join(BASELINES)})", source=model)
        from model.extractor import DEFAULT_MODEL

        folder = Path(model) if model else DEFAULT_MODEL
        system, own = extractor(folder, folder.resolve().name, device)
        yield Entrant(system, own, Fingerprints.load(folder), folder)


def seen(
    entrant: Entrant, data: str, documents: Sequence[Document], *, allowed: bool, must_know: bool = False
) -> list[str]:
    """Ids of the documents that a system has learnt from, nearly or wholly.

    Where that is not known, a line on standard error says so, or if `must_know` an error.

    Raises
    ------
    InputError
        If there are any and that is not allowed.
    """
    if entrant.learnt is None:
        problem = f"{entrant.system.name} has no fingerprints: nobody knows whether it has learnt from these documents"
        if must_know:
            raise InputError(problem, source=data)
        print(f"warning: {data}: {problem}", file=sys.stderr)
        return []
    twins = entrant.learnt.seen(documents)
    if twins and not allowed:
        shown = ", ".join(
            f"{twin.second} (as {twin.first}, {twin.similarity:.0%} alike)" for twin in twins[:_SHOWN]
        )
        more = f" and {len(twins) - _SHOWN} more" if len(twins) > _SHOWN else ""
        raise InputError(
            f"{entrant.system.name} has learnt from {len(twins)} of the {len(documents)} documents: {shown}{more}; "
            "a score on them says nothing (--allow-seen gives it nevertheless, marked)",
            source=data,
        )
    return [twin.second for twin in twins]


def training_run(entrant: Entrant) -> list[Run]:
    """How a model was trained, if its folder tells."""
    file = entrant.folder / "training.json" if entrant.folder else None
    if file is None or not file.is_file():
        return []
    try:
        data = json.loads(read_text(file))
        epochs = [(e["epoch"], e["eval_span_f1"], e["eval_relation_f1"]) for e in data["history"]]
        epoch, spans, relations = zip(*epochs, strict=True)
        return [Run(entrant.system.name, data["train"]["documents"], epoch, spans, relations)]
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(f"no report of a training run: {error}", source=file) from error
