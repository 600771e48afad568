"""Every breach of the schema in a document, with its line and an excerpt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from annotations.document import Document, Span
from annotations.schema import Schema

_NUMBER_START = re.compile(r"[+\-−–±~≈><≥≤][\s]?\d")
_NUMBER_END = ("%", "‰", "°")


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that the schema forbids.

    `line` is the 1-based line of the text (in the inline form also of the file), `excerpt` the span in its
    surroundings.
    """

    code: str
    message: str
    line: int
    excerpt: str

    def __str__(self) -> str:
        return f"{self.line}: {self.code}: {self.message} “{self.excerpt}”"


def validate(document: Document, schema: Schema | None = None) -> list[Breach]:
    """All breaches of a document, in reading order; none means that it may be used."""
    schema = schema or Schema.default()
    found = [*_span_breaches(document, schema), *_overlaps(document), *_relation_breaches(document, schema)]
    return sorted(found, key=lambda breach: breach.line)


def breach(document: Document, code: str, message: str, span: Span | None = None) -> Breach:
    """A breach at a span (or at the document's beginning)."""
    start, end = (span.start, span.end) if span else (0, 0)
    start, end = max(0, min(start, len(document.text))), max(0, min(end, len(document.text)))
    excerpt = document.text[max(0, start - 15) : end + 15] if span else document.text[:30]
    return Breach(code, message, document.line_of(start), " ".join(excerpt.split()))


def is_outer_punctuation(text: str, index: int) -> bool:
    """Whether a span may not have this first (`index` 0) or last (-1) character."""
    char = text[index]
    if char.isspace():
        return True
    if unicodedata.category(char)[0] not in "PSZC":
        return False
    return not (_NUMBER_START.match(text) if index == 0 else text.endswith(_NUMBER_END))


def _span_breaches(document: Document, schema: Schema) -> Iterator[Breach]:
    seen: set[str] = set()
    for span in document.spans:
        name = f"{span.label} {span.id}"
        if span.id in seen:
            yield breach(document, "doubled-id", f"the id {span.id!r} is used twice", span)
        seen.add(span.id)
        if span.label not in schema.by_name:
            yield breach(
                document, "unknown-label", f"{span.id}: the schema has no label {span.label!r}", span
            )
        if not 0 <= span.start < span.end <= len(document.text):
            yield breach(
                document, "bad-offsets", f"{name}: [{span.start}, {span.end}) is no stretch of the text", span
            )
            continue
        text = document.text_of(span)
        if "\n" in text:
            yield breach(document, "crosses-lines", f"{name} goes over a line end", span)
        if schema.free_edges:
            continue
        if is_outer_punctuation(text, 0):
            yield breach(document, "outer-punctuation", f"{name} begins with {text[0]!r}", span)
        if is_outer_punctuation(text, -1):
            yield breach(document, "outer-punctuation", f"{name} ends with {text[-1]!r}", span)
        if _cuts_word(document.text, span.start) or _cuts_word(document.text, span.end):
            yield breach(document, "cut-word", f"{name} begins or ends inside a word", span)


def _cuts_word(text: str, offset: int) -> bool:
    if not 0 < offset < len(text):
        return False
    before, after = text[offset - 1], text[offset]
    return (before.isalpha() or unicodedata.combining(before) > 0) and (
        after.isalpha() or unicodedata.combining(after) > 0
    )


def _overlaps(document: Document) -> Iterator[Breach]:
    by_label: dict[str, list[Span]] = {}
    for span in document.spans:
        by_label.setdefault(span.label, []).append(span)
    for label, spans in by_label.items():
        for first, second in pairwise(spans):
            if second.start < first.end:
                yield breach(
                    document, "same-label-overlap", f"{label} {first.id} and {second.id} overlap", second
                )


def _relation_breaches(document: Document, schema: Schema) -> Iterator[Breach]:
    spans = {span.id: span for span in document.spans}
    for relation in document.relations:
        head, tail = spans.get(relation.head), spans.get(relation.tail)
        link = f"{relation.head} → {relation.tail}"
        if head is None or tail is None:
            missing = relation.head if head is None else relation.tail
            yield breach(document, "dangling-link", f"{link}: there is no span {missing!r}", head or tail)
        elif relation.label not in schema.relation_names:
            yield breach(document, "unknown-relation", f"{link}: the schema has no {relation.label!r}", head)
        elif relation.label not in schema.pairs.get((head.label, tail.label), ()):
            yield breach(
                document,
                "forbidden-link",
                f"{link}: no {relation.label} goes {head.label} → {tail.label}",
                head,
            )
