"""Mentions of an indicator and their values, brought together by what is measured and where."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from annotations.document import Document, Span
from model.linking import Links, Owners, PassagePlaces
from model.naming import alike, is_generic, name_key
from model.passages import Passages
from model.places import Place, places
from model.quantities import Habit, Quantity
from model.reading import Group, Reading, Value, read_values, with_implied_unit, written_on

_NATIONAL = re.compile(r"cả nước|toàn quốc|quốc gia")
_MONEY_WORDS = re.compile(
    r"thu nhập|ngân sách|doanh thu|kinh phí|vốn|thu nội địa|giá trị|dư nợ|nợ|lương|chi phí|số tiền|đầu tư|kim ngạch|thuế|quỹ|huy động|tín dụng"
)


def read(document: Document) -> Reading:
    """Bring together what a document says of each indicator at each place."""
    written, habit, passages = written_on(document), Habit.of(document.text), Passages.of(document.text)
    values = read_values(document, habit, passages, written)
    links = Links(document)
    groups = _Grouping(document, links, Owners(document, links, values, passages), passages).groups()
    distinct = {value.span.id: value for group in groups for value in group.values}
    in_order = sorted(distinct.values(), key=lambda value: value.span.start)
    return Reading(document, tuple(groups), tuple(in_order), passages, habit, written)


class _Grouping:
    """Groups as they grow, mention by mention."""

    def __init__(self, document: Document, links: Links, owners: Owners, passages: Passages) -> None:
        self._document = document
        self._links = links
        self._owners = owners
        self._places = places(document)
        self._passage = PassagePlaces(document, self._places, passages)
        self._found: list[Group] = []
        self._by_key: dict[str, list[Group]] = defaultdict(list)

    def groups(self) -> list[Group]:
        """The groups of the document, in reading order: mentions that the text says something of, then mere repeats,
        then values without an indicator."""
        repeats: list[Span] = []
        for mention in (s for s in self._document.spans if s.label == "INDICATOR"):
            owned = self._owners.of(mention)
            if not owned and not self._links.localities(mention.id) and not self._links.measures(mention.id):
                repeats.append(mention)
                continue
            for place_ids, part, inherits in self._by_place(mention, owned):
                self._add(mention, place_ids, part, inherits)
        for mention in repeats:
            key = self._key(mention)
            known = [] if is_generic(key) else self._by_key.get(key, [])
            if known:
                known[0].mentions.append(mention)
            else:
                self._add(mention, [], [], True)
        self._found += [self._alone(value) for value in self._owners.without()]
        for group in self._found:
            self._finish(group)
        return sorted(self._found, key=lambda group: group.start)

    def _by_place(
        self, mention: Span, values: Sequence[Value]
    ) -> Iterable[tuple[list[str], list[Value], bool]]:
        """The values of a mention, parted by their own places or else the mention's, and whether those without one take
        the passage's: not beside values with places of their own, nor for the whole country."""
        own = self._links.localities(mention.id)
        linked = {v.span.id: self._links.localities(v.span.id) for v in values}
        inherits = not any(linked.values()) and not _NATIONAL.search(self._key(mention))
        parts: dict[tuple[str, ...], list[Value]] = {}
        for value in values:
            parts.setdefault(tuple(linked[value.span.id] or own), []).append(value)
        if not parts:
            parts[tuple(own)] = []
        return [(list(ids), part, inherits) for ids, part in parts.items()]

    def _add(self, mention: Span, place_ids: Sequence[str], values: Sequence[Value], inherits: bool) -> None:
        """Put a mention and some of its values into their group."""
        key = self._key(mention)
        inherited = not place_ids
        ids = list(place_ids)
        if inherited and inherits:
            ids = self._passage.around(values[0].span if values else mention)
        where = self._distinct_places(ids)
        group = self._match(key, where, values)
        if group is None:
            group = Group(key, where, inherited)
            self._found.append(group)
            self._by_key[key].append(group)
        if group.inherited and not inherited:
            group.inherited, group.places, group.place_spans = False, where, []
        if inherited == group.inherited:
            group.place_spans += [(self._places[i], self._links.spans[i]) for i in ids]
        group.mentions.append(mention)
        known = {v.span.id for v in group.values} | {m.id for m in group.measures}
        group.values += [v for v in values if v.span.id not in known]
        group.measures += [m for m in self._links.measures(mention.id) if m.id not in known]
        group.scores += self._scores(mention, ids if not inherited else [], values)

    def _match(self, key: str, where: tuple[Place, ...], values: Sequence[Value]) -> Group | None:
        """The group that a mention belongs to: same name and place, or alike in name with a figure in common."""
        if is_generic(key):
            return None
        keys = {place.key for place in where}
        for group in self._by_key.get(key, ()):
            if {p.key for p in group.places} == keys:
                return group
        figures = {f for v in values if (f := _figure(v.quantity))}
        for group in self._found if figures else ():
            same_place = {p.key for p in group.places} == keys
            if same_place and alike(group.key, key) and figures & {_figure(v.quantity) for v in group.values}:
                return group
        return None

    def _alone(self, value: Value) -> Group:
        """The group of a value that no indicator names."""
        own = self._links.localities(value.span.id)
        ids = own or self._passage.around(value.span)
        group = Group("", self._distinct_places(ids), not own, values=[value])
        group.place_spans = [(self._places[i], self._links.spans[i]) for i in ids]
        group.scores = self._scores(value.span, own, [])
        return group

    def _distinct_places(self, ids: Sequence[str]) -> tuple[Place, ...]:
        """Places without repeats and without those that only surround another one of them."""
        found = {self._places[i].key: self._places[i] for i in ids}
        around = {
            name
            for place in found.values()
            for name in (place.district, place.province)
            if name and name != place.name
        }
        return tuple(place for place in found.values() if place.name not in around)

    def _key(self, mention: Span) -> str:
        return name_key(self._document.text_of(mention))

    def _scores(self, mention: Span, place_ids: Sequence[str], values: Sequence[Value]) -> list[float]:
        spans = [mention, *(v.span for v in values), *(self._links.spans[i] for i in place_ids)]
        links = [self._links.score(mention.id, v.span.id) for v in values]
        links += [self._links.score(mention.id, i) for i in place_ids]
        return [s for s in (*(span.score for span in spans), *links) if s is not None]

    def _finish(self, group: Group) -> None:
        """Give the group its name, and its values the units that only the indicator tells."""
        texts = sorted(
            group.mentions, key=lambda m: (-(bool(self._owners.of(m))), -(m.end - m.start), m.start)
        )
        group.name = " ".join(self._document.text_of(texts[0]).split()) if texts else None
        money = _MONEY_WORDS.search(group.key) is not None
        units = {v.quantity.unit.split("/")[0] for v in group.values if v.quantity.unit}
        group.values = [with_implied_unit(v, money, units) for v in group.values]
        group.values.sort(key=lambda v: v.span.start)
        group.mentions.sort(key=lambda m: m.start)


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
