"""Which value belongs to which indicator, and which place a passage is about: by links, else by the text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from annotations.document import Document, Span
from model.normalize import normalize
from model.passages import Passages
from model.places import Place
from model.reading import VALUE_LABELS, Value

_VALUE_LINKS = {"HAS_TARGET", "HAS_ACTUAL", "HAS_RATIO"}
_PRONOUN = re.compile(
    r"(?:chỉ tiêu|tiêu chí|tỷ lệ|tỉ lệ|con số|mức|kết quả|chỉ số|số) (?:này|trên|đó|ấy|nói trên|kể trên)|con số",
    re.IGNORECASE,
)


class Links:
    """The relations of a document by kind and head; those between unknown spans are left out."""

    def __init__(self, document: Document) -> None:
        self.spans = {span.id: span for span in document.spans}
        self._tails: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._scores: dict[tuple[str, str], float] = {}
        for relation in document.relations:
            if relation.head in self.spans and relation.tail in self.spans:
                kind = "VALUE" if relation.label in _VALUE_LINKS else relation.label
                self._tails[kind, relation.head].append(relation.tail)
                if relation.score is not None:
                    self._scores[relation.head, relation.tail] = relation.score

    def values(self, head: str) -> list[str]:
        """Ids of the values of an indicator."""
        return list(dict.fromkeys(self._tails["VALUE", head]))

    def localities(self, head: str) -> list[str]:
        """Ids of the places of a span."""
        return [tail for tail in self._tails["IN_LOCALITY", head] if self.spans[tail].label == "LOCALITY"]

    def measures(self, head: str) -> list[Span]:
        """The measures of an indicator."""
        return [self.spans[tail] for tail in self._tails["ACHIEVED_BY", head]]

    def score(self, head: str, tail: str) -> float | None:
        """The score of a link."""
        return self._scores.get((head, tail))


class Owners:
    """The values of each INDICATOR mention: linked, or else referred to by a pronoun, or else beside it when the
    document has no such links at all."""

    def __init__(
        self, document: Document, links: Links, values: Mapping[str, Value], passages: Passages
    ) -> None:
        self._text = document.text
        self._values = values
        self._passages = passages
        self._indicators = [s for s in document.spans if s.label == "INDICATOR"]
        self._owned: dict[str, list[Value]] = defaultdict(list)
        self._linked: set[str] = set()
        for mention in self._indicators:
            for tail in links.values(mention.id):
                if tail in values:
                    self._owned[mention.id].append(values[tail])
                    self._linked.add(tail)
        find = self._referred if self._linked else self._beside
        for span in (s for s in document.spans if s.label in VALUE_LABELS and s.id not in self._linked):
            owner = find(span)
            if owner is not None:
                self._owned[owner.id].append(values[span.id])
                self._linked.add(span.id)

    def of(self, mention: Span) -> list[Value]:
        """The values of a mention."""
        return self._owned.get(mention.id, [])

    def without(self) -> list[Value]:
        """The values that no indicator names."""
        return [value for name, value in self._values.items() if name not in self._linked]

    def _beside(self, value: Span) -> Span | None:
        """The nearest indicator in the sentence of a value, one before it first."""
        begin, end = self._passages.sentence_bounds(value.start)
        inside = [m for m in self._indicators if begin <= m.start < end]
        return min(
            inside,
            key=lambda m: abs(m.start - value.end) if m.start >= value.end else value.start - m.end,
            default=None,
        )

    def _referred(self, value: Span) -> Span | None:
        """The last indicator with values of that kind, when the sentence refers back (`chỉ tiêu này`, `con số này`)."""
        begin, _ = self._passages.sentence_bounds(value.start)
        if not _PRONOUN.search(normalize(self._text[begin : value.start]).text):
            return None
        unit = self._values[value.id].quantity.unit
        before = [m for m in self._indicators if m.end <= value.start and self._owned.get(m.id)]
        same = [m for m in before if any(v.quantity.unit == unit for v in self._owned[m.id])]
        return same[-1] if same else None


class PassagePlaces:
    """The place that a passage is about."""

    def __init__(self, document: Document, places: Mapping[str, Place], passages: Passages) -> None:
        self._text = document.text
        self._places = places
        self._passages = passages
        self._localities = [s for s in document.spans if s.label == "LOCALITY"]

    def around(self, span: Span) -> list[str]:
        """The place that the passage is about: named before in the sentence or paragraph, after it in the sentence,
        or last before it in the text."""
        _, end = self._passages.sentence_bounds(span.start)
        head, _ = self._passages.paragraph_bounds(span.start)
        before = [s for s in self._localities if s.end <= span.start]
        if before and before[-1].start >= head:
            return [self._widest_unit(before, head)]
        after = [s for s in self._localities if span.end <= s.start < end]
        if after:
            return [after[0].id]
        return [before[-1].id] if before else []

    def _widest_unit(self, before: Sequence[Span], head: int) -> str:
        """Of `xã A, huyện B` before a value the unit named first: it is the one spoken of."""
        last = before[-1]
        for span in reversed(before[:-1]):
            gap = self._text[span.end : last.start]
            if (
                span.start < head
                or gap.strip(" ,(-–")
                or self._places[span.id].level == self._places[last.id].level
            ):
                break
            last = span
        return last.id
