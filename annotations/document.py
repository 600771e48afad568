"""The one type that goes through the whole house: an article with its spans and relations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch of text.

    `start` and `end` are code points into `Document.text`, half-open. `score` is the model's probability
    in [0, 1]; gold spans have none.
    """

    id: str
    start: int
    end: int
    label: str
    score: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Fields in their order, without those that are None."""
        return _fields(self)


@dataclass(frozen=True, slots=True)
class Relation:
    """A directed, labelled link between two spans, named by their ids."""

    head: str
    tail: str
    label: str
    score: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Fields in their order, without those that are None."""
        return _fields(self)


@dataclass(frozen=True)
class Document:
    """An article, its spans, its relations and whatever else is known of it.

    Spans are kept in reading order (start, longer first, label, id) and relations by head and tail, so that
    equal annotations are equal documents. Nothing is checked here: a validator must be able to hold what is
    wrong (`annotations.validate`).
    """

    id: str
    text: str
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        spans = sorted(self.spans, key=lambda s: (s.start, -s.end, s.label, s.id))
        relations = sorted(self.relations, key=lambda r: (r.head, r.tail, r.label))
        object.__setattr__(self, "spans", tuple(spans))
        object.__setattr__(self, "relations", tuple(relations))
        object.__setattr__(self, "meta", MappingProxyType(dict(self.meta)))

    def __reduce__(self) -> tuple[Any, ...]:
        return Document, (self.id, self.text, self.spans, self.relations, dict(self.meta))

    def span(self, span_id: str) -> Span:
        """The span with that id.

        Raises
        ------
        KeyError
            If the document has no such span.
        """
        for span in self.spans:
            if span.id == span_id:
                return span
        raise KeyError(span_id)

    def text_of(self, span: Span) -> str:
        """The text that a span covers, exactly as it stands in the article."""
        return self.text[span.start : span.end]

    def line_of(self, offset: int) -> int:
        """1-based line of a code-point offset."""
        return self.text.count("\n", 0, offset) + 1


def _fields(item: Span | Relation) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in item.__slots__}
    return {name: value for name, value in values.items() if value is not None}
