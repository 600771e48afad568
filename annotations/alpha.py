"""Krippendorff's alpha: agreement of any number of annotators beyond chance, per label and per relation type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from annotations.agreement import SpanKey, relation_keys, span_keys
from annotations.document import Document
from annotations.schema import Schema

Unit = tuple[float, Sequence[Hashable]]
"""How much a unit weighs, and the values that its annotators gave it."""


def alpha(units: Iterable[Unit]) -> float | None:
    """Alpha of nominal values; None where chance leaves nothing to disagree on (one value throughout, or no pair).

    1 is perfect agreement, 0 what chance gives. Units with fewer than two values say nothing. A unit of weight `w`
    counts as `w` equal units. Source: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C.
    """
    together: Counter[Hashable] = Counter()
    apart = 0.0
    for weight, values in units:
        if len(values) < 2:
            continue
        counts = Counter(values)
        for value, count in counts.items():
            together[value] += weight * count  # type: ignore[assignment]
            apart += weight * count * (len(values) - count) / (len(values) - 1)
    total = sum(together.values())
    expected = total**2 - sum(count**2 for count in together.values())
    return 1 - (total - 1) * apart / expected if expected else None


def span_alpha(texts: Iterable[Sequence[Document]], schema: Schema) -> dict[str, float | None]:
    """Alpha of each label; a unit is a character, its value whether a span of the label covers it.

    Parameters
    ----------
    texts
        For every text the documents of those who annotated it.
    """
    groups = list(texts)
    return {
        label: alpha(unit for group in groups for unit in _covered(group, label))
        for label in schema.label_names
    }


def relation_alpha(texts: Iterable[Sequence[Document]], schema: Schema) -> dict[str, float | None]:
    """Alpha of each relation type; a unit is a pair of spans between which the schema allows it, its value whether it
    is there. Annotators who do not have both spans do not judge the pair."""
    groups = list(texts)
    return {
        relation.name: alpha(
            unit for group in groups for unit in _linked(group, relation.name, relation.heads, relation.tails)
        )
        for relation in schema.relations
    }


def _covered(group: Sequence[Document], label: str) -> Iterator[Unit]:
    spans = [[(s.start, s.end) for s in document.spans if s.label == label] for document in group]
    edges = {0, len(group[0].text)} | {edge for own in spans for span in own for edge in span}
    for start, end in pairwise(sorted(edges)):
        yield end - start, [any(s <= start and end <= e for s, e in own) for own in spans]


def _linked(
    group: Sequence[Document], name: str, heads: Sequence[str], tails: Sequence[str]
) -> Iterator[Unit]:
    spans = [set(span_keys(document)) for document in group]
    links: list[Mapping[tuple[str, SpanKey, SpanKey], int]] = [relation_keys(document) for document in group]
    everything = sorted(set().union(*spans))
    for head in (span for span in everything if span[0] in heads):
        for tail in (span for span in everything if span[0] in tails and span != head):
            yield (
                1,
                [
                    (name, head, tail) in found
                    for own, found in zip(spans, links, strict=True)
                    if head in own and tail in own
                ],
            )
