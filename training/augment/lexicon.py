"""Phrases for what is measured, by what they are measured in, and their swap within an article."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from annotations.document import Document, Span
from model.normalize import normalize
from model.quantities import parse
from model.quantities.units import dimension
from training.augment.rewrite import VALUES, Edit, edges, in_manner_of

Kind = tuple[str, bool]
"""What an indicator is measured in, and whether it stands right after its value (`27/39 chỉ tiêu thành phần`)."""

_SHARE = 0.5
_NEXT = 2  # characters between a value and the noun that it counts


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The indicators of a collection of documents, by kind; small letters at the beginning unless in capitals."""

    indicators: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_documents(cls, documents: Iterable[Document]) -> Lexicon:
        """Collect indicators that hold no other span."""
        found: dict[Kind, dict[str, None]] = {}
        for document in documents:
            kinds = _kinds(document)
            for span in _plain_indicators(document):
                phrase = " ".join(normalize(document.text_of(span)).text.split())
                if span.id in kinds and phrase and not (phrase.isupper() and " " in phrase):
                    found.setdefault(kinds[span.id], {})[_small(phrase)] = None
        return cls({kind: tuple(phrases) for kind, phrases in found.items()})


def swap_indicators(document: Document, lexicon: Lexicon, rng: random.Random) -> list[Edit]:
    """Edits that put other indicators, measured in the same, in the place of half of the document's.

    An indicator that is named several times is the same one everywhere.
    """
    kinds = _kinds(document)
    spans = _plain_indicators(document)
    chosen: dict[str, str] = {}
    for span in spans:
        phrase = document.text_of(span).lower()
        pool = lexicon.indicators.get(kinds[span.id], ()) if span.id in kinds else ()
        if phrase not in chosen and pool:
            chosen[phrase] = rng.choice(pool) if rng.random() < _SHARE else ""
    edits = []
    for span in spans:
        written = document.text_of(span)
        new = chosen.get(written.lower())
        if new:
            if written[0].isupper() and not written[:2].isupper():
                new = new[0].upper() + new[1:]
            edits.append(Edit(span.start, span.end, in_manner_of(written, new)))
    return edits


def _plain_indicators(document: Document) -> list[Span]:
    borders = set(edges(document))
    return [
        span
        for span in document.spans
        if span.label == "INDICATOR"
        and span.start < span.end
        and not borders.intersection(range(span.start + 1, span.end))
    ]


def _kinds(document: Document) -> dict[str, Kind]:
    """The kind of each indicator that has a value: from its first TARGET or ACTUAL, else its first RATIO."""
    spans = {span.id: span for span in document.spans}
    values: dict[str, list[Span]] = {}
    for relation in document.relations:
        if spans[relation.tail].label in VALUES:
            values.setdefault(relation.head, []).append(spans[relation.tail])
    found = {}
    for head, tails in values.items():
        value = min(tails, key=lambda span: (span.label == "RATIO", span.start))
        unit = "ratio" if value.label == "RATIO" else _measured_in(document.text_of(value))
        found[head] = unit, 0 <= spans[head].start - value.end < _NEXT
    return found


@lru_cache(maxsize=50_000)
def _measured_in(value: str) -> str:
    """A dimension (`share`, `money:VND`, `mass/ha`), the noun that is counted, or `change` for a growth in per cent."""
    quantity = parse(value)
    kind = dimension(quantity.unit)
    if kind == "share" and quantity.direction:
        return "change"
    return quantity.unit or "count" if kind == "count" else kind


def _small(phrase: str) -> str:
    return phrase if phrase[:2].isupper() else phrase[0].lower() + phrase[1:]
