"""The dataset card's tables, made from the corpus so that they cannot go stale."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from annotations import corpus
from annotations.agreement import Tally, compare
from annotations.document import Document
from annotations.errors import InputError
from annotations.schema import Schema

PATH = corpus.FOLDER / "README.md"
PLAN = ("genre", "level", "sector", "outcome", "period", "region", "density")
"""Fields of an article's meta that the plan of the corpus spreads over."""

AGREEMENT_HEAD = ("", "F1", "both", "only the first", "only the second")

Row = tuple[str, ...]
Pairs = Sequence[tuple[Document, Document]]
"""First and second annotation of the same texts."""


def tables(splits: Mapping[str, Sequence[Document]], pairs: Pairs) -> dict[str, str]:
    """Markdown tables of the splits' documents and of the pairs, by the name of their markers in the card."""
    return {
        "counts": _markdown(("", *splits), count_rows(splits)),
        "plan": "\n\n".join(_markdown((name, *splits), cell_rows(splits, name)) for name in PLAN),
        "phenomena": _markdown(("phenomenon", *splits), cell_rows(splits, "hard")),
        "agreement": _markdown(AGREEMENT_HEAD, agreement_rows(pairs)),
    }


def fill(card: str, blocks: Mapping[str, str]) -> str:
    """The card with each block put between its markers ``<!-- name -->`` and ``<!-- /name -->``.

    Raises
    ------
    InputError
        If the card lacks a block's markers.
    """
    for name, block in blocks.items():
        opening, closing = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, _, rest = card.partition(opening)
        _, found, after = rest.partition(closing)
        if not found:
            raise InputError(f"has no {opening.strip()} … {closing} to fill", source=PATH)
        card = f"{before}{opening}{block}\n{closing}{after}"
    return card


def count_rows(splits: Mapping[str, Sequence[Document]]) -> list[Row]:
    """Documents, syllables, spans and relations of each split."""
    schema = Schema.default()
    names = ("documents", "syllables", "spans", *schema.label_names, "relations", *schema.relation_names)
    counts = [corpus.counts(documents) for documents in splits.values()]
    return [(name, *(f"{count[name]:,}" for count in counts)) for name in names]


def cell_rows(splits: Mapping[str, Sequence[Document]], field: str) -> list[Row]:
    """How many documents of each split have each value of a meta field, most frequent first."""
    counts = [Counter(cell for d in documents for cell in cells(d, field)) for documents in splits.values()]
    total = sum(counts, Counter[str]())
    order = sorted(total, key=lambda cell: (-total[cell], cell))
    return [(cell, *(str(count[cell]) for count in counts)) for cell in order]


def cells(document: Document, field: str) -> list[str]:
    """A document's value of a meta field, composed (NFC); a field that is a list gives several."""
    value = document.meta.get(field) or []
    entries = value if isinstance(value, list) else [value]
    return [unicodedata.normalize("NFC", str(entry)) for entry in entries]


def agreement_rows(pairs: Pairs) -> list[Row]:
    """F1 and counts of each label and relation type in the schema's order, with the micro averages.

    The last row leaves out the relations that cannot agree because one annotator did not mark one of their ends.
    """
    schema = Schema.default()
    found = compare(pairs)
    return [
        *(_row(name, found.spans.get(name, Tally())) for name in schema.label_names),
        _row("all spans", found.span),
        *(_row(name, found.relations.get(name, Tally())) for name in schema.relation_names),
        _row("all relations", found.relation),
        _row("all relations between spans of both", compare(map(_shared, pairs)).relation),
    ]


def _shared(pair: tuple[Document, Document]) -> tuple[Document, Document]:
    """Both annotations without the spans that only one of them has."""
    one, other = pair
    places = [{(s.label, s.start, s.end) for s in document.spans} for document in pair]
    common = places[0] & places[1]
    return _only(one, common), _only(other, common)


def _only(document: Document, places: set[tuple[str, int, int]]) -> Document:
    spans = tuple(span for span in document.spans if (span.label, span.start, span.end) in places)
    ids = {span.id for span in spans}
    relations = tuple(relation for relation in document.relations if {relation.head, relation.tail} <= ids)
    return replace(document, spans=spans, relations=relations)


def _row(name: str, tally: Tally) -> Row:
    return name, f"{tally.f1:.3f}", str(tally.right), str(tally.missed), str(tally.wrong)


def _markdown(head: Row, rows: Iterable[Row]) -> str:
    rule = ("---", *("---:" for _ in head[1:]))
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))
