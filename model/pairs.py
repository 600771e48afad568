"""Which pairs of spans may be related, and how they stand to each other in the text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from annotations.schema import Schema
from model.layout import Layout

IntArray = npt.NDArray[np.int64]

_DISTANCE_EDGES = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512])
_LINES, _SENTENCES, _BETWEEN, _RANKS = 4, 6, 6, 6

FEATURE_SIZES = (
    2 * len(_DISTANCE_EDGES) + 3,
    2 * _LINES + 1,
    2 * _SENTENCES + 1,
    _BETWEEN + 1,
    _BETWEEN + 1,
    3,
    _RANKS + 1,
    _RANKS + 1,
)
"""Number of values of each feature: signed distance in pieces, in lines, in sentences; spans of the head's and of
the tail's label between the two; nesting; how near the tail is to the head among the head's candidates of that type, and
the head among the tail's (`_ranks`)."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidate relations of one text.

    Attributes
    ----------
    heads, tails
        Numbers of the two spans, shape `(pairs,)`.
    types
        Number of the relation type, shape `(pairs,)`.
    features
        Shape `(pairs, len(FEATURE_SIZES))`, each in its range.
    """

    heads: IntArray
    tails: IntArray
    types: IntArray
    features: IntArray


def allowed(schema: Schema) -> npt.NDArray[np.bool_]:
    """Which relation types two labels may have, shape `(labels, labels, relations)`."""
    table = np.zeros((len(schema.labels), len(schema.labels), len(schema.relations)), dtype=bool)
    for (head, tail), names in schema.pairs.items():
        for name in names:
            h, t = schema.label_names.index(head), schema.label_names.index(tail)
            table[h, t, schema.relation_names.index(name)] = True
    return table


def candidates(
    firsts: IntArray,
    lasts: IntArray,
    labels: IntArray,
    where: Layout,
    table: npt.NDArray[np.bool_],
    reach: int,
) -> Pairs:
    """All pairs that the schema allows and whose first pieces are at most `reach` apart.

    Parameters
    ----------
    firsts, lasts, labels
        Of the spans, shape `(spans,)`, sorted by `firsts`.
    table
        As `allowed` gives it.
    """
    left = np.searchsorted(firsts, firsts - reach, side="left")
    right = np.searchsorted(firsts, firsts + reach, side="right")
    counts = right - left
    heads = np.repeat(np.arange(len(firsts)), counts)
    tails = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(left, counts)
    index, types = np.nonzero(table[labels[heads], labels[tails]] & (heads != tails)[:, None])
    heads, tails = heads[index], tails[index]
    features = _features(firsts, lasts, labels, heads, tails, where, len(table))
    gaps = firsts[tails] - firsts[heads]
    lines = where.lines[firsts[tails]] - where.lines[firsts[heads]]
    ranks = [_ranks(heads, types, gaps, lines), _ranks(tails, types, -gaps, -lines)]
    return Pairs(heads, tails, types, np.column_stack([features, *ranks]))


def _ranks(spans: IntArray, types: IntArray, gaps: IntArray, lines: IntArray) -> IntArray:
    """The place of each pair among those of the same span and type, shape `(pairs,)`.

    The order is the schema's for the place of an indicator: the nearest before the span in its line, then the nearest
    after it there, then the nearest in earlier lines, then in later ones.

    Parameters
    ----------
    spans
        Number of the span whose candidates are ordered.
    gaps, lines
        Where the other span begins, from this one, in pieces and in lines; shape `(pairs,)`, as all of them.
    """
    where = np.select([(lines == 0) & (gaps <= 0), lines == 0, lines < 0], [0, 1, 2], 3)
    order = np.lexsort((np.abs(gaps), where, types, spans))
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (np.diff(spans[order]) != 0) | (np.diff(types[order]) != 0)
    positions = np.arange(len(order))
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = positions - np.maximum.accumulate(np.where(fresh, positions, 0))
    return np.minimum(ranks, _RANKS)


def _features(
    firsts: IntArray,
    lasts: IntArray,
    labels: IntArray,
    heads: IntArray,
    tails: IntArray,
    where: Layout,
    layers: int,
) -> IntArray:
    head_start, tail_start = firsts[heads], firsts[tails]
    forward = tail_start - lasts[heads]
    backward = head_start - lasts[tails]
    nested_tail = (tail_start >= head_start) & (lasts[tails] <= lasts[heads])
    nested_head = (head_start >= tail_start) & (lasts[heads] <= lasts[tails])
    gap = np.where(tail_start > head_start, np.maximum(forward, 0), -np.maximum(backward, 0))
    bucket = np.sign(gap) * np.searchsorted(_DISTANCE_EDGES, np.abs(gap), side="right")
    lines = np.clip(where.lines[tail_start] - where.lines[head_start], -_LINES, _LINES)
    sentences = np.clip(where.sentences[tail_start] - where.sentences[head_start], -_SENTENCES, _SENTENCES)
    of_label = np.zeros((len(firsts) + 1, layers), dtype=np.int64)
    of_label[np.arange(1, len(firsts) + 1), labels] = 1
    before = of_label.cumsum(0)
    low, high = np.minimum(heads, tails), np.maximum(heads, tails)
    between_head = before[high, labels[heads]] - before[low + 1, labels[heads]]
    between_tail = before[high, labels[tails]] - before[low + 1, labels[tails]]
    return np.stack(
        [
            bucket + len(_DISTANCE_EDGES) + 1,
            lines + _LINES,
            sentences + _SENTENCES,
            np.minimum(between_head, _BETWEEN),
            np.minimum(between_tail, _BETWEEN),
            np.where(nested_tail, 1, np.where(nested_head, 2, 0)),
        ],
        axis=1,
    )
