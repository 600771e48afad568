"""Mentions of an indicator and their values, brought together by what is measured and where."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from annotations.document import Document, Span
from model.naming import alike, is_generic, name_key
from model.normalize import normalize
from model.passages import Passages
from model.periods import Period, find_periods
from model.places import Place, places
from model.quantities import Habit, Quantity, parse
from model.timing import Timing

VALUE_LABELS = ("TARGET", "ACTUAL", "RATIO")
_VALUE_LINKS = {"HAS_TARGET", "HAS_ACTUAL", "HAS_RATIO"}
_NATIONAL = re.compile(r"cả nước|toàn quốc|quốc gia")
_MONEY_WORDS = re.compile(
    r"thu nhập|ngân sách|doanh thu|kinh phí|vốn|thu nội địa|giá trị|dư nợ|nợ|lương|chi phí|số tiền|đầu tư|kim ngạch|thuế|quỹ|huy động|tín dụng"
)
_MAGNITUDE = re.compile(r"triệu|tỷ|tỉ|nghìn|ngàn|trăm")
_PRONOUN = re.compile(
    r"(?:chỉ tiêu|tiêu chí|tỷ lệ|tỉ lệ|con số|mức|kết quả|chỉ số|số) (?:này|trên|đó|ấy|nói trên|kể trên)|con số",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Value:
    """A TARGET, ACTUAL or RATIO with what was read from it."""

    span: Span
    quantity: Quantity
    period: Period | None
    baseline: Period | None


@dataclass
class Group:
    """Everything that the article says of one indicator at one place."""

    key: str
    places: tuple[Place, ...]
    inherited: bool
    mentions: list[Span] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    measures: list[Span] = field(default_factory=list)
    place_spans: list[tuple[Place, Span]] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    name: str | None = None

    @property
    def score(self) -> float:
        """The lowest score that the group rests on."""
        return min(self.scores, default=1.0)

    @property
    def start(self) -> int:
        """Where it first appears."""
        return min(span.start for span in (*self.mentions, *(value.span for value in self.values)))

    def of(self, label: str) -> tuple[Value, ...]:
        """Its values of one label, in reading order."""
        return tuple(v for v in self.values if v.span.label == label)


@dataclass(frozen=True)
class Reading:
    """A document as it was read: its groups in reading order, and what its checks need to know.

    `values` are all values in reading order, `written` is the article's date.
    """

    document: Document
    groups: tuple[Group, ...]
    values: tuple[Value, ...]
    passages: Passages
    habit: Habit
    written: date | None


def read(document: Document) -> Reading:
    """Bring together what a document says of each indicator at each place."""
    return _Assembler(document).read()


class _Assembler:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.spans = {span.id: span for span in document.spans}
        self.indicators = [s for s in document.spans if s.label == "INDICATOR"]
        self.localities = [s for s in document.spans if s.label == "LOCALITY"]
        self.value_spans = [s for s in document.spans if s.label in VALUE_LABELS]
        self.places = places(document)
        self.habit = Habit.of(document.text)
        self.passages = Passages.of(document.text)
        self.written = _written(document)
        self.placeless: set[str] = set()
        self.tails: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.link_scores: dict[tuple[str, str], float] = {}
        for relation in document.relations:
            if relation.head in self.spans and relation.tail in self.spans:
                kind = "VALUE" if relation.label in _VALUE_LINKS else relation.label
                self.tails[kind, relation.head].append(relation.tail)
                if relation.score is not None:
                    self.link_scores[relation.head, relation.tail] = relation.score

    @cached_property
    def values(self) -> Mapping[str, Value]:
        """All values, read; units that the indicator implies are added later."""
        if not self.value_spans:
            return {}
        text = self.document.text
        timing = Timing(self.document, self.value_spans, find_periods(text, self.written), self.passages)
        values: dict[str, Value] = {}
        for span in self.value_spans:
            quantity = parse(text[span.start : span.end], habit=self.habit, start=span.start)
            change = quantity.direction is not None or quantity.unit == "lần"
            values[span.id] = Value(
                span, quantity, timing.period(span), timing.baseline(span) if change else None
            )
        return values

    def read(self) -> Reading:
        found: list[Group] = []
        by_key: dict[str, list[Group]] = defaultdict(list)
        owners = self._owners()
        bare: list[Span] = []
        for mention in self.indicators:
            owned = [v for v in owners.get(mention.id, ())]
            if (
                not owned
                and not self.tails["IN_LOCALITY", mention.id]
                and not self.tails["ACHIEVED_BY", mention.id]
            ):
                bare.append(mention)
                continue
            for place_ids, part in self._by_place(mention, owned):
                self._add(found, by_key, mention, place_ids, part)
        for mention in bare:
            key = self._key(mention)
            known = by_key.get(key)
            if known and not is_generic(key):
                known[0].mentions.append(mention)
            else:
                self._add(found, by_key, mention, [], [])
        linked = {value.span.id for part in owners.values() for value in part}
        for span in self.value_spans:
            if span.id not in linked:
                found.append(self._alone(self.values[span.id]))
        for group in found:
            self._finish(group)
        found.sort(key=lambda group: group.start)
        distinct = {v.span.id: v for group in found for v in group.values}
        values = sorted(distinct.values(), key=lambda v: v.span.start)
        return Reading(self.document, tuple(found), tuple(values), self.passages, self.habit, self.written)

    def _owners(self) -> dict[str, list[Value]]:
        """The values of each INDICATOR mention: linked, or else referred to by a pronoun, or else beside it when
        the document has no such links at all."""
        owners: dict[str, list[Value]] = defaultdict(list)
        linked: set[str] = set()
        for mention in self.indicators:
            for tail in dict.fromkeys(self.tails["VALUE", mention.id]):
                if tail in self.values:
                    owners[mention.id].append(self.values[tail])
                    linked.add(tail)
        for span in self.value_spans:
            if span.id in linked:
                continue
            owner = self._beside(span) if not linked else self._referred(span, owners)
            if owner is not None:
                owners[owner.id].append(self.values[span.id])
        return owners

    def _beside(self, value: Span) -> Span | None:
        """The nearest indicator in the sentence of a value, one before it first."""
        begin, end = self.passages.sentence_bounds(value.start)
        inside = [m for m in self.indicators if begin <= m.start < end]
        return min(
            inside,
            key=lambda m: abs(m.start - value.end) if m.start >= value.end else value.start - m.end,
            default=None,
        )

    def _referred(self, value: Span, owners: Mapping[str, Sequence[Value]]) -> Span | None:
        """The last indicator with values of that kind, when the sentence refers back (`chỉ tiêu này`, `con số này`)."""
        begin, _ = self.passages.sentence_bounds(value.start)
        if not _PRONOUN.search(normalize(self.document.text[begin : value.start]).text):
            return None
        unit = self.values[value.id].quantity.unit
        before = [m for m in self.indicators if m.end <= value.start and owners.get(m.id)]
        same = [m for m in before if any(v.quantity.unit == unit for v in owners[m.id])]
        return same[-1] if same else None

    def _by_place(self, mention: Span, values: Sequence[Value]) -> Iterable[tuple[list[str], list[Value]]]:
        """The values of a mention, parted by their places: their own, or the mention's, or the passage's. Beside values
        with places of their own, a value without one has none."""
        own = [t for t in self.tails["IN_LOCALITY", mention.id] if t in self.places]
        linked = {
            v.span.id: [t for t in self.tails["IN_LOCALITY", v.span.id] if t in self.places] for v in values
        }
        parts: dict[tuple[str, ...], list[Value]] = {}
        for value in values:
            parts.setdefault(tuple(linked[value.span.id] or own), []).append(value)
        if not parts:
            parts[tuple(own)] = []
        self.placeless |= {mention.id} if any(linked.values()) else set()
        return [(list(ids), part) for ids, part in parts.items()]

    def _add(
        self,
        found: list[Group],
        by_key: dict[str, list[Group]],
        mention: Span,
        place_ids: Sequence[str],
        values: Sequence[Value],
    ) -> None:
        key = self._key(mention)
        inherited = not place_ids
        ids = list(place_ids)
        if inherited and mention.id not in self.placeless and not _NATIONAL.search(key):
            ids = self._inherited_place(values[0].span if values else mention)
        where = self._distinct_places(ids)
        group = self._match(found, by_key, key, where, values)
        if group is None:
            group = Group(key, where, inherited)
            found.append(group)
            by_key[key].append(group)
        if group.inherited and not inherited:
            group.inherited, group.places, group.place_spans = False, where, []
        if inherited == group.inherited:
            group.place_spans += [(self.places[i], self.spans[i]) for i in ids]
        group.mentions.append(mention)
        group.values += [v for v in values if v not in group.values]
        group.measures += [
            self.spans[t]
            for t in self.tails["ACHIEVED_BY", mention.id]
            if self.spans[t] not in group.measures
        ]
        group.scores += self._scores(mention, ids if not inherited else [], values)

    def _match(
        self,
        found: Sequence[Group],
        by_key: Mapping[str, Sequence[Group]],
        key: str,
        where: tuple[Place, ...],
        values: Sequence[Value],
    ) -> Group | None:
        """The group that a mention belongs to: same name and place, or alike in name with a figure in common."""
        if is_generic(key):
            return None
        keys = {place.key for place in where}
        for group in by_key.get(key, ()):
            if {p.key for p in group.places} == keys:
                return group
        figures = {f for v in values if (f := _figure(v.quantity))}
        for group in found if figures else ():
            same_place = {p.key for p in group.places} == keys
            if same_place and alike(group.key, key) and figures & {_figure(v.quantity) for v in group.values}:
                return group
        return None

    def _alone(self, value: Value) -> Group:
        own = [t for t in self.tails["IN_LOCALITY", value.span.id] if t in self.places]
        ids = own or self._inherited_place(value.span)
        group = Group("", self._distinct_places(ids), not own, values=[value])
        group.place_spans = [(self.places[i], self.spans[i]) for i in ids]
        group.scores = self._scores(value.span, own, [])
        return group

    def _inherited_place(self, span: Span) -> list[str]:
        """The place that the passage is about: named before in the sentence or paragraph, after it in the sentence,
        or last before it in the text."""
        _, end = self.passages.sentence_bounds(span.start)
        head, _ = self.passages.paragraph_bounds(span.start)
        before = [s for s in self.localities if s.end <= span.start]
        if before and before[-1].start >= head:
            return [self._widest_unit(before, head)]
        after = [s for s in self.localities if span.end <= s.start < end]
        if after:
            return [after[0].id]
        return [before[-1].id] if before else []

    def _widest_unit(self, before: Sequence[Span], head: int) -> str:
        """Of `xã A, huyện B` before a value the unit named first: it is the one spoken of."""
        last = before[-1]
        for span in reversed(before[:-1]):
            gap = self.document.text[span.end : last.start]
            if (
                span.start < head
                or gap.strip(" ,(-–")
                or self.places[span.id].level == self.places[last.id].level
            ):
                break
            last = span
        return last.id

    def _distinct_places(self, ids: Sequence[str]) -> tuple[Place, ...]:
        """Places without repeats and without those that only surround another one of them."""
        found = {self.places[i].key: self.places[i] for i in ids}
        around = {
            name
            for place in found.values()
            for name in (place.district, place.province)
            if name and name != place.name
        }
        return tuple(place for place in found.values() if place.name not in around)

    def _key(self, mention: Span) -> str:
        return name_key(self.document.text_of(mention))

    def _scores(self, mention: Span, place_ids: Sequence[str], values: Sequence[Value]) -> list[float]:
        spans = [mention, *(v.span for v in values), *(self.spans[i] for i in place_ids)]
        links = [self.link_scores.get((mention.id, v.span.id)) for v in values]
        links += [self.link_scores.get((mention.id, i)) for i in place_ids]
        return [s for s in (*(span.score for span in spans), *links) if s is not None]

    def _finish(self, group: Group) -> None:
        """Give the group its name, and its values the units that only the indicator tells."""
        texts = sorted(
            group.mentions, key=lambda m: (-(len(self.tails["VALUE", m.id]) > 0), -(m.end - m.start), m.start)
        )
        group.name = " ".join(self.document.text_of(texts[0]).split()) if texts else None
        money = _MONEY_WORDS.search(group.key) is not None
        units = {v.quantity.unit.split("/")[0] for v in group.values if v.quantity.unit}
        group.values = [_with_implied_unit(v, money, units) for v in group.values]
        group.values.sort(key=lambda v: v.span.start)
        group.mentions.sort(key=lambda m: m.start)


def _with_implied_unit(value: Value, money: bool, units: set[str]) -> Value:
    """A share is in percent, and millions of an indicator of money are money, also where the text leaves it out."""
    q = value.quantity
    if q.unit is not None or q.problem is not None:
        return value
    if value.span.label == "RATIO":
        return replace(value, quantity=replace(q, unit="%", ambiguous=True))
    if q.step >= 1000 and (money or "VND" in units) and _MAGNITUDE.search(q.text.lower()):
        return replace(value, quantity=replace(q, unit="VND", ambiguous=True))
    return value


def _figure(q: Quantity) -> tuple[float, float] | None:
    """A figure that two mentions do not share by chance: three significant digits or a fraction."""
    ends = q.ends
    if ends is None or ends[1] == 0 or not math.isfinite(ends[1]):
        return None
    digits = f"{ends[1]:.12g}".replace(".", "").strip("0")
    return (
        ends
        if len(digits) >= 3 or (q.is_fraction and q.denominator and q.denominator > 9) or q.is_range
        else None
    )


def _written(document: Document) -> date | None:
    """The article's date, where the metadata has one."""
    stated = document.meta.get("date")
    if isinstance(stated, date):
        return stated
    try:
        return date.fromisoformat(str(stated)[:10])
    except ValueError:
        return None
