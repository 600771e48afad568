"""Relations by position alone: the nearest partner, or what the majority of like pairs had in the training data."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from annotations.document import Document, Relation, Span
from annotations.schema import Schema
from eval.counting import sentence_starts

Place = tuple[str, str, str, str, int]
"""Head label, tail label, where the tail stands, what the two share, how many partners are nearer."""


@dataclass(frozen=True)
class Grid:
    """Sentences and lines of a text."""

    sentences: Sequence[int]
    lines: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Grid:
        return cls(sentence_starts(text), [0, *(n + 1 for n, sign in enumerate(text) if sign == "\n")])

    def shared(self, one: Span, other: Span) -> str:
        """The smallest passage in which both spans begin."""
        for name, starts in (("sentence", self.sentences), ("line", self.lines)):
            if bisect_right(starts, one.start) == bisect_right(starts, other.start):
                return name
        return "text"


def nearest(document: Document, schema: Schema) -> Document:
    """Link the spans of a document by what stands nearest, as the annotation guide puts it.

    A value belongs to the indicator before it in its sentence, else to the one after it there, else to the last one
    before it. An indicator with a value lies in the place before it in its paragraph, else after it there, else before
    it in the text; a measure in the place that it names. A measure serves the indicator before it in its sentence. In
    other schemas every tail belongs to the nearest possible head of its sentence.
    """
    grid = Grid.of(document.text)
    links: dict[tuple[str, str], str] = {}
    for relation in schema.relations:
        heads = [span for span in document.spans if span.label in relation.heads]
        tails = [span for span in document.spans if span.label in relation.tails]
        if relation.name == "IN_LOCALITY":
            continue
        for tail in tails:
            head = _head(tail, heads, grid, far=schema.by_name[tail.label].needs_head)
            if head is not None:
                links[head.id, tail.id] = relation.name
    if "IN_LOCALITY" in schema.relation_names:
        links |= {pair: "IN_LOCALITY" for pair in _localities(document, grid, {head for head, _ in links})}
    return replace(document, relations=tuple(Relation(h, t, name) for (h, t), name in links.items()))


def _head(tail: Span, heads: Sequence[Span], grid: Grid, *, far: bool) -> Span | None:
    heads = [head for head in heads if head.id != tail.id]
    before = [head for head in heads if head.start <= tail.start]
    inside = [head for head in before if grid.shared(head, tail) == "sentence"]
    after = [head for head in heads if head.start > tail.start and grid.shared(head, tail) == "sentence"]
    for group, last in ((inside, True), (after, False), (before if far else [], True)):
        if group:
            return max(group, key=lambda s: s.end) if last else min(group, key=lambda s: s.start)
    return None


def _localities(document: Document, grid: Grid, valued: set[str]) -> Iterator[tuple[str, str]]:
    places = [span for span in document.spans if span.label == "LOCALITY"]
    for span in document.spans:
        if span.label == "MEASURE":
            yield from ((span.id, p.id) for p in places if span.start <= p.start and p.end <= span.end)
        elif span.label == "INDICATOR" and span.id in valued:
            around = [place for place in places if grid.shared(span, place) != "text"]
            before = [place for place in around if place.start <= span.start]
            after = [place for place in around if place.start > span.start]
            earlier = [place for place in places if place.start <= span.start]
            if chosen := before[-1:] or after[:1] or earlier[-1:]:
                yield span.id, chosen[0].id


@dataclass(frozen=True)
class Majority:
    """Links a pair if most pairs that stood to each other in the same way were linked in the training data."""

    schema: Schema
    shares: Mapping[Place, float]

    @classmethod
    def fit(cls, documents: Iterable[Document], schema: Schema) -> Majority:
        """Count, for every way in which two spans can stand to each other, how often they are linked."""
        seen, linked = Counter[Place](), Counter[Place]()
        for document in documents:
            true = {(relation.head, relation.tail) for relation in document.relations}
            for head, tail, place in _pairs(document, schema):
                seen[place] += 1
                linked[place] += (head.id, tail.id) in true
        return cls(schema, {place: linked[place] / number for place, number in seen.items()})

    def link(self, document: Document) -> Document:
        """The document with its relations replaced; their score is the share of like pairs that were linked."""
        relations = []
        for head, tail, place in _pairs(document, self.schema):
            share = self.shares.get(place, 0.0)
            name = self.schema.pairs[head.label, tail.label][0]
            if share > 0.5:
                relations.append(Relation(head.id, tail.id, name, share))
        return replace(document, relations=tuple(relations))


def _pairs(document: Document, schema: Schema) -> Iterator[tuple[Span, Span, Place]]:
    """All pairs that the schema allows, and how they stand to each other."""
    grid = Grid.of(document.text)
    for head_label, tail_label in schema.pairs:
        heads = [span for span in document.spans if span.label == head_label]
        tails = [span for span in document.spans if span.label == tail_label]
        for head, tail in product(heads, tails):
            if head is tail:
                continue
            partners = heads if schema.by_name[tail_label].needs_head else tails
            fixed = tail if partners is heads else head
            mine = head if partners is heads else tail
            gap = abs(mine.start - fixed.start)
            nearer = sum(abs(p.start - fixed.start) < gap for p in partners if p is not fixed)
            side = (
                "inside"
                if head.start <= tail.start < head.end
                else "after"
                if tail.start > head.start
                else "before"
            )
            yield head, tail, (head_label, tail_label, side, grid.shared(head, tail), min(nearer, 3))
