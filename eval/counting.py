"""What one article contributes to every score."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from annotations.agreement import Tally, relation_keys, span_keys, tallies
from annotations.document import Document, Relation
from eval.matching import Pairing, align
from eval.records import Assemble, score_records

Measure = Literal[
    "spans",
    "spans relaxed",
    "relations",
    "relations relaxed",
    "relations on gold spans",
    "relations within a sentence",
    "relations across sentences",
    "rows",
    "exact rows",
    "figures",
]
Cell = tuple[Measure, str]
"""A measure, and what it is broken down by: a label, a relation type, a column of the rows."""

_STOP = re.compile(r"[.!?…][\"'”’)\]]*\s+[\"'“‘(\[]*(?=(?P<next>\w))|\n+")


@dataclass(frozen=True)
class Case:
    """One article: gold, what a system found, and the counts that follow.

    Parameters
    ----------
    found
        None for a system that only links.
    linked
        The system's relations on the gold spans, if it can be asked for them.
    """

    gold: Document
    found: Document | None
    linked: Document | None
    pairings: tuple[Pairing, ...]
    tallies: Mapping[Cell, Tally]


def case(
    gold: Document,
    found: Document | None,
    linked: Document | None = None,
    assemble: Assemble | None = None,
) -> Case:
    """Count one article.

    Strict counts ask for the label and both edges of a span, for the type and both spans of a relation. Relaxed ones
    ask for the label and an overlap, one to one, and for relations whose ends are such spans.

    Parameters
    ----------
    assemble
        Rows of a document; without it rows are not counted.

    Raises
    ------
    ValueError
        If the texts differ.
    """
    parts: list[tuple[Measure, Mapping[str, Tally]]] = []
    pairings: tuple[Pairing, ...] = ()
    if found is not None:
        pairings = align(gold, found)
        parts = _compared(gold, found, pairings)
        if assemble is not None:
            scores = score_records([(gold, found)], assemble)
            parts += [("rows", {"rows": scores.rows}), ("exact rows", {"rows": scores.exact})]
            parts.append(("figures", scores.cells))
    if linked is not None:
        parts.append(("relations on gold spans", tallies(relation_keys(gold), relation_keys(linked))))
    cells = {(measure, name): tally for measure, part in parts for name, tally in part.items()}
    return Case(gold, found, linked, pairings, cells)


def _compared(
    gold: Document, found: Document, pairings: Sequence[Pairing]
) -> list[tuple[Measure, Mapping[str, Tally]]]:
    starts = sentence_starts(gold.text)
    near, far = zip(_by_distance(gold, starts), _by_distance(found, starts), strict=True)
    return [
        ("spans", tallies(span_keys(gold), span_keys(found))),
        ("spans relaxed", _relaxed_spans(pairings)),
        ("relations", tallies(relation_keys(gold), relation_keys(found))),
        ("relations relaxed", _relaxed_relations(gold, found, pairings)),
        ("relations within a sentence", tallies(*map(relation_keys, near))),
        ("relations across sentences", tallies(*map(relation_keys, far))),
    ]


def _relaxed_spans(pairings: Sequence[Pairing]) -> dict[str, Tally]:
    gold, found = Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for number, pairing in enumerate(pairings):
        if pairing.gold:
            gold[pairing.gold.label, number] += 1
        if pairing.found:
            found[pairing.found.label, number] += 1
    return tallies(gold, found)


def _relaxed_relations(gold: Document, found: Document, pairings: Sequence[Pairing]) -> dict[str, Tally]:
    answers = {
        p.found.id: p.gold.id for p in pairings if p.gold and p.found and p.kind in ("right", "boundary")
    }
    wanted = Counter((r.label, True, r.head, True, r.tail) for r in gold.relations)
    got = Counter(
        (
            r.label,
            r.head in answers,
            answers.get(r.head, r.head),
            r.tail in answers,
            answers.get(r.tail, r.tail),
        )
        for r in found.relations
    )
    return tallies(wanted, got)


def _by_distance(document: Document, starts: Sequence[int]) -> tuple[Document, Document]:
    """The document with only its relations within a sentence, and with only the others."""
    sentence = {span.id: bisect_right(starts, span.start) for span in document.spans}

    def near(relation: Relation) -> bool:
        return sentence[relation.head] == sentence[relation.tail]

    return (
        replace(document, relations=tuple(r for r in document.relations if near(r))),
        replace(document, relations=tuple(r for r in document.relations if not near(r))),
    )


def sentence_starts(text: str) -> list[int]:
    """Where sentences begin: at every line, and after a full stop, question or exclamation mark before a capital."""
    stops = _STOP.finditer(text)
    return [0, *(stop.end() for stop in stops if stop["next"] is None or stop["next"].isupper())]
