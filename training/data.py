"""Annotated files as a data set that the trainer can read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from torch.utils.data import Dataset

from annotations.document import Document
from annotations.errors import InputError
from annotations.formats import read_located
from annotations.schema import Schema
from annotations.validate import validate
from model.batch import Gold, Reading, gold, read
from model.tokenizers import Tokenizer


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


class AnnotatedDataset(Dataset[tuple[Reading, Gold]]):
    """Documents as readings with their gold.

    Documents without a single piece are left out: there is nothing to learn from them.
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
    ) -> None:
        readings = read([document.text for document in documents], tokenizer, window, overlap)
        self.items = [
            (reading, gold(document, reading, schema, reach))
            for document, reading in zip(documents, readings, strict=True)
            if len(reading)
        ]
        self.losses = Losses(
            documents=len(documents),
            spans=sum(len(document.spans) for document in documents),
            lost_spans=sum(answer.lost_spans for _, answer in self.items),
            relations=sum(len(document.relations) for document in documents),
            lost_relations=sum(answer.lost_relations for _, answer in self.items),
            windows=sum(len(reading.windows) for reading in readings),
        )

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> tuple[Reading, Gold]:
        return self.items[index]
