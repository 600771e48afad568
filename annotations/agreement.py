"""How far two annotations of the same texts agree: exact spans, exact relations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from annotations.document import Document, Relation, Span

SpanKey = tuple[str, int, int]
"""Label, start, end."""
RelationKey = tuple[str, SpanKey, SpanKey]
"""Label, head, tail."""
Key = TypeVar("Key", bound=tuple[str, *tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class Tally:
    """How many were found rightly, wrongly, and not at all; precision, recall and F1 follow.

    Where there is nothing to find or nothing was found, the score that this leaves undefined is 0, except that an
    empty answer to an empty question scores 1.
    """

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float:
        return _share(self.right, self.wrong, self.missed)

    @property
    def recall(self) -> float:
        return _share(self.right, self.missed, self.wrong)

    @property
    def f1(self) -> float:
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else 1.0

    def to_dict(self) -> dict[str, float]:
        """Scores and the counts that they come from."""
        return {
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "right": self.right,
            "wrong": self.wrong,
            "missed": self.missed,
        }


def _share(right: int, other: int, opposite: int) -> float:
    return right / (right + other) if right + other else float(opposite == 0)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Tallies by label and by relation type."""

    spans: Mapping[str, Tally]
    relations: Mapping[str, Tally]

    @property
    def span(self) -> Tally:
        """All labels together (micro)."""
        return sum(self.spans.values(), Tally())

    @property
    def relation(self) -> Tally:
        """All relation types together (micro)."""
        return sum(self.relations.values(), Tally())


def span_keys(document: Document) -> Counter[SpanKey]:
    """The spans of a document without their ids."""
    return Counter((span.label, span.start, span.end) for span in document.spans)


def relation_keys(document: Document) -> Counter[RelationKey]:
    """The relations of a document with their ends spelled out (strict: both spans and the type)."""
    keys = {span.id: (span.label, span.start, span.end) for span in document.spans}
    return Counter(
        (relation.label, keys[relation.head], keys[relation.tail]) for relation in document.relations
    )


def compare(pairs: Iterable[tuple[Document, Document]]) -> Agreement:
    """Tally a second annotation of each text against the first.

    Raises
    ------
    ValueError
        If the two documents of a pair have different texts.
    """
    spans: dict[str, Tally] = defaultdict(Tally)
    relations: dict[str, Tally] = defaultdict(Tally)
    for gold, other in pairs:
        if gold.text != other.text:
            raise ValueError(f"{gold.id!r} and {other.id!r} are not annotations of one text")
        _add(spans, tallies(span_keys(gold), span_keys(other)))
        _add(relations, tallies(relation_keys(gold), relation_keys(other)))
    return Agreement(dict(spans), dict(relations))


def judge(gold: Document, found: Document) -> tuple[list[tuple[Span, bool]], list[tuple[Relation, bool]]]:
    """Which of the found spans and relations are exactly right; of doubled ones the first is."""
    left_spans, left_relations = span_keys(gold), relation_keys(gold)
    keys = {span.id: (span.label, span.start, span.end) for span in found.spans}
    spans = [(span, _take(left_spans, keys[span.id])) for span in found.spans]
    relations = [(r, _take(left_relations, (r.label, keys[r.head], keys[r.tail]))) for r in found.relations]
    return spans, relations


def _take(left: Counter[Any], key: Any) -> bool:
    left[key] -= 1
    return left[key] >= 0


def tallies(gold: Counter[Key], other: Counter[Key]) -> dict[str, Tally]:
    """Right, wrong and missed keys by what they begin with (the label or relation type)."""
    found: dict[str, Tally] = defaultdict(Tally)
    for key, number in (gold & other).items():
        found[key[0]] += Tally(right=number)
    for key, number in (other - gold).items():
        found[key[0]] += Tally(wrong=number)
    for key, number in (gold - other).items():
        found[key[0]] += Tally(missed=number)
    return dict(found)


def _add(total: dict[str, Tally], part: Mapping[str, Tally]) -> None:
    for name, tally in part.items():
        total[name] += tally
