"""Spans as BIO tags, for seqeval and for comparison with what the literature reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from seqeval.metrics import classification_report

from annotations.document import Document, Span

_TOKEN = re.compile(r"\w+|[^\w\s]")

Pairs = Iterable[tuple[Document, Document]]


def layers_report(pairs: Pairs, labels: Sequence[str]) -> str:
    """seqeval's report where every label of every article is a sequence of its own, so that nesting is no loss."""
    gold: list[list[str]] = []
    found: list[list[str]] = []
    for wanted, got in pairs:
        tokens = _tokens(wanted, got)
        for label in labels:
            gold.append(_tags(tokens, [span for span in wanted.spans if span.label == label]))
            found.append(_tags(tokens, [span for span in got.spans if span.label == label]))
    return _report(gold, found)


def flat_report(pairs: Pairs) -> str:
    """seqeval's report as for any tagger: one sequence for each line, one tag for each token.

    Where spans of one side overlap, the one with the higher score stays, among equals the longer one.
    """
    gold, found = flat_sequences(pairs)
    return _report(gold, found)


def flat_sequences(pairs: Pairs) -> tuple[list[list[str]], list[list[str]]]:
    """Tags of every line, gold and found."""
    gold: list[list[str]] = []
    found: list[list[str]] = []
    for wanted, got in pairs:
        tokens = _tokens(wanted, got)
        breaks = [i for i, (a, b) in enumerate(pairwise(tokens), 1) if "\n" in wanted.text[a[1] : b[0]]]
        lines = list(pairwise([0, *breaks, len(tokens)]))
        for side, document in ((gold, wanted), (found, got)):
            tags = _tags(tokens, _flat(document.spans))
            side += [tags[start:end] for start, end in lines if start < end]
    return gold, found


def is_flat(documents: Iterable[Document]) -> bool:
    """Whether no two spans of an article overlap."""
    return all(a.end <= b.start for document in documents for a, b in pairwise(document.spans))


def _flat(spans: Sequence[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(
        spans, key=lambda s: (-(1.0 if s.score is None else s.score), s.start - s.end, s.start)
    ):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return kept


def _tokens(gold: Document, found: Document) -> list[tuple[int, int]]:
    """Words and signs of a text, cut wherever a span begins or ends."""
    edges = sorted({edge for side in (gold, found) for span in side.spans for edge in (span.start, span.end)})
    tokens = []
    position = 0
    for match in _TOKEN.finditer(gold.text):
        start, end = match.span()
        while position < len(edges) and edges[position] <= start:
            position += 1
        while position < len(edges) and edges[position] < end:
            tokens.append((start, edges[position]))
            start = edges[position]
            position += 1
        tokens.append((start, end))
    return tokens


def _tags(tokens: Sequence[tuple[int, int]], spans: Sequence[Span]) -> list[str]:
    tags = ["O"] * len(tokens)
    number = 0
    for span in sorted(spans, key=lambda s: s.start):
        while number < len(tokens) and tokens[number][0] < span.start:
            number += 1
        first = number
        while number < len(tokens) and tokens[number][1] <= span.end:
            tags[number] = f"{'I' if number > first else 'B'}-{span.label}"
            number += 1
    return tags


def _report(gold: list[list[str]], found: list[list[str]]) -> str:
    shorter = [_without_common_outside(*sides) for sides in zip(gold, found, strict=True)]
    sides = [side for side, _ in shorter], [side for _, side in shorter]
    if not any(set(line) - {"O"} for side in sides for line in side):
        return "no spans on either side\n"
    return str(classification_report(*sides, digits=4, zero_division=0))


def _without_common_outside(gold: Sequence[str], found: Sequence[str]) -> tuple[list[str], list[str]]:
    """Both sequences without the tokens that are outside on both sides, a separator in their place.

    seqeval compares places within a sequence, which stay comparable, and is ten times faster.
    """
    kept: list[tuple[str, str]] = []
    for pair in zip(gold, found, strict=True):
        if pair != ("O", "O") or (kept and kept[-1] != pair):
            kept.append(pair)
    return [tag for tag, _ in kept], [tag for _, tag in kept]
