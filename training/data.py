"""Annotated files as a data set that the trainer can read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from torch.utils.data import Dataset

from annotations.document import Document, Span
from annotations.errors import InputError
from annotations.formats import read_located
from annotations.schema import Schema
from annotations.validate import validate
from model.batch import Gold, Reading, gold, read
from model.tokenizers import Tokenizer
from training.augment import Augmenter


@dataclass(frozen=True, slots=True)
class Losses:
    """What pieces, windows and reach could not hold of an annotation."""

    documents: int = 0
    spans: int = 0
    lost_spans: int = 0
    relations: int = 0
    lost_relations: int = 0
    windows: int = 0

    def __str__(self) -> str:
        return (
            f"{self.documents} documents in {self.windows} windows; "
            f"{self.lost_spans} of {self.spans} spans fit no pieces, "
            f"{self.lost_relations} of {self.relations} relations are lost with them or reach too far"
        )


def load(paths: Iterable[Path], schema: Schema, format: str | None = None) -> list[Document]:
    """Read and validate documents.

    Raises
    ------
    InputError
        If a file cannot be read, a document breaks the schema, or two documents have one id.
    """
    documents: dict[str, Document] = {}
    for path in paths:
        for located in read_located(path, format=format, schema=schema):
            document = located.document
            if breaches := validate(document, schema):
                more = f" (and {len(breaches) - 1} more)" if len(breaches) > 1 else ""
                raise InputError(
                    f"{document.id}: {breaches[0]}{more}", source=located.source, line=located.line
                )
            if document.id in documents:
                raise InputError(
                    f"the id {document.id!r} is used twice", source=located.source, line=located.line
                )
            documents[document.id] = document
    return list(documents.values())


def nested_labels(documents: Iterable[Document]) -> list[tuple[str, str]]:
    """Pairs of labels whose spans overlap somewhere in the documents."""
    found = set()
    for document in documents:
        open_spans: list[Span] = []
        for span in sorted(document.spans, key=lambda span: span.start):
            open_spans = [other for other in open_spans if other.end > span.start]
            found |= {tuple(sorted((span.label, other.label))) for other in open_spans}
            open_spans.append(span)
    return sorted((first, second) for first, second in found)


class AnnotatedDataset(Dataset[tuple[Reading, Gold]]):
    """Documents as readings with their gold; with an augmenter, documents that it has changed for the present epoch.

    A gold span's edge inside a segmented word splits the word, unless `split` is off: then words are as they will be
    found. Documents without a single piece are left out: there is nothing to learn from them. `losses` counts the documents
    as they were given.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        tokenizer: Tokenizer,
        schema: Schema,
        *,
        window: int,
        overlap: int,
        reach: int,
        augmenter: Augmenter | None = None,
        split: bool = True,
    ) -> None:
        self._cut = partial(read, tokenizer=tokenizer, window=window, overlap=overlap)
        self._split = split
        self._gold = partial(gold, schema=schema, reach=reach)
        self.augmenter = augmenter
        self.epoch = 0
        readings = self._read(documents)
        found = [
            (document, reading) for document, reading in zip(documents, readings, strict=True) if len(reading)
        ]
        self.documents = [document for document, _ in found]
        self.items = [(reading, self._gold(document, reading)) for document, reading in found]
        self.losses = Losses(
            documents=len(documents),
            spans=sum(len(document.spans) for document in documents),
            lost_spans=sum(answer.lost_spans for _, answer in self.items),
            relations=sum(len(document.relations) for document in documents),
            lost_relations=sum(answer.lost_relations for _, answer in self.items),
            windows=sum(len(reading.windows) for reading in readings),
        )

    def _read(self, documents: Sequence[Document]) -> list[Reading]:
        edges = [
            [place for span in document.spans for place in (span.start, span.end)] for document in documents
        ]
        return self._cut([document.text for document in documents], edges=edges if self._split else None)

    def __len__(self) -> int:
        return len(self.items)

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch (counted from 0) the next items are for."""
        self.epoch = epoch

    def __getitem__(self, index: int) -> tuple[Reading, Gold]:
        if self.augmenter is None:
            return self.items[index]
        document = self.augmenter(self.documents[index], self.epoch, index)
        (reading,) = self._read([document])
        return (reading, self._gold(document, reading)) if len(reading) else self.items[index]
