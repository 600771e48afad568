"""Fewer paragraphs: only such as nothing else in the article hangs on."""

from __future__ import annotations

import random
from dataclasses import replace

from annotations.document import Document
from training.augment.rewrite import Edit, lines, rewrite

_LONG = 150
_SHARE = 0.3


def drop_paragraphs(document: Document, rng: random.Random) -> Document:
    """Leave out some of the paragraphs whose spans have relations among themselves only.

    The headline, short lines (they may be headings, which decide what is planned and what is reached) and lines
    that end with a colon stay.
    """
    tied = _tied(document)
    for start, end in reversed(list(lines(document.text))[1:]):
        if end - start < _LONG or document.text[start:end].rstrip().endswith(":") or rng.random() >= _SHARE:
            continue
        if not any(start < stop and begin < end for begin, stop in tied):
            document = _without(document, start, end)
    return document


def _tied(document: Document) -> list[tuple[int, int]]:
    """Spans that go over a line end or have a relation that does."""
    spans = {span.id: span for span in document.spans}
    line = {span.id: document.text.count("\n", 0, span.start) for span in document.spans}
    found = [(span.start, span.end) for span in document.spans if "\n" in document.text_of(span)]
    for relation in document.relations:
        if line[relation.head] != line[relation.tail]:
            found += [(spans[each].start, spans[each].end) for each in (relation.head, relation.tail)]
    return found


def _without(document: Document, start: int, end: int) -> Document:
    """The document without one paragraph, its line end, and the empty lines after it."""
    spans = tuple(span for span in document.spans if span.end <= start or span.start >= end)
    kept = {span.id for span in spans}
    relations = tuple(relation for relation in document.relations if relation.head in kept)
    rest = document.text[end:]
    end += len(rest) - len(rest.lstrip("\n"))
    return rewrite(replace(document, spans=spans, relations=relations), [Edit(start, end, "")])
