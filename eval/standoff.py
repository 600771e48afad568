"""Annotation of texts that may not be passed on: offsets, labels and links, and a hash that recognises the text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotations.document import Document, Relation, Span
from annotations.errors import InputError
from annotations.files import read_text
from annotations.structure import check_structure

FOLDER = Path(__file__).with_name("real")


@dataclass(frozen=True, slots=True)
class StandOff:
    """The annotation of one text without the text.

    Parameters
    ----------
    source
        Path of the text's file in the corpus that it comes from.
    sha256
        Of the text in UTF-8, as it is annotated.
    """

    id: str
    source: str
    sha256: str
    spans: tuple[Span, ...]
    relations: tuple[Relation, ...]

    @classmethod
    def of(cls, document: Document, source: str) -> StandOff:
        """The annotation of a document whose text stands in the file `source`."""
        return cls(document.id, source, text_hash(document.text), document.spans, document.relations)

    def on(self, text: str) -> Document:
        """The annotated document.

        Raises
        ------
        InputError
            If this is not the text that was annotated.
        """
        if (found := text_hash(text)) != self.sha256:
            raise InputError(
                f"{self.id}: not the annotated text: SHA-256 {found[:12]}…, wanted {self.sha256[:12]}…",
                source=self.source,
            )
        document = Document(self.id, text, self.spans, self.relations, {"source": self.source})
        check_structure(document, source=self.source)
        return document

    def dump(self) -> str:
        """As JSON, one span or link a line."""
        spans = ",\n".join(f"  {_line([s.id, s.label, s.start, s.end])}" for s in self.spans)
        links = ",\n".join(f"  {_line([r.head, r.label, r.tail])}" for r in self.relations)
        head = ",\n".join(
            f" {_line(name)}: {_line(getattr(self, name))}" for name in ("id", "source", "sha256")
        )
        return f'{{\n{head},\n "spans": [\n{spans}\n ],\n "relations": [\n{links}\n ]\n}}\n'


def read(file: Path) -> StandOff:
    """Read one stand-off file.

    Raises
    ------
    InputError
        If it is broken.
    """
    try:
        data = json.loads(read_text(file))
        spans = tuple(Span(id, start, end, label) for id, label, start, end in data["spans"])
        relations = tuple(Relation(head, tail, label) for head, label, tail in data["relations"])
        return StandOff(data["id"], data["source"], data["sha256"], spans, relations)
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"no stand-off annotation: {error}", source=file) from error


def read_all(folder: Path = FOLDER) -> Iterator[StandOff]:
    """The stand-off files of a folder, by name."""
    return (read(file) for file in sorted(folder.glob("*.json")))


def text_hash(text: str) -> str:
    """SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
