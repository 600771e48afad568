"""The corpus, or any documents, as typed tables of Hugging Face `datasets`, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotations import corpus, jsonl
from annotations.document import Document
from annotations.formats import read_documents
from annotations.schema import Schema

if TYPE_CHECKING:
    from datasets import Dataset, Features


def features(schema: Schema | None = None) -> Features:
    """Columns and types: labels and relation types are `ClassLabel`s, scores are null in gold, meta is JSON."""
    from datasets import ClassLabel, Features, List, Value

    schema = schema or Schema.default()
    span = {
        "id": Value("string"),
        "start": Value("int32"),
        "end": Value("int32"),
        "label": ClassLabel(names=list(schema.label_names)),
        "score": Value("float64"),
    }
    relation = {
        "head": Value("string"),
        "tail": Value("string"),
        "label": ClassLabel(names=list(schema.relation_names)),
        "score": Value("float64"),
    }
    text = Value("string")
    return Features(
        {"id": text, "text": text, "spans": List(span), "relations": List(relation), "meta": text}
    )


def to_dataset(documents: Iterable[Document], schema: Schema | None = None) -> Dataset:
    """Documents as a table with the columns of `features`.

    Raises
    ------
    ValueError
        If a label or relation type is not in the schema.
    """
    from datasets import Dataset

    columns = features(schema)
    rows = [_row(document) for document in documents]
    return Dataset.from_dict({name: [row[name] for row in rows] for name in columns}, features=columns)


def from_dataset(dataset: Dataset) -> Iterator[Document]:
    """The documents of such a table."""
    labels = dataset.features["spans"].feature["label"]
    types = dataset.features["relations"].feature["label"]
    for row in dataset:
        spans = [{**span, "label": labels.int2str(span["label"])} for span in row["spans"]]
        relations = [{**relation, "label": types.int2str(relation["label"])} for relation in row["relations"]]
        yield jsonl.from_dict(
            {**row, "spans": spans, "relations": relations, "meta": json.loads(row["meta"])}
        )


def as_dataset(split: str) -> Dataset:
    """One split of the project's corpus: `train`, `dev` or `test`.

    Raises
    ------
    ValueError
        If there is no such split.
    """
    if split not in corpus.SPLITS:
        raise ValueError(f"the corpus has no split {split!r}; it has {', '.join(corpus.SPLITS)}")
    return to_dataset(read_documents(corpus.FOLDER / split))


def export(folder: Path) -> None:
    """Write the corpus as one Parquet file a split, a folder that `datasets.load_dataset` reads as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    for split in corpus.SPLITS:
        as_dataset(split).to_parquet(folder / f"{split}.parquet")


def _row(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "text": document.text,
        "spans": [{"score": None, **span.to_dict()} for span in document.spans],
        "relations": [{"score": None, **relation.to_dict()} for relation in document.relations],
        "meta": json.dumps(dict(document.meta), ensure_ascii=False),
    }
