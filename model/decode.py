"""From the network's scores to spans and relations of a document."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from annotations.document import Document, Relation, Span
from annotations.schema import Schema
from annotations.validate import is_outer_punctuation
from model.crf import B
from model.tags import PieceSpan
from model.tokenizers import Encoding

FloatArray = npt.NDArray[np.float32]


def span_scores(spans: Sequence[PieceSpan], states: FloatArray, inside: FloatArray) -> list[float]:
    """The probability that the CRF gives to each span, with exactly these edges.

    Parameters
    ----------
    states, inside
        As `LayeredCRF.posteriors` returns them.
    """
    if not spans:
        return []
    first, last, label = np.array([(span.first, span.last, span.label) for span in spans]).T
    closed = np.concatenate([inside, np.zeros_like(inside[:1])], dtype=np.float64)
    going_on = np.log(np.maximum(closed, 1e-12)).cumsum(0)
    long = last > first
    second = np.where(long, closed[np.minimum(first + 1, len(inside)), label, 0], 1)
    further = np.where(
        long, np.exp(going_on[last, label, 1] - going_on[np.minimum(first + 1, last), label, 1]), 1
    )
    stop = 1 - closed[last + 1, label, long.astype(int)]
    scores = states[first, label, B] * second * further * stop
    return [round(float(score), 6) for score in scores.clip(0, 1)]


def compatible(
    spans: Sequence[PieceSpan], scores: Sequence[float], nesting: npt.NDArray[np.bool_]
) -> tuple[list[PieceSpan], list[float]]:
    """The spans, and their scores, that are left when of two that must not overlap the likelier one stays.

    Parameters
    ----------
    nesting
        Whether spans of two labels may overlap, symmetric, shape `(labels, labels)`.
    """
    if nesting.all() or len(spans) < 2:
        return list(spans), list(scores)
    first, last, label = np.array([(span.first, span.last, span.label) for span in spans]).T
    overlap = (first[:, None] <= last) & (first <= last[:, None])
    conflict = overlap & ~nesting[label[:, None], label]
    kept = np.zeros(len(spans), dtype=bool)
    for number in np.argsort(-np.asarray(scores), kind="stable"):
        kept[number] = not (conflict[number] & kept).any()
    chosen = np.flatnonzero(kept).tolist()
    return [spans[number] for number in chosen], [scores[number] for number in chosen]


def to_spans(
    pieces: Sequence[PieceSpan], scores: Sequence[float], text: str, encoding: Encoding, schema: Schema
) -> list[Span | None]:
    """Piece spans as spans of the text; None where nothing is left.

    Punctuation at their edges is taken off, unless the schema lets it stand.

    Ids are the label's letter and a number in reading order.
    """
    numbers: Counter[int] = Counter()
    found: list[Span | None] = []
    for piece, score in zip(pieces, scores, strict=True):
        start, end = int(encoding.starts[piece.first]), int(encoding.ends[piece.last])
        if not schema.free_edges:
            start, end = _trim(text, start, end)
        if start == end:
            found.append(None)
            continue
        numbers[piece.label] += 1
        label = schema.labels[piece.label]
        found.append(Span(f"{label.letter}{numbers[piece.label]}", start, end, label.name, score))
    return found


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and is_outer_punctuation(text[start:end], 0):
        start += 1
    while start < end and is_outer_punctuation(text[start:end], -1):
        end -= 1
    return start, end


def to_relations(
    spans: Sequence[Span | None],
    pairs: npt.NDArray[np.int64],
    probabilities: FloatArray,
    schema: Schema,
    thresholds: Mapping[str, float],
    rivals: Mapping[str, float],
) -> list[Relation]:
    """Relations whose probability reaches their type's threshold, and a share of the best of their head and type.

    Parameters
    ----------
    pairs
        Head, tail, relation type, shape `(pairs, 3)`; heads and tails are numbers of `spans`.
    probabilities
        Shape `(pairs,)`.
    thresholds, rivals
        Lowest probability, and lowest share of the best one, by relation name; 0.5 and none where none is given.
    """
    names = schema.relation_names
    limits = np.array([thresholds.get(name, 0.5) for name in names])
    shares = np.array([rivals.get(name, 0.0) for name in names], dtype=np.float32)
    best = np.zeros((len(spans), len(names)), dtype=np.float32)
    np.maximum.at(best, (pairs[:, 0], pairs[:, 2]), probabilities)
    rivalled = shares[pairs[:, 2]] * best[pairs[:, 0], pairs[:, 2]]
    found = []
    for index in np.flatnonzero((probabilities >= limits[pairs[:, 2]]) & (probabilities >= rivalled)):
        head, tail = spans[pairs[index, 0]], spans[pairs[index, 1]]
        if head is not None and tail is not None:
            name = schema.relation_names[pairs[index, 2]]
            found.append(Relation(head.id, tail.id, name, round(float(probabilities[index]), 6)))
    return found


def without_lone_heads(document: Document, schema: Schema, least: float) -> Document:
    """A document without the spans below a score that could head one that needs a head, and head none.

    An indicator that no value belongs to is seldom one: most of what is taken for it is a noun phrase among others.
    """
    claims = [
        kind for kind in schema.relations if any(schema.by_name[tail].needs_head for tail in kind.tails)
    ]
    heading = {label for kind in claims for label in kind.heads}
    names = {kind.name for kind in claims}
    busy = {relation.head for relation in document.relations if relation.label in names}
    lone = {
        span.id
        for span in document.spans
        if span.label in heading and span.id not in busy and span.score is not None and span.score < least
    }
    return replace(
        document,
        spans=tuple(span for span in document.spans if span.id not in lone),
        relations=tuple(r for r in document.relations if r.head not in lone and r.tail not in lone),
    )


def at_nearest_mentions(document: Document, names: Collection[str]) -> Document:
    """A document whose relations of some types lead to the nearest of the mentions that their tails are repeated in.

    Nearest in the schema's order for places: one inside the head, then the last before it in its line, the first after it
    there, the last in earlier lines, the first in later ones. Of two relations that come to lead to the same mention, the
    likelier one stays.
    """
    spans = {span.id: span for span in document.spans}
    lines = [found.start() for found in re.finditer("\n", document.text)]

    def mention(span: Span) -> tuple[str, str]:
        return span.label, " ".join(document.text_of(span).split()).casefold()

    def distance(head: Span, tail: Span) -> tuple[int, int]:
        gap = tail.start - head.start
        line = bisect(lines, tail.start) - bisect(lines, head.start)
        if head.start <= tail.start and tail.end <= head.end:
            rank = 0
        elif line == 0:
            rank = 1 if gap <= 0 else 2
        else:
            rank = 3 if line < 0 else 4
        return rank, abs(gap)

    alike: defaultdict[tuple[str, str], list[Span]] = defaultdict(list)
    for span in document.spans:
        alike[mention(span)].append(span)
    moved: dict[tuple[str, str, str], Relation] = {}
    for relation in document.relations:
        if relation.label in names:
            head, tail = spans[relation.head], spans[relation.tail]
            nearest = min(alike[mention(tail)], key=partial(distance, head))
            relation = replace(relation, tail=nearest.id)
        key = (relation.head, relation.tail, relation.label)
        if key not in moved or (relation.score or 0) > (moved[key].score or 0):
            moved[key] = relation
    return replace(document, relations=tuple(moved.values()))
