"""What reading raw articles gives: articles, and records that hold none, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from annotations.document import Document


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record stands: the file as it was given, and the line or row in it, counted from 1.

    `record` is None where the file as a whole is meant.
    """

    source: str
    record: int | None = None

    def __str__(self) -> str:
        return self.source if self.record is None else f"{self.source}:{self.record}"


@dataclass(frozen=True, slots=True)
class Article:
    """A document without annotation, and where it came from."""

    origin: Origin
    document: Document


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that holds no article, and why; `id` is the record's own id where it is known."""

    origin: Origin
    reason: str
    id: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The reject as plain data: source, record, id and reason."""
        return {
            "source": self.origin.source,
            "record": self.origin.record,
            "id": self.id,
            "reason": self.reason,
        }


Item = Article | Reject


@dataclass(frozen=True, slots=True)
class Chunk:
    """Neighbouring documents of a source, and the rejects met since the chunk before.

    `number` counts from 0 in the order of the input; `position` is the share of the input read so far, in [0, 1],
    None where it is unknown.
    """

    number: int
    documents: tuple[Document, ...]
    rejects: tuple[Reject, ...]
    position: float | None
